#include "acquirer-sim/serial_check.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/terminal_serial.hpp>
#include <cipherlane/iso8583/terminal_serial.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

/// Payments that the host decides.
bool is_asked(iso8583::transaction what) noexcept {
    const auto rows = ledger::trades();
    return std::any_of(rows.begin(), rows.end(), [&](const ledger::trade_row& row) {
        return row.message == what && row.role == ledger::trade_role::payment &&
               row.sends == ledger::delivery::online;
    });
}

std::optional<iso8583::terminal_serial_block> block_of(const iso8583::message_view& request) {
    using form = iso8583::terminal_serial_form;
    if (auto found = iso8583::read_terminal_serial(request.value(59), form::field59)) return *std::move(found);
    if (auto found = iso8583::read_terminal_serial(request.value(62), form::field62)) return *std::move(found);
    if (auto found = iso8583::read_terminal_serial(request.value(57), form::field57)) return *std::move(found);
    return std::nullopt;
}

} // namespace

void serial_check::expect(const std::string& terminal_id, const std::string& key, const std::string& code) {
    const auto clear = from_hex(key);
    if (!clear) throw std::invalid_argument("key must be 32 hex digits");
    auto made = crypto::mac_key::create(crypto::algorithm::sm4, *clear, crypto::cup_pos_policy);
    if (!made) throw std::invalid_argument("key must be 32 hex digits");
    if (code.size() != 2) throw std::invalid_argument("code must be two characters");
    rules_.insert_or_assign(terminal_id, rule{*std::move(made), code});
}

std::optional<std::string> serial_check::refusal(
    const iso8583::message_view& request, iso8583::transaction what, const std::string& number) {
    const auto found = rules_.find(request.value(41));
    if (found == rules_.end() || !is_asked(what)) return std::nullopt;
    const auto block = block_of(request);
    crypto::unionpay_mac_field received{};
    const bool whole = block && block->cryptogram.size() == received.size() && number.ends_with(block->factor) &&
                       !block->factor.empty();
    if (!whole) return found->second.code;
    std::copy(block->cryptogram.begin(), block->cryptogram.end(), received.begin());
    const auto right =
        crypto::verify_terminal_serial_cryptogram(found->second.key, block->serial, block->factor, received);
    return right ? std::nullopt : std::optional(found->second.code);
}

} // namespace cipherlane::sim
