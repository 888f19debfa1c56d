// What the enumeration runs through: each flow of the till, with those that need another payment before them.
#include "simulation/run.hpp"

#include <array>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

void nothing(cashier&) {}

void one_sale(cashier& who) {
    who.sell("base", 10'000);
}
void one_qr_sale(cashier& who) {
    who.sell_by_code("base", 10'000);
}
void one_reservation(cashier& who) {
    who.reserve("base", 10'000);
}

void sale(cashier& who) {
    who.sell("sale", 777);
}
void void_of_sale(cashier& who) {
    who.undo("void", "base");
}
void refund(cashier& who) {
    who.give_back("refund", "base", 300);
}
void qr_sale(cashier& who) {
    who.sell_by_code("code", 990);
}
void qr_refund(cashier& who) {
    who.give_back("refund", "base", 300);
}
void completion(cashier& who) {
    who.complete("completion", "base", 9'000);
}
void hotel(cashier& who) {
    who.reserve("reserve", 5'000);
    who.complete("complete", "reserve", 4'800);
}
void sign_in(cashier& who) {
    who.sign_in();
    who.sell("sale", 777);
}
void settlement(cashier& who) {
    who.settle();
    who.sell("sale", 777);
}
void two_sales(cashier& who) {
    who.sell("first", 777);
    who.sell("second", 888);
}
void day(cashier& who) {
    who.sell("a", 101);
    who.sell("b", 202);
    who.undo("void of b", "b");
    who.sell_by_code("c", 303);
    who.give_back("refund of a", "a", 50);
    who.reserve("d", 404);
    who.complete("completion of d", "d", 400);
    who.give_back("refund of c", "c", 60);
    who.sell("e", 505);
}

manners usual() {
    return {};
}
manners gives_up() {
    manners made;
    made.tries_again = false;
    return made;
}
manners chip() {
    manners made;
    made.chip = true;
    return made;
}
manners card_declines() {
    manners made;
    made.chip = made.card_declines = true;
    return made;
}
manners declined() {
    manners made;
    made.bank.code = "51";
    return made;
}
manners no_notices() {
    manners made;
    made.notifies = false;
    return made;
}
manners nobody_pays() {
    manners made;
    made.payer = 24h;
    return made;
}
manners slow_payer() {
    manners made;
    made.payer = 179s;
    return made;
}
/// The cashier gives up while the payer still has the code on the telephone.
manners impatient() {
    manners made;
    made.patience = 60s;
    made.payer = 100s;
    return made;
}
/// The first trade is booked and not answered: what follows is its reversal.
manners unanswered() {
    manners made;
    made.bank.trades_unanswered = 1;
    return made;
}
/// Likewise, at a bank that takes a trade whose reversal came before it.
manners no_tombs() {
    manners made;
    made.bank.entombs = false;
    return made;
}
manners kept_connection() {
    manners made;
    made.keeps_connection = true;
    return made;
}
manners sign_in_wanted() {
    manners made;
    made.bank.header_asks_sign_in = true;
    return made;
}

const std::array table{
    scenario{"sale", nothing, sale, usual()},
    scenario{"sale-given-up", nothing, sale, gives_up()},
    scenario{"sale-by-chip", nothing, sale, chip()},
    scenario{"sale-declined-by-card", nothing, sale, card_declines()},
    scenario{"sale-unanswered", nothing, sale, unanswered()},
    scenario{"sale-without-tombs", nothing, sale, no_tombs()},
    scenario{"sale-declined", one_sale, sale, declined()},
    scenario{"two-sales", nothing, two_sales, usual()},
    scenario{"two-sales-kept-connection", nothing, two_sales, kept_connection()},
    scenario{"void", one_sale, void_of_sale, usual()},
    scenario{"refund", one_sale, refund, usual()},
    scenario{"void-unanswered", one_sale, void_of_sale, unanswered()},
    scenario{"refund-unanswered", one_sale, refund, unanswered()},
    scenario{"refund-given-up", one_sale, refund, gives_up()},
    scenario{"qr-sale", nothing, qr_sale, usual()},
    scenario{"qr-sale-without-notices", nothing, qr_sale, no_notices()},
    scenario{"qr-sale-nobody-pays", nothing, qr_sale, nobody_pays()},
    scenario{"qr-sale-slow-payer", nothing, qr_sale, slow_payer()},
    scenario{"qr-sale-impatient", nothing, qr_sale, impatient()},
    scenario{"qr-refund", one_qr_sale, qr_refund, usual()},
    scenario{"qr-refund-given-up", one_qr_sale, qr_refund, gives_up()},
    scenario{"completion", one_reservation, completion, usual()},
    scenario{"hotel", nothing, hotel, usual()},
    scenario{"sign-in", nothing, sign_in, sign_in_wanted()},
    scenario{"settlement", one_sale, settlement, usual()},
    scenario{"day", nothing, day, usual()},
};

} // namespace

std::span<const scenario> scenarios() noexcept {
    return table;
}

const scenario* find_scenario(std::string_view name) noexcept {
    for (const auto& one : table) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

} // namespace cipherlane::simulation
