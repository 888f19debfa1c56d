// The whole of Cipherlane behind one C function, in a shared library over the installed ones.
#include "shop.hpp"

#include <cipherlane/till/till.hpp>

#include <iostream>

using namespace cipherlane;

int open_shop(const char* settings) {
    till::parts quiet;
    quiet.log = logger::none();
    auto opened = till::open(settings, std::move(quiet), call(std::chrono::seconds(10)));
    if (!opened) {
        std::cout << opened.error() << "\n";
        return 1;
    }
    std::cout << "till " << opened->terminal().terminal_id << "\n";
    return 0;
}
