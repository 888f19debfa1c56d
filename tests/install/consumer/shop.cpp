// An outside project that links the installed libraries as they are.
#include "shop_library.cpp"

int main(int argc, char** argv) {
    return argc == 2 ? open_shop(argv[1]) : 2;
}
