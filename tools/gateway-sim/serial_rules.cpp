#include "gateway-sim/serial_rules.hpp"

#include "gateway-sim/order_book.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/terminal_serial.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

/// Eight characters, or these in base64; of any other size where it is neither.
bytes cryptogram_of(const std::string& told) {
    const auto plain = as_bytes(told);
    if (plain.size() == crypto::unionpay_mac_field().size()) return {plain.begin(), plain.end()};
    const auto read = from_base64(told);
    return read ? *read : bytes();
}

} // namespace

void serial_rules::expect(const std::string& terminal_id, const std::string& key) {
    const auto clear = from_hex(key);
    auto made = clear ? crypto::mac_key::create(crypto::algorithm::sm4, *clear, crypto::cup_pos_policy)
                      : result<crypto::mac_key>(clear.error());
    if (!made) throw std::invalid_argument("key must be 32 hex digits");
    keys_.insert_or_assign(terminal_id, *std::move(made));
}

void serial_rules::check(const nlohmann::json& charge) {
    const auto found = keys_.find(charge.value("terminal_id", std::string()));
    if (found == keys_.end()) return;
    const auto serial = charge.value("serial_num", std::string());
    const auto factor = charge.value("encrypt_rand_num", std::string());
    const auto told = cryptogram_of(charge.value("secret_text", std::string()));
    crypto::unionpay_mac_field received{};
    const bool whole = told.size() == received.size() && !factor.empty() &&
                       charge.value("payment_code", std::string()).ends_with(factor);
    if (whole) {
        std::copy(told.begin(), told.end(), received.begin());
        if (crypto::verify_terminal_serial_cryptogram(found->second, serial, factor, received)) return;
    }
    refusal why(409, "code_refused", "the terminal serial cryptogram is missing or wrong");
    why.order_number = charge.value("order_number", std::string());
    throw why;
}

} // namespace cipherlane::sim
