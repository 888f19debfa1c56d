/* A till in another language than C++. */
#include "shop.hpp"

int main(int argc, char** argv) {
    return argc == 2 ? open_shop(argv[1]) : 2;
}
