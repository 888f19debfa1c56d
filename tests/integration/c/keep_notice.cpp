// keep_notice TILL.toml ORDER: puts a gateway's word about an order of nobody's into the journal of a till that is
// not open, as if it had just been told: 5.00 paid.
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till.hpp>

#include <chrono>
#include <iostream>

int main(int argc, char** argv) {
    using namespace cipherlane;
    if (argc != 3) return 2;
    const call soon(std::chrono::seconds(20));
    auto settings = load_till(argv[1]);
    if (!settings) return std::cerr << settings.error() << "\n", 1;
    auto till = till::open(books_alone(*std::move(settings)), {}, soon);
    if (!till) return std::cerr << till.error() << "\n", 1;
    ports::qr_order_status told;
    told.order_number = argv[2];
    told.state = ports::qr_order_state::paid;
    told.paid = amount(500);
    told.transaction_number = "T9";
    const auto kept = till->journal().keep_notice(told, soon);
    if (!kept) return std::cerr << kept.error() << "\n", 1;
    return 0;
}
