#include "acquirer-sim/required_fields.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::sim {
namespace {

using iso8583::field_set;
using kind = iso8583::transaction;

constexpr auto set = [](auto... numbers) { return field_set::of(numbers...); };

constexpr auto always = set(41, 42, 60);
/// Of every request about money.
constexpr auto money = set(3, 4, 11, 22, 25, 41, 42, 49, 60, 64);
/// What no request keeps that is sent without the card.
constexpr auto of_the_card = set(26, 35, 36, 52, 53);

struct wish {
    kind what;
    field_set wanted;
    field_set unwanted;
};

constexpr field_set plus(field_set base, field_set more) noexcept {
    return base.with(more);
}

constexpr auto wishes = std::to_array<wish>({
    {kind::sign_in, plus(always, set(11)), set(4, 64)},
    {kind::sign_off, plus(always, set(11)), set(4, 64)},
    {kind::echo, always, set(4, 11, 64)},
    {kind::master_key_download, plus(always, set(11, 62)), set(4, 64)},
    {kind::download, plus(always, set(11)), set(4, 64)},
    {kind::balance, set(3, 11, 22, 25, 41, 42, 49, 60, 64), set(4, 61)},
    {kind::sale, money, set(37, 38, 39, 61)},
    {kind::sale_void, plus(money, set(2, 37, 61)), set(39)},
    {kind::refund, plus(money, set(2, 37, 61, 63)), set(39)},
    {kind::offline_refund, plus(money, set(2, 61, 63)), plus(of_the_card, set(39))},
    {kind::qr_sale, plus(money, set(59)), set(2, 35, 36, 52, 61)},
    {kind::qr_void, plus(money, set(61)), set(2, 35, 36, 52)},
    {kind::qr_refund, plus(money, set(61, 63)), set(2, 35, 36, 52)},
    {kind::pre_auth, money, set(37, 38, 39, 61)},
    {kind::pre_auth_void, plus(money, set(2, 38, 61)), set(39)},
    {kind::completion, plus(money, set(2, 38, 61)), set(39)},
    {kind::completion_void, plus(money, set(2, 37, 61)), set(39)},
    {kind::completion_advice, plus(money, set(2, 38, 61)), plus(of_the_card, set(39))},
    {kind::instalment_sale, plus(money, set(62)), set(39, 61)},
    {kind::instalment_void, plus(money, set(2, 37, 61, 62)), set(39)},
    {kind::offline_upload, plus(money, set(55, 63)), plus(of_the_card, set(39))},
    {kind::offline_settlement, plus(money, set(38, 61, 63)), plus(of_the_card, set(39))},
    {kind::adjustment, plus(money, set(2, 61, 63)), plus(of_the_card, set(39))},
    {kind::tip, plus(money, set(2, 48, 61, 63)), plus(of_the_card, set(39))},
    {kind::reversal, plus(always, set(3, 4, 11, 22, 25, 39, 49, 64)), of_the_card},
    {kind::script_notice, plus(always, set(3, 11, 37, 55, 61, 64)), of_the_card},
    {kind::batch_settle, plus(always, set(11, 48, 49, 63)), set(4, 64)},
    {kind::upload_mag, plus(always, set(11, 48)), set(4, 64)},
    {kind::upload_ic, plus(always, set(2, 4, 11, 22, 55)), plus(of_the_card, set(64))},
    {kind::upload_refund, plus(always, set(3, 4, 11, 22, 25, 49, 61)), plus(of_the_card, set(64))},
    {kind::upload_end, plus(always, set(11, 48)), set(4, 64)},
    {kind::rate_enquiry, plus(money, set(2)), plus(of_the_card, set(6, 10, 39, 51, 61))},
});

} // namespace

std::optional<int> wrong_field(const iso8583::message_view& request, iso8583::transaction what) {
    const auto found = std::find_if(wishes.begin(), wishes.end(), [&](const wish& one) { return one.what == what; });
    if (found == wishes.end()) return 60; // nobody has said what such a request is made of
    for (const int field : found->wanted) {
        if (!request.has(field)) return field;
    }
    for (const int field : found->unwanted) {
        if (request.has(field)) return field;
    }
    return std::nullopt;
}

} // namespace cipherlane::sim
