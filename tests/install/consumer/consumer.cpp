// An outside project: uses the installed headers and libraries only.
#include <cipherlane/core/pan.hpp>

#include <iostream>

int main() {
    const auto card = cipherlane::pan::parse("6222000000000017");
    if (!card || !card->luhn_ok()) return 1;
    std::cout << *card << "\n";
    return 0;
}
