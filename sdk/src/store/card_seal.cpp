#include "card_seal.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/errc.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace cipherlane::store {
namespace {

constexpr std::string_view digest_text = "cipherlane journal card digest";
constexpr std::size_t digest_size = 16;
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
    CIPHERLANE_TRY(auto root, crypto::hmac_key::create(crypto::digest_algorithm::sha256, key));
    CIPHERLANE_TRY(const auto derived, crypto::hmac(root, as_bytes(digest_text)));
    const secret_bytes own(derived.view());
    CIPHERLANE_TRY(auto digests, crypto::hmac_key::create(crypto::digest_algorithm::sha256, own.expose()));
    return card_seal(std::move(made), std::move(digests));
}

result<bytes> card_seal::digest(std::uint64_t id, std::string_view terminal_id, const pan& number) {
    const auto bound_to = nameless_binding(id, terminal_id); // a salvaged journal may have got another name
    const auto digits = as_bytes(number.expose());
    secret_bytes whole(bound_to.size() + 1 + digits.size());
    const auto out = whole.expose();
    std::copy(bound_to.begin(), bound_to.end(), out.begin());
    std::copy(digits.begin(), digits.end(), out.end() - static_cast<std::ptrdiff_t>(digits.size()));
    CIPHERLANE_TRY(const auto made, crypto::hmac(digests_, std::as_const(whole).expose()));
    const auto kept = made.first(digest_size);
    return bytes(kept.begin(), kept.end());
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
