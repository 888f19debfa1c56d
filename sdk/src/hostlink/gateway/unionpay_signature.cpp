#include "gateway/lower_hex.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/unionpay_signature.hpp>

#include <algorithm>

namespace cipherlane::hostlink::unionpay {
namespace {

error unproven(std::string_view field) {
    return error(hostlink_errc::unsigned_notice, layer::hostlink).during("acp signature").in_field(field);
}

/// "041@8310000000083040@中国银联股份有限公司@00016495"
std::string_view owner_in(std::string_view name) {
    for (int part = 0; part < 2; ++part) {
        const auto at = name.find('@');
        if (at == std::string_view::npos) return {};
        name.remove_prefix(at + 1);
    }
    return name.substr(0, name.find('@'));
}

/// At the next "&" around which there are no braces or brackets: UnionPay's own reader takes those for one value,
/// `{a=1&b=2}`.
std::size_t end_of_piece(std::string_view body) {
    bool closes = true; // else there is no need to look again
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '&') return i;
        if (!closes || (body[i] != '{' && body[i] != '[')) continue;
        const auto closed = body.find(body[i] == '{' ? '}' : ']', i);
        closes = closed != std::string_view::npos;
        if (closes) i = closed;
    }
    return body.size();
}

/// The certificate that a message brings is UnionPay's, and holds.
result<void> check_certificate(const trust& by, const std::string& pem, std::chrono::system_clock::time_point now) {
    const auto refused = [](std::string_view hint) { return unproven("signPubKeyCert").with_hint(hint); };
    const auto made = certificate::create(pem);
    if (!made) return refused("expected a certificate in PEM");
    if (now > made->ends()) return refused("the certificate in the answer has expired");
    if (now < made->begins()) return refused("the certificate in the answer does not hold yet");
    if (!made->leads_to(by.roots, by.between, now)) {
        const bool late = made->leads_to(by.roots, by.between);
        return refused(late ? "the certificate in the answer leads to a root over one that does not hold now"
                            : "the certificate in the answer leads to none of the roots of the settings");
    }
    if (owner_in(made->common_name()) != by.owner)
        return refused("the certificate in the answer is another's: expected the owner " + by.owner);
    return {};
}

} // namespace

std::string message_text(const parameters& all) {
    return joined(all, {"signature"}, empty_values::dropped);
}

result<std::string> hashed(std::string_view text) {
    CIPHERLANE_TRY(const auto hash, crypto::digest(crypto::digest_algorithm::sha256, as_bytes(text)));
    return to_lower_hex(hash.view());
}

result<std::string> sign(const request_signer& with, const parameters& all) {
    auto message = message_text(all);
    const auto text = hashed(message);
    wipe(byte_span(reinterpret_cast<std::uint8_t*>(message.data()), message.size())); // a payment code may be in it
    if (!text) return text.error();
    CIPHERLANE_TRY(const auto signature, with.sign(as_bytes(*text)));
    return to_base64(signature);
}

result<std::string> sign_with_key(std::string_view key, const parameters& all) {
    CIPHERLANE_TRY(const auto hashed_key, hashed(key));
    return hashed(message_text(all) + "&" + hashed_key);
}

result<parameters> read_answer(std::string_view body) {
    parameters all;
    std::string* last = nullptr;
    while (!body.empty()) {
        const auto end = end_of_piece(body);
        const auto piece = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        const auto sign = piece.find('=');
        if (sign == std::string_view::npos) { // "&" inside a value
            if (last == nullptr) {
                return error(hostlink_errc::unreadable_answer, layer::hostlink).during("acp answer").at_offset(0);
            }
            last->append("&").append(piece);
            continue;
        }
        const auto [place, fresh] = all.emplace(piece.substr(0, sign), piece.substr(sign + 1));
        if (!fresh) {
            return error(hostlink_errc::unreadable_answer, layer::hostlink)
                .during("acp answer")
                .in_field(place->first);
        }
        last = &place->second;
    }
    return all;
}

result<void> check(const trust& by, const parameters& all, std::chrono::system_clock::time_point now) {
    const auto shown = all.find("signPubKeyCert");
    const auto value = all.find("signature");
    if (shown == all.end()) return unproven("signPubKeyCert");
    if (value == all.end()) return unproven("signature");
    CIPHERLANE_CHECK(check_certificate(by, shown->second, now));
    const auto key = signature_key::create(shown->second);
    const auto signature = from_base64(value->second);
    CIPHERLANE_TRY(const auto text, hashed(message_text(all)));
    if (!key || !signature || !key->verifies(as_bytes(text), *signature)) return unproven("signature");
    return {};
}

} // namespace cipherlane::hostlink::unionpay
