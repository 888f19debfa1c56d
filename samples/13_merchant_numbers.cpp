// Merchant and terminal numbers that reveal nothing: competitors cannot read the count off them, no two are equal,
// and the owner turns each back into its counter without looking anything up. What was given out survives a kill.
//
//     13_merchant_numbers [FILE]
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/number_issuer.hpp>

#include <filesystem>
#include <iostream>
#include <unordered_set>
#include <vector>

using namespace cipherlane;
using namespace std::chrono_literals;

namespace {

// A test key; yours comes from a key block or a cipher machine, and is never to be lost or changed.
crypto::numbering_key test_key() {
    const auto clear = from_hex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94").value();
    return crypto::numbering_key::create(crypto::algorithm::aes, clear, crypto::pci_policy).value();
}

store::number_issuer issuer(const std::string& file, std::string_view layout) {
    auto plan = crypto::number_plan::create(test_key(), crypto::number_layout::parse(layout).value(), "north bank");
    return store::number_issuer::create(std::move(plan).value(), store::number_counter::open(file, call(5s)).value())
        .value();
}

} // namespace

int main(int argc, char** argv) {
    const std::string file = argc > 1 ? argv[1] : "numbers.db";
    try {
        std::filesystem::remove(file); // so that this sample shows the same every time: never do this
        // Institution 898, region 2900, seven hidden digits, check digit: fifteen digits.
        auto merchants = issuer(file, "898 2900 ####### %");
        for (int i = 0; i < 3; ++i)
            std::cout << "merchant " << merchants.issue(call(5s)).value().view() << "\n";
        auto terminals = issuer(file, "T001 @@@@");
        for (int i = 0; i < 3; ++i)
            std::cout << "terminal " << terminals.issue(call(5s)).value().view() << "\n";

        // Many at once, with one wait for the disk: a million is no different.
        std::vector<crypto::issued_number> batch(100'000);
        merchants.issue(batch, call(60s)).value();
        std::unordered_set<std::string_view> distinct;
        for (const auto& number : batch)
            distinct.insert(number.view());
        std::cout << distinct.size() << " more, all distinct\n";

        const auto origin = merchants.origin_of(batch[41].view(), call(5s)).value();
        std::cout << batch[41].view() << " was number " << origin.counter + 1 << "\n";

        // A digit mistyped is found by the check digit; too short a layout is refused.
        std::string wrong(batch[41].view());
        wrong[8] = wrong[8] == '9' ? '0' : static_cast<char>(wrong[8] + 1);
        const auto refused = merchants.origin_of(wrong, call(5s));
        std::cout << "mistyped: " << refused.error() << "\n";
        const auto narrow = crypto::number_layout::parse("898 2900 5411 ####");
        std::cout << "four digits: " << narrow.error() << "\n";
        const bool right = distinct.size() == batch.size() && origin.counter == 44 && !refused && !narrow;
        return right ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
