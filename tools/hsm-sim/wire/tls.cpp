#include "hsm-sim/wire/tls.hpp"

namespace cipherlane::hsm_sim {
namespace {

error bad_file(const boost::system::error_code& why, std::string_view option) {
    return error(why, layer::tools).during("tls").in_field(option);
}

} // namespace

result<std::shared_ptr<tls_context>> make_tls_context(const tls_settings& settings) {
    auto made = std::make_shared<tls_context>(tls_context::tls_server);
    SSL_CTX* native = made->native_handle();
    SSL_CTX_set_min_proto_version(
        native, settings.spoken == tls_settings::versions::only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(
        native, settings.spoken == tls_settings::versions::only_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    boost::system::error_code failed;
    if (made->use_certificate_chain_file(settings.certificate_file, failed); failed) return bad_file(failed, "cert");
    if (made->use_private_key_file(settings.key_file, tls_context::pem, failed); failed)
        return bad_file(failed, "key");
    if (settings.ca_file.empty()) return made;
    if (made->load_verify_file(settings.ca_file, failed); failed) return bad_file(failed, "ca");
    // Names the authorities to the client too, so that it knows which certificate to show.
    SSL_CTX_set_client_CA_list(native, SSL_load_client_CA_file(settings.ca_file.c_str()));
    made->set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
    // Sessions carry no proof of a certificate that has expired since.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 0);
    return made;
}

} // namespace cipherlane::hsm_sim
