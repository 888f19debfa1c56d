// A program that is going to be killed: gives out numbers one by one and in batches, each a line on standard output,
// written at once, as if somebody had been told. Ends by itself after MANY of them.
//
//     number_child FILE BLOCK MANY [careless]
//
// With "careless" it keeps its counter as a text file, written after the number was given: the fault that the test
// has to find.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/store/number_issuer.hpp>

#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;

crypto::number_plan plan() {
    auto key = crypto::numbering_key::create(
        crypto::algorithm::aes, from_hex("000102030405060708090A0B0C0D0E0F").value(), crypto::pci_policy);
    return crypto::number_plan::create(
        std::move(key).value(), crypto::number_layout::parse("898 ######## %").value(), "tenant")
        .value();
}

void tell(const crypto::issued_number& number) {
    const std::string line = std::string(number.view()) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(2);
}

void issue(const std::string& file, std::uint64_t block, std::size_t many) {
    auto counter = store::number_counter::open(file, call(60s)).value();
    auto numbers = store::number_issuer::create(plan(), std::move(counter), block).value();
    std::cout << "issuing on " << file << std::endl;
    for (std::size_t given = 0; given < many; given += 4) {
        tell(numbers.issue(call(60s)).value());
        std::array<crypto::issued_number, 3> batch;
        numbers.issue(batch, call(60s)).value();
        for (const auto& number : batch)
            tell(number);
    }
}

void issue_carelessly(const std::string& file, std::size_t many) {
    auto numbers = plan();
    std::uint64_t counter = 0;
    std::ifstream(file) >> counter;
    std::cout << "issuing on " << file << std::endl;
    for (std::size_t given = 0; given < many; ++given) {
        tell(numbers.number_at(counter).value());
        std::ofstream(file) << ++counter;
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    try {
        if (argc > 4) {
            issue_carelessly(argv[1], std::stoul(argv[3]));
        } else {
            issue(argv[1], std::stoull(argv[2]), std::stoul(argv[3]));
        }
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
    return 0;
}
