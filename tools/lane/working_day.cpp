#include "lane/working_day.hpp"

#include "lane/books.hpp"
#include "lane/receipt_picture.hpp"

#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <future>
#include <sstream>
#include <stop_token>
#include <thread>

namespace cipherlane::sim {
namespace {

using namespace std::chrono_literals;

call a_minute() {
    return call(60s);
}

till_status notices(till& at) {
    return at.status(a_minute()).value();
}

std::string describe(const result<payment>& ended) {
    std::ostringstream text;
    if (ended)
        text << *ended;
    else
        text << ended.error();
    return text.str();
}

} // namespace

working_day::working_day(simulators& around, till& at, narrator& tell, std::string folder)
    : around_(around)
    , at_(at)
    , tell_(tell)
    , folder_(std::move(folder)) {}

void working_day::expect(const char* what, bool holds) {
    tell_.say(std::string(holds ? "  ok: " : "  FAILED: ") + what);
    if (!holds) ++failures_;
}

std::vector<std::string> working_day::picture(const std::string& name) {
    const auto number = std::to_string(++pictures_);
    const auto taken =
        around_.display.control().ask({{"cmd", "snapshot"}, {"path", "display-" + number + "-" + name + ".png"}});
    return taken.at("codes").get<std::vector<std::string>>();
}

void working_day::write_receipt(const payment& what) {
    const auto text = at_.receipt(what, receipt_copy::cardholder);
    std::ofstream(folder_ + "/receipt.txt") << text;
    const auto drawn = write_text_picture(text, folder_ + "/receipt.png");
    expect("receipt written as text and picture", drawn.has_value());
}

void working_day::sign_in() {
    tell_.say("\nSign-in: the host has its cipher machine make the working keys");
    const auto signed_in = at_.sign_in(a_minute());
    if (!signed_in) tell_.say("  " + signed_in.error().to_string());
    expect("signed in, check values right", signed_in.has_value());
}

payment working_day::card_sale(const std::string& key, amount total, const demo_card& card, const std::string& pin) {
    around_.present(card, pin);
    const auto ended = at_.sale({key, total}, a_minute());
    tell_.say("  till says: " + describe(ended));
    return ended ? *ended : payment{};
}

void working_day::declined_sales() {
    tell_.say("\nTwo sales that must be declined: a wrong PIN, too little money");
    const auto wrong_pin = card_sale("wrong-pin", amount(2000), around_.rich, "999999");
    expect(
        "wrong PIN is a decline with code 55", wrong_pin.outcome == verdict::declined && wrong_pin.host_code == "55");
    const auto too_poor = card_sale("too-poor", amount(99'900), around_.poor, around_.poor.pin);
    expect("too little money is a decline with code 51",
        too_poor.outcome == verdict::declined && too_poor.host_code == "51");
}

void working_day::void_a_sale() {
    tell_.say("\nA sale that the customer takes back: void");
    const auto bought = card_sale("to-void", amount(4500), around_.rich, around_.rich.pin);
    expect("sale approved", bought.ok());
    const auto undone = at_.void_payment({"void-1", bought.handle}, a_minute());
    tell_.say("  till says: " + describe(undone));
    expect("void approved", undone && undone->ok());
}

std::string working_day::wait_for_code() {
    for (int tries = 0; tries < 200; ++tries) {
        const auto codes = around_.display.control().ask({{"cmd", "read"}}).at("codes");
        if (!codes.empty()) return codes.at(0).get<std::string>();
        std::this_thread::sleep_for(50ms);
    }
    return {};
}

/// A query may have been faster than the notification, which is then still under way.
bool working_day::notice_taken_since(std::uint64_t taken_before) {
    auto now = notices(at_);
    for (int tries = 0; tries < 40 && now.notices_taken == taken_before; ++tries) {
        std::this_thread::sleep_for(50ms);
        now = notices(at_);
    }
    return now.notices_taken > taken_before && now.notices_refused == 0;
}

void working_day::qr_sale() {
    tell_.say("\nA sale by QR code: ordered at the gateway, shown on the display, read back from its picture");
    picture("idle");
    const auto before = notices(at_).notices_taken;
    auto running = std::async(std::launch::async, [&] { return at_.qr_sale({"qr-1", amount(888)}, a_minute()); });
    const auto shown = wait_for_code();
    picture("code");
    const auto orders = around_.gateway.control().ask({{"cmd", "orders"}}).at("orders");
    const auto issued = orders.empty() ? std::string() : orders.back().at("code_url").get<std::string>();
    // A real gateway's code is a text of its own with the order's number.
    const auto number = orders.empty() ? issued : orders.back().at("order_number").get<std::string>();
    expect("the code read from the display's picture is the one that was issued",
        !shown.empty() && (shown == issued || shown.ends_with(number)));
    if (const auto symbol = qr::symbol::encode(shown)) {
        tell_.say(qr::render_terminal(symbol->modules(), qr::terminal_colours::ansi));
    }
    if (!orders.empty()) {
        around_.gateway.control().ask({{"cmd", "pay"}, {"order_number", orders.back().at("order_number")}});
    }
    const auto ended = running.get();
    tell_.say("  till says: " + describe(ended));
    expect("QR sale approved", ended && ended->ok());
    // The till also asks by itself, so an approval alone does not show that the notification was believed.
    expect("the gateway's signed notification was taken, none refused", notice_taken_since(before));
    expect("the code has left the display", picture("paid").empty());
}

void working_day::refund_part(const payment& sale) {
    tell_.say("\nA refund of part of the first sale");
    const auto given = at_.refund({"refund-1", sale.handle, amount(234)}, a_minute());
    tell_.say("  till says: " + describe(given));
    expect("refund approved", given && given->ok());
}

void working_day::lost_answer() {
    tell_.say("\nA sale whose answer never comes: the host books it, the till cannot know");
    around_.acquirer.control().ask({{"cmd", "faults"}, {"set", {{{"kind", "no_answer"}, {"match", "sale"}}}}});
    const auto ended = card_sale("lost-answer", amount(7700), around_.rich, around_.rich.pin);
    expect("the sale ended reversed, not declined", ended.outcome == verdict::reversed);
    const auto trades = around_.acquirer.control().ask({{"cmd", "trades"}}).at("trades");
    expect("the host has reversed it, too", !trades.empty() && trades.back().at("state") == "reversed");
}

void working_day::sale_with_fault(const std::string& kind) {
    tell_.say("\nA sale with the fault \"" + kind + "\"");
    nlohmann::json fault{{"kind", kind}, {"match", "sale"}};
    if (kind == "late_answer") fault["delay_ms"] = 4500;
    around_.acquirer.control().ask({{"cmd", "faults"}, {"set", nlohmann::json::array({fault})}});
    const auto hurt = card_sale("hurt", amount(3300), around_.rich, around_.rich.pin);
    const bool harmless = kind == "duplicate_answer";
    expect(harmless ? "approved all the same" : "reversed",
        hurt.outcome == (harmless ? verdict::approved : verdict::reversed));
    tell_.say("\nThe next sale, without the fault");
    expect("approved", card_sale("after", amount(1100), around_.rich, around_.rich.pin).ok());
}

void working_day::settle() {
    tell_.say("\nSettlement");
    const auto settled = at_.settle(a_minute());
    if (!settled) {
        tell_.say("  " + settled.error().to_string());
        return expect("settled", false);
    }
    tell_.say(at_.settlement_slip(*settled));
    expect("totals agree with the host", settled->host == acquiring::settlement_result::balanced);
}

void working_day::compare() {
    tell_.say("\nThe till's books beside the host's");
    const auto journal = records_of(at_);
    const auto trades = around_.acquirer.control().ask({{"cmd", "trades"}}).at("trades");
    const auto orders = around_.gateway.control().ask({{"cmd", "orders"}}).at("orders");
    auto lines = compare_books(journal, trades);
    const auto codes = compare_orders(journal, orders);
    lines.insert(lines.end(), codes.begin(), codes.end());
    tell_.say(to_text(lines));
    expect("every line agrees", !lines.empty() && all_agree(lines));
    const auto taken = taken_by(journal);
    std::int64_t spent = 0;
    for (const auto& card : {around_.rich, around_.poor}) {
        const auto left = around_.acquirer.control().ask({{"cmd", "balance"}, {"number", card.number}});
        spent += card.balance - left.at("balance").get<std::int64_t>();
    }
    tell_.say("  by card " + amount(taken.by_card).to_string() + ", by code " + amount(taken.by_code).to_string());
    expect("the cards' accounts have paid what the till took", spent == taken.by_card);
    expect("the gateway has received what the till took by code", received_by(orders) == taken.by_code);
}

void working_day::hotel() {
    tell_.say("\nA hotel: reserved at the arrival, taken at the departure; a guest who does not come");
    using ports::trade;
    const auto trade_of = [&](const acquiring::trade_request& request) {
        const auto ended = at_.trade(request, a_minute());
        tell_.say("  till says: " + describe(ended));
        return ended ? *ended : payment{};
    };
    around_.present(around_.rich);
    const auto held = trade_of({trade::pre_auth, "arrival", amount(50'000)});
    expect("the completion takes what was used",
        trade_of({trade::completion, "departure", amount(43'250), held.handle}).ok());
    around_.present(around_.rich);
    const auto other = trade_of({trade::pre_auth, "no-show", amount(10'000)});
    expect("the void sets free what was reserved", trade_of({trade::pre_auth_void, "free", {}, other.handle}).ok());
}

void working_day::table_of_amounts() {
    tell_.say("\nThe table of amounts: from 4,000.00 on the last two digits choose what the host does");
    struct row {
        std::int64_t minor;
        const char* what;
        verdict outcome;
        const char* code;
    };
    for (const auto& [minor, what, outcome, code] : {row{400'001, "01: refer to the issuer", verdict::declined, "01"},
             row{400'041, "41: a lost card, kept", verdict::declined, "41"},
             row{400'051, "51: not enough funds", verdict::declined, "51"},
             row{400'018, "18: done, and no answer", verdict::reversed, ""},
             row{400'023, "23: done, answered with a wrong MAC", verdict::reversed, ""},
             row{400'036, "36: a front sends it twice", verdict::reversed, "94"},
             row{400'011, "11: approved", verdict::approved, "11"}}) {
        const auto ended = card_sale("table-" + std::to_string(minor), amount(minor), around_.rich, around_.rich.pin);
        expect(what, ended.outcome == outcome && (*code == '\0' || ended.host_code == code));
    }
}

void working_day::late_payer() {
    tell_.say("\nA code that the cashier gives up, and the payer pays all the same");
    around_.gateway.control().ask({{"cmd", "faults"}, {"set", {{{"kind", "paid_after_close"}}}}});
    std::stop_source stop;
    auto running = std::async(std::launch::async, [&] {
        return at_.qr_sale({"late", amount(990)}, call(60s, stop.get_token()));
    });
    expect("the code is on the display", !wait_for_code().empty());
    stop.request_stop();
    const auto ended = running.get();
    tell_.say("  till says: " + describe(ended));
    expect("declined: nobody had paid", ended && ended->outcome == verdict::declined);
    for (int tries = 0; tries < 100; ++tries) {
        const auto now = at_.lookup("late", a_minute());
        if (now && *now && (*now)->outcome == verdict::refunded) break;
        (void)at_.recover(a_minute());
        std::this_thread::sleep_for(50ms);
    }
    const auto now = at_.lookup("late", a_minute());
    const bool back = now && *now && (*now)->outcome == verdict::refunded;
    if (back) tell_.say("  till says: " + describe(**now));
    expect("the signed notification sends the money back", back);
}

void working_day::open_day() {
    sign_in();
    tell_.say("\nA card sale with PIN and MAC");
    first_ = card_sale("sale-1", amount(1234), around_.rich, around_.rich.pin);
    expect("sale approved", first_.ok());
    if (first_.ok()) write_receipt(first_);
    declined_sales();
    void_a_sale();
    qr_sale();
    lost_answer();
    refund_part(first_);
}

void working_day::close_day() {
    settle();
    compare();
}

void working_day::run() {
    open_day();
    close_day();
}

void working_day::run_full() {
    open_day();
    hotel();
    table_of_amounts();
    late_payer();
    close_day();
}

} // namespace cipherlane::sim
