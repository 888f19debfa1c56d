#include "card_seal.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/errc.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace cipherlane::store {
namespace {

constexpr std::string_view mark_text = "cipherlane journal key mark";
/// One digit count, the PAN's digits, the expiry: always as long, so that the length says nothing.
constexpr std::size_t clear_size = 1 + pan::max_digits + 4;

std::string nameless_binding(std::uint64_t id, std::string_view terminal_id) {
    return "card of record " + std::to_string(id) + " of " + std::string(terminal_id);
}

std::string binding(std::uint64_t id, std::string_view terminal_id, const journal_id& journal) {
    return nameless_binding(id, terminal_id) + " in " + to_hex(journal);
}

} // namespace

result<card_seal> card_seal::create(byte_view key) {
    CIPHERLANE_TRY(auto made, crypto::data_key::create(crypto::algorithm::aes, key, crypto::cup_pos_policy));
    return card_seal(std::move(made));
}

result<bytes> card_seal::seal(std::uint64_t id, std::string_view terminal_id, const ports::stored_card& card) {
    const auto digits = as_bytes(card.account.expose());
    const auto expiry = as_bytes(card.expiry);
    if (!expiry.empty() && expiry.size() != 4) return error(store_errc::bad_record, layer::store).in_field("expiry");
    secret_bytes clear(clear_size);
    const auto out = clear.expose();
    out[0] = static_cast<std::uint8_t>(digits.size());
    std::copy(digits.begin(), digits.end(), out.begin() + 1);
    std::copy(expiry.begin(), expiry.end(), out.begin() + 1 + pan::max_digits);
    return crypto::gcm_seal(key_, as_bytes(binding(id, terminal_id, journal_)), clear.expose());
}

result<ports::stored_card> card_seal::open(std::uint64_t id, std::string_view terminal_id, byte_view sealed) {
    return open_bound(binding(id, terminal_id, journal_), sealed);
}

result<ports::stored_card> card_seal::open_nameless(
    std::uint64_t id, std::string_view terminal_id, byte_view sealed) {
    return open_bound(nameless_binding(id, terminal_id), sealed);
}

result<ports::stored_card> card_seal::open_bound(std::string_view bound_to, byte_view sealed) {
    const error broken = error(store_errc::seal_broken, layer::store).during("open card");
    const auto clear = crypto::gcm_open(key_, as_bytes(bound_to), sealed);
    if (!clear || clear->size() != clear_size) return broken;
    const auto data = clear->expose();
    const std::size_t digits = data[0];
    if (digits > pan::max_digits) return broken;
    CIPHERLANE_TRY(auto account, pan::parse(as_text(data.subspan(1, digits))));
    const auto expiry = data.last(4);
    return ports::stored_card(std::move(account), expiry[0] == 0 ? std::string() : std::string(as_text(expiry)));
}

result<bytes> card_seal::seal_mark() {
    return crypto::gcm_seal(key_, {}, as_bytes(mark_text));
}

result<void> card_seal::check_mark(byte_view sealed) {
    if (!crypto::gcm_open(key_, {}, sealed)) return error(store_errc::wrong_key, layer::store).during("open");
    return {};
}

} // namespace cipherlane::store
