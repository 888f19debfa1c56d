#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/csv_cell.hpp>

namespace cipherlane::clearing {
namespace {

/// "shop 7.00; landlord 3.00"
template <class Parts>
std::string parts_text(const Parts& parts, const currency& unit) {
    std::string text;
    for (const auto& [party, part] : parts) {
        if (!text.empty()) text += "; ";
        text.append(party).append(" ").append(signed_text(part, unit));
    }
    return text;
}

std::string line(std::initializer_list<std::string> cells) {
    std::string made;
    for (const auto& one : cells) {
        if (!made.empty()) made += ",";
        made += csv_cell(one);
    }
    return made + "\r\n";
}

} // namespace

std::string signed_text(std::int64_t minor, const currency& unit) {
    const auto text = amount(minor < 0 ? -minor : minor, unit).to_string();
    return minor < 0 ? "-" + text : text;
}

std::string item_names() {
    return "merchant,day,record,gross,fee,net,parts\r\n";
}
std::string to_csv(const clearing_item& item, const cleared& what) {
    return line({item.merchant, reconcile::day_text(item.day), std::to_string(item.record),
        signed_text(what.gross, item.unit), signed_text(what.fee, item.unit), signed_text(what.net, item.unit),
        parts_text(what.parts, item.unit)});
}

std::string day_names() {
    return "merchant,day,pay_day,payments,gross,given_back,refunds,fees,net,parts\r\n";
}
std::string to_csv(const merchant_day& day) {
    return line({day.merchant, reconcile::day_text(day.day),
        reconcile::day_text(day.pay_day.time_since_epoch().count()), std::to_string(day.payments),
        signed_text(day.gross, day.unit), std::to_string(day.give_backs), signed_text(day.refunds, day.unit),
        signed_text(day.fees, day.unit), signed_text(day.net, day.unit), parts_text(day.parties, day.unit)});
}

} // namespace cipherlane::clearing
