#include "acquirer-sim/rate_offers.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <cstdlib>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

std::optional<currency> unit_of(const std::string& digits) {
    return find_currency(static_cast<std::uint16_t>(std::atoi(digits.c_str())));
}

} // namespace

void rate_offers::set(const std::string& prefix, std::uint16_t currency_number, const std::string& rate) {
    const auto unit = find_currency(currency_number);
    if (!unit) throw std::invalid_argument("currency must be a number of ISO 4217");
    if (prefix.empty() || !all_digits(prefix)) throw std::invalid_argument("prefix must be digits");
    if (ports::rate_text(rate).empty())
        throw std::invalid_argument("rate must be eight digits, the first how many of the others are decimals");
    rates_.insert_or_assign(prefix, rate_row{*unit, rate});
}

std::optional<ports::conversion> rate_offers::offer(const std::string& number, const amount& local) const {
    for (const auto& [prefix, row] : rates_) {
        if (!number.starts_with(prefix)) continue;
        const auto converted = ledger::at_rate(local, row.rate, row.unit);
        if (!converted) return std::nullopt;
        return ports::conversion{ports::currency_choice::not_asked, *converted, row.rate};
    }
    return std::nullopt;
}

bool rate_offers::fits(const iso8583::message_view& request) const {
    if (!request.has(6) && !request.has(10) && !request.has(51)) return true;
    const auto unit = unit_of(request.value(51));
    const auto own = unit_of(request.value(49));
    if (!unit || !own || !request.has(6) || !request.has(10)) return false;
    const amount local(std::atoll(request.value(4).c_str()), *own);
    ports::conversion told;
    told.converted = amount(std::atoll(request.value(6).c_str()), *unit);
    told.rate = request.value(10);
    if (!ledger::is_sound(told, local)) return false;
    if (request.has(61)) return true;
    const auto offered = offer(request.value(2), local);
    return offered && offered->converted == told.converted && offered->rate == told.rate;
}

} // namespace cipherlane::sim
