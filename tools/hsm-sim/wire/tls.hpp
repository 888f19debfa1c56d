#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace cipherlane::hsm_sim {

/// How a simulated unit shows who it is, and whom it lets in. Files are PEM.
struct tls_settings {
    enum class versions { both, only_1_2, only_1_3 };

    std::string certificate_file; ///< with its chain
    std::string key_file;
    std::string ca_file; ///< a client must show a certificate of these authorities; empty: none is asked for
    versions spoken = versions::both;
};

using tls_context = boost::asio::ssl::context;

/// Reads the files. `local_fault` of OpenSSL's own code, with the option that names the file as field.
[[nodiscard]] result<std::shared_ptr<tls_context>> make_tls_context(const tls_settings& settings);

} // namespace cipherlane::hsm_sim
