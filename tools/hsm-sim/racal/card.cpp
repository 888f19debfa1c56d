#include "hsm-sim/keys/emv.hpp"
#include "hsm-sim/keys/pin_verification.hpp"
#include "hsm-sim/racal/command.hpp"

namespace cipherlane::hsm_sim {
namespace {

clear_key cvk_pair(command& c) {
    const auto cvk = c.key(slots::cvk, code::source_parity, untagged::pair);
    if (!c.failed() && cvk.size() != 16) c.fail(code::key_length);
    return cvk;
}

/// PAN up to `;`, expiry of 4 and service code of 3 digits.
struct card_data {
    std::string_view pan;
    std::string_view expiry;
    std::string_view service;

    void read(command& c) {
        const auto end = c.in.ahead().find(';');
        if (end == std::string_view::npos || end == 0 || end > 19) return c.fail(code::account);
        pan = c.in.digits(end, code::account);
        (void)c.in.text(1);
        expiry = c.in.digits(4);
        service = c.in.digits(3);
    }
};

std::array<char, 3> cvv_of(const clear_key& cvk, const card_data& card) {
    return card_verification_value(cvk, card.pan, card.expiry, card.service);
}

/// CW
void make_cvv(command& c) {
    const clear_key cvk = cvk_pair(c);
    card_data card;
    card.read(c);
    c.end();
    if (c.failed()) return;
    const auto cvv = cvv_of(cvk, card);
    c.put(std::string_view(cvv.data(), cvv.size()));
}

/// CY
void verify_cvv(command& c) {
    const clear_key cvk = cvk_pair(c);
    const auto given = c.in.digits(3);
    card_data card;
    card.read(c);
    c.end();
    if (c.failed()) return;
    const auto cvv = cvv_of(cvk, card);
    if (given != std::string_view(cvv.data(), cvv.size())) c.fail(code::verification_failed);
}

template <std::size_t N>
std::string_view view_of(const std::array<char, N>& digits) {
    return {digits.data(), digits.size()};
}

/// RY: the card security codes of American Express. Mode 3 makes them, 4 compares those that are not all F: for each
/// 0 right, 1 not given, 2 wrong.
void card_security(command& c) {
    const char mode = c.in.one_of("34");
    (void)c.in.one_of("0"); // other flags ask for version 2, which is not published
    const clear_key csck = cvk_pair(c);
    const auto pan = c.in.digits(19, code::account);
    const auto expiry = c.in.digits(4);
    const bool compares = mode == '4';
    const auto five = c.in.text(compares ? 5 : 0);
    const auto four = c.in.text(compares ? 4 : 0);
    const auto three = c.in.text(compares ? 3 : 0);
    c.end();
    if (c.failed()) return;
    const auto codes = card_security_codes(csck, pan, expiry);
    c.put(mode);
    if (!compares) {
        c.put(view_of(codes.five));
        c.put(view_of(codes.four));
        return c.put(view_of(codes.three));
    }
    bool wrong = false;
    const auto judge = [&](std::string_view given, std::string_view right) {
        const bool absent = given.find_first_not_of('F') == std::string_view::npos;
        wrong = wrong || (!absent && given != right);
        c.put(absent ? '1' : given == right ? '0' : '2');
    };
    judge(five, view_of(codes.five));
    judge(four, view_of(codes.four));
    judge(three, view_of(codes.three));
    if (!wrong) return;
    c.fail(code::verification_failed);
    c.keep_body();
}

/// The bytes of PAN and sequence number 00, two digits in each, zeros in front.
bytes packed_pan(std::string_view pan) {
    std::string digits(pan);
    digits += "00";
    if (digits.size() < 16) digits.insert(0, 16 - digits.size(), '0');
    if (digits.size() % 2 != 0) digits.insert(0, 1, '0');
    bytes packed(digits.size() / 2);
    for (std::size_t i = 0; i < packed.size(); ++i) {
        packed[i] = static_cast<std::uint8_t>(((digits[2 * i] - '0') << 4) | (digits[2 * i + 1] - '0'));
    }
    return packed;
}

/// PM: a dynamic CVV. Scheme 0, version 0: the CVV under the card's key, with the counter in the place of the
/// account's first four digits.
void verify_dynamic_cvv(command& c) {
    (void)c.in.one_of("0");
    (void)c.in.one_of("0");
    const clear_key master = c.key(slots::mk_ac, code::source_parity, untagged::pair);
    const char method = c.in.one_of("AB");
    card_data card;
    card.read(c);
    const auto counter = c.in.digits(6);
    const auto given = c.in.digits(3);
    c.end();
    if (!c.failed() && master.size() != 16) c.fail(code::key_length);
    if (!c.failed() && card.pan.size() < 5) c.fail(code::account);
    if (c.failed()) return;
    const auto packed = packed_pan(card.pan);
    const byte_view last_sixteen = byte_view(packed).last(8);
    const clear_key card_master = method == 'A' ? card_key(master, last_sixteen) : card_key_by_hash(master, packed);
    std::string pan(card.pan);
    pan.replace(0, 4, counter.substr(2));
    const auto right = card_verification_value(card_master, pan, card.expiry, card.service);
    if (given == view_of(right)) return;
    c.fail(code::verification_failed);
    if (!c.on.authorised()) return;
    c.put(view_of(right));
    c.keep_body();
}

constexpr command_row card_table[] = {
    {"RY", card_security, every_racal},
    {"PM", verify_dynamic_cvv, every_racal},
    {"CW", make_cvv, every_racal},
    {"CY", verify_cvv, every_racal},
};

} // namespace

std::span<const command_row> card_commands() noexcept {
    return card_table;
}

} // namespace cipherlane::hsm_sim
