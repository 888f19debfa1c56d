#include "hsm-sim/command.hpp"
#include "hsm-sim/pin_verification.hpp"

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

constexpr command_row rows[] = {
    {"CW", make_cvv, every_racal},
    {"CY", verify_cvv, every_racal},
};

} // namespace

std::span<const command_row> card_commands() noexcept {
    return rows;
}

} // namespace cipherlane::hsm_sim
