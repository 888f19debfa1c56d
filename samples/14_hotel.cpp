// A hotel: an amount is reserved at the arrival and taken at the departure, as much as was used, up to what the
// scheme allows; a guest who does not come is let go.
//
//     14_hotel TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

payment shown(const char* what, result<payment> ended) {
    std::cout << what << ": " << ended.value() << "\n";
    return *ended;
}

int stay(till& till) {
    const call minutes(120s);
    using ports::trade;

    // The arrival: 500.00 of the guest's money is put aside. The handle is kept with the booking, not the card.
    const auto reserved =
        shown("reserved", till.trade({trade::pre_auth, "room-12-arrival", amount(50'000)}, minutes));
    // The departure, days later, without the card: what was used. The rest is the guest's again.
    const auto paid = shown(
        "taken", till.trade({trade::completion, "room-12-departure", amount(43'250), reserved.handle}, minutes));
    // More than 115 % of what was reserved is not the hotel's to take: the till refuses before it asks anybody.
    const auto other = shown("reserved", till.trade({trade::pre_auth, "room-14-arrival", amount(10'000)}, minutes));
    const auto too_much = till.trade({trade::completion, "room-14-minibar", amount(11'501), other.handle}, minutes);
    std::cout << "115.01 of 100.00: " << (too_much ? "taken" : too_much.error().to_string()) << "\n";
    // A guest who does not come.
    const auto freed =
        shown("set free", till.trade({trade::pre_auth_void, "room-14-no-show", {}, other.handle}, minutes));
    for (const auto& told : {reserved, paid, other, freed})
        till.acknowledge(told, minutes).value();

    // Only what was taken is in the totals.
    const auto settled = till.settle(minutes).value();
    std::cout << till.settlement_slip(settled);
    const bool right = paid.ok() && freed.ok() && !too_much;
    return right && settled.host == acquiring::settlement_result::balanced ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) {
            forbid_core_dumps().value(); // keys and cards must not end up in one
            auto till = till::open(argv[1], call(20s)).value();
            return stay(till);
        }
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
