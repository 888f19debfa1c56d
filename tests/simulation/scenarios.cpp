// What the enumeration runs through: each flow of the till, with those that need another payment before them.
#include "simulation/run.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using ports::trade;

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

/// What a bank wants to see of a batch that it has counted otherwise: stripes in a list, refunds one by one.
void sales_and_refund(cashier& who) {
    one_sale(who);
    who.sell("other", 2'000);
    who.give_back("back", "base", 300);
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
void qr_charge(cashier& who) {
    who.run(trade::qr_charge, "code", 990);
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
void completion_advice(cashier& who) {
    who.run(trade::completion_advice, "bill", 9'000, "base");
    who.sell("sale", 777);
}
void offline_sale(cashier& who) {
    who.run(trade::offline_sale, "tap", 1'500);
    who.sell("sale", 777);
}
void offline_day(cashier& who) {
    who.run(trade::offline_sale, "tap", 1'500);
    who.run(trade::offline_sale, "again", 1'600);
    who.settle();
}
void offline_refund(cashier& who) {
    who.run(trade::offline_refund, "back", 400, "tap");
}
void tip(cashier& who) {
    who.run(trade::tip, "tip", 500, "base");
}
void adjustment(cashier& who) {
    who.run(trade::adjustment, "more", 600, "base");
    who.settle();
}
void by_telephone(cashier& who) {
    who.run(trade::offline_settlement, "call", 2'500);
}
void code_sale(cashier& who) {
    who.run(trade::code_sale, "base", 10'000);
}
void code_void(cashier& who) {
    who.run(trade::code_void, "void", 0, "base");
}
void code_refund(cashier& who) {
    who.run(trade::code_refund, "refund", 300, "base");
}
void instalment(cashier& who) {
    who.run(trade::instalment_sale, "base", 10'000);
}
void instalment_void(cashier& who) {
    who.run(trade::instalment_void, "void", 0, "base");
}
void one_tap(cashier& who) {
    who.run(trade::offline_sale, "tap", 1'500);
    who.recover();
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
void two_terminals(cashier& who) {
    who.sell_beside("beside", 444, 2'100ms);
    who.sell("here", 777);
    who.sell_beside("beside later", 555, 0ms);
    who.settle();
    who.wait_for_others();
}
void journal_from_a_copy(cashier& who) {
    who.sell("kept", 777);
    who.keep_copy();
    who.sell("forgotten", 888);
    who.bring_back_copy();
    who.sell("after", 999);
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

/// The newest of them, which is one no more; empty if there is none.
std::string take_newest(std::vector<std::string>& from) {
    if (from.empty()) return {};
    auto taken = std::move(from.back());
    from.pop_back();
    return taken;
}

/// What is run next, and after what, is drawn.
void busy_day(cashier& who) {
    constexpr int payments = 200;
    std::vector<std::string> sales;
    std::vector<std::string> codes;
    std::vector<std::string> reserved;
    constexpr std::int64_t no_other = 200'000; // amounts that are one payment's alone
    for (int i = 0; i < payments; ++i) {
        const auto key = std::to_string(i);
        const auto minor = static_cast<std::int64_t>(100 + who.day().below(100'000));
        switch (who.day().below(14)) {
        case 0: who.undo(key, take_newest(sales)); break;
        case 1: who.give_back(key, take_newest(sales), 50); break;
        case 2: who.give_back(key, take_newest(codes), 50); break;
        case 3:
        case 4:
            who.sell_by_code(key, minor);
            codes.push_back(key);
            break;
        case 5:
            who.reserve(key, minor);
            reserved.push_back(key);
            break;
        case 6: who.complete(key, take_newest(reserved), 100); break;
        case 7: who.run(trade::offline_settlement, key, no_other + i); break;
        case 8: who.run(trade::code_sale, key, minor); break;
        case 9: who.run(trade::instalment_sale, key, minor); break;
        default:
            who.sell(key, minor);
            sales.push_back(key);
            break;
        }
    }
}

/// Customers of all kinds at a gateway that takes money whenever it comes: what they do is drawn anew for each.
void busy_orders(cashier& who) {
    constexpr int orders = 50;
    constexpr std::array payers{3s, 9s, 40s, 100s, 168s, 175s, 86'400s};
    std::vector<std::string> paid;
    for (int i = 0; i < orders; ++i) {
        const auto key = std::to_string(i);
        auto& people = who.people();
        people.payer = payers[static_cast<std::size_t>(who.day().below(payers.size()))];
        people.second_payer = who.day().below(8) == 0 ? people.payer + 2s : 0s;
        people.asks_password = who.day().below(2) == 0;
        const auto minor = static_cast<std::int64_t>(100 + who.day().below(100'000));
        switch (who.day().below(8)) {
        case 0: who.give_back(key, take_newest(paid), 50); break;
        case 1:
        case 2: who.run(trade::qr_charge, key, minor); break;
        default:
            who.sell_by_code(key, minor);
            paid.push_back(key);
            break;
        }
    }
    who.people().payer = 100s; // not all of them were willing
}

const std::array scenario_table{
    scenario{"sale", nothing, sale, {}},
    scenario{"sale-given-up", nothing, sale, {.tries_again = false}},
    scenario{"sale-by-chip", nothing, sale, {.chip = true}},
    scenario{"sale-declined-by-card", nothing, sale, {.chip = true, .card_declines = true}},
    // Booked and not answered: what follows is its reversal.
    scenario{"sale-unanswered", nothing, sale, {.bank = {.trades_unanswered = 1}}},
    // The bank takes a trade whose reversal came before it.
    scenario{"sale-without-tombs", nothing, sale, {.bank = {.entombs = false}}},
    scenario{"sale-declined", one_sale, sale, {.bank = {.code = "51"}}},
    scenario{"sale-in-part", nothing, sale, {.bank = {.partly = true}, .takes_part = true}},
    scenario{"sale-in-part-refused", nothing, sale, {.bank = {.partly = true}}},
    scenario{"sale-converted", nothing, sale, {.bank = {.offers_rate = true}}},
    scenario{"refund-converted", one_sale, refund, {.bank = {.offers_rate = true}}},
    scenario{"sale-sealed-by-pad", nothing, sale, {.seals_in_pad = true}},
    scenario{"two-sales", nothing, two_sales, {}},
    scenario{"two-sales-kept-connection", nothing, two_sales, {.keeps_connection = true}},
    scenario{"void", one_sale, void_of_sale, {}},
    scenario{"refund", one_sale, refund, {}},
    scenario{"void-unanswered", one_sale, void_of_sale, {.bank = {.trades_unanswered = 1}}},
    scenario{"refund-unanswered", one_sale, refund, {.bank = {.trades_unanswered = 1}}},
    scenario{"refund-given-up", one_sale, refund, {.tries_again = false}},
    scenario{"qr-sale", nothing, qr_sale, {}},
    scenario{"qr-sale-without-notices", nothing, qr_sale, {.notifies = false}},
    scenario{"qr-sale-nobody-pays", nothing, qr_sale, {.payer = 24h}},
    // Within the last question before the code is to be closed.
    scenario{"qr-sale-slow-payer", nothing, qr_sale, {.payer = 168s}},
    // The cashier gives up while the payer still has the code on the telephone.
    scenario{"qr-sale-impatient", nothing, qr_sale, {.payer = 100s, .patience = 60s}},
    // Nobody scans the first code; the second is paid.
    scenario{"qr-sale-next-code", nothing, qr_sale, {.scans = 2}},
    // The gateway takes money whatever it has said: each code is paid after its end.
    scenario{"qr-sale-paid-late", nothing, qr_sale, {.payer = 175s, .takes_always = true, .patience = 260s}},
    scenario{"qr-sale-paid-after-cancel", nothing, qr_sale, {.payer = 100s, .takes_always = true, .patience = 60s}},
    scenario{"qr-sale-paid-twice", nothing, qr_sale, {.takes_always = true, .second_payer = 5s}},
    scenario{"qr-charge", nothing, qr_charge, {}},
    scenario{"qr-charge-password", nothing, qr_charge, {.payer = 8s, .asks_password = true}},
    scenario{"qr-charge-slow-password", nothing, qr_charge, {.payer = 44s, .asks_password = true}},
    scenario{"qr-charge-no-password", nothing, qr_charge, {.payer = 24h, .asks_password = true}},
    // The gateway takes a charge that was undone before it came.
    scenario{"qr-charge-without-tombs", nothing, qr_charge, {.gateway_entombs = false}},
    scenario{"qr-charge-over-http", nothing, qr_charge, {.payer = 8s, .http = true, .asks_password = true}},
    scenario{"qr-refund", one_qr_sale, qr_refund, {}},
    scenario{"qr-refund-given-up", one_qr_sale, qr_refund, {.tries_again = false}},
    scenario{"completion", one_reservation, completion, {}},
    scenario{"hotel", nothing, hotel, {}},
    scenario{"completion-advice", one_reservation, completion_advice, {}},
    scenario{"completion-advice-unanswered", one_reservation, completion_advice, {.bank = {.trades_unanswered = 1}}},
    scenario{"offline-sale", nothing, offline_sale, {.chip = true}},
    scenario{"offline-day", nothing, offline_day, {.chip = true}},
    scenario{"offline-refund", one_tap, offline_refund, {.chip = true}},
    scenario{"tip", one_sale, tip, {}},
    scenario{"adjustment", one_sale, adjustment, {}},
    scenario{"offline-settlement", nothing, by_telephone, {}},
    scenario{"code-sale", nothing, code_sale, {}},
    scenario{"code-void", code_sale, code_void, {}},
    scenario{"code-refund", code_sale, code_refund, {}},
    scenario{"instalment", nothing, instalment, {}},
    scenario{"instalment-void", instalment, instalment_void, {}},
    scenario{"two-terminals", nothing, two_terminals, {.terminals = 2}},
    scenario{"two-sales-with-mark", nothing, two_sales, {.marks = true}},
    scenario{"journal-from-a-copy", nothing, journal_from_a_copy, {.marks = true, .brings_back = true}},
    scenario{"two-sales-over-http", nothing, two_sales, {.http = true}},
    scenario{"qr-sale-over-http", nothing, qr_sale, {.http = true}},
    scenario{"qr-sale-impatient-over-http", nothing, qr_sale, {.payer = 100s, .http = true, .patience = 60s}},
    scenario{"qr-refund-over-http", one_qr_sale, qr_refund, {.http = true}},
    scenario{"terminal-sale", nothing, sale, {.card_terminal = true}},
    scenario{"terminal-void", one_sale, void_of_sale, {.card_terminal = true}},
    scenario{"terminal-refund", one_sale, refund, {.card_terminal = true}},
    scenario{"terminal-settlement", one_sale, settlement, {.card_terminal = true}},
    scenario{"sign-in", nothing, sign_in, {.bank = {.header_asks_sign_in = true}}},
    scenario{"settlement", one_sale, settlement, {}},
    scenario{"settlement-not-balanced", sales_and_refund, settlement, {.bank = {.miscounts = 1}}},
    scenario{"settlement-of-chips-not-balanced", one_sale, settlement, {.bank = {.miscounts = 1}, .chip = true}},
    scenario{"day", nothing, day, {}},
};

const std::array long_table{
    scenario{"busy-day", nothing, busy_day, {}},
    scenario{"busy-day-kept-connection", nothing, busy_day, {.keeps_connection = true}},
    scenario{"busy-orders", nothing, busy_orders, {.takes_always = true, .patience = 200s}},
};

constexpr auto flows = std::to_array<std::string_view>(
    {"sale", "void", "refund", "completion", "hotel", "qr-sale", "qr-sale-next-code", "qr-sale-paid-after-cancel",
        "qr-sale-paid-twice", "qr-charge-password", "qr-refund", "settlement", "sign-in"});

} // namespace

std::span<const scenario> scenarios() noexcept {
    return scenario_table;
}

std::span<const scenario> long_scenarios() noexcept {
    return long_table;
}

const scenario* find_scenario(std::string_view name) noexcept {
    for (const auto all : {scenarios(), long_scenarios()}) {
        for (const auto& one : all) {
            if (one.name == name) return &one;
        }
    }
    return nullptr;
}

bool is_flow(std::string_view name) noexcept {
    return std::find(flows.begin(), flows.end(), name) != flows.end();
}

} // namespace cipherlane::simulation
