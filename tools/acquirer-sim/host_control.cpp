#include "acquirer-sim/exchange.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <nlohmann/json.hpp>

namespace cipherlane::sim {

namespace {

constexpr std::size_t batch_digits = 6;

} // namespace

nlohmann::json host_core::control(const nlohmann::json& request) {
    const std::scoped_lock lock(guard_);
    return desk_.serve(request);
}

void host_core::take_commands() {
    desk_.add("faults", {"set:list?", "seed:number?"}, "plans faults; alone it lists them and the kinds",
        [this](const nlohmann::json& request) { return faults_.control(request); });
    desk_.add(
        "sign_in_again", {}, "asks every terminal to sign in, with its next answer", [this](const nlohmann::json&) {
            ask_sign_in_ = true;
            return nlohmann::json::object();
        });
    desk_.add("ask", {"request:number"},
        "asks in the header of its answers: 1 parameters, 2 status, 3 sign-in, 4 CA keys, 5 AIDs, 6 remote update",
        [this](const nlohmann::json& request) { return ask_in_header(request); });
    desk_.add("list", {"network:text", "pages:list"}, "the pages of a download by its code 60.3, in hex",
        [this](const nlohmann::json& request) { return put_list(request); });
    desk_.add("payment_code", {"code:text", "number:text"}, "a payment code, and the card that pays for it",
        [this](const nlohmann::json& request) {
            payment_codes_[request.at("code").get<std::string>()] = request.at("number").get<std::string>();
            return nlohmann::json::object();
        });
    desk_.add("serial_key", {"terminal_id:text", "key:text", "code:text?"},
        "the SM4 key of a terminal's serial cryptogram, 32 hex digits: from now on its sales and pre-authorisations "
        "must carry a right one; the code of others is 58, or `code`",
        [this](const nlohmann::json& request) {
            serials_.expect(request.at("terminal_id").get<std::string>(), request.at("key").get<std::string>(),
                request.value("code", std::string("58")));
            return nlohmann::json::object();
        });
    desk_.add("rate", {"prefix:text", "currency:number", "rate:text"},
        "offers cards whose number begins so to pay in a currency of theirs (DCC); rate as field 10 has it: how many "
        "of "
        "its last seven digits are decimals, then the seven digits",
        [this](const nlohmann::json& request) {
            rates_.set(request.at("prefix").get<std::string>(),
                static_cast<std::uint16_t>(whole_number(request, "currency", 0, 1, 999)),
                request.at("rate").get<std::string>());
            return nlohmann::json::object();
        });
    desk_.add("counters", {}, "messages by transaction, faults, commands to the cipher machine",
        [this](const nlohmann::json&) { return counters(); });
    desk_.add("card", {"number:text", "expiry:text", "pin:text", "balance:number"},
        "a card of the simulated issuer; expiry YYMM, balance in minor units",
        [this](const nlohmann::json& request) { return put_card(request); });
    desk_.add("terminal", {"terminal_id:text", "merchant_id:text", "tmk:text"},
        "a terminal; its TMK under the LMK, which the cipher machine must take",
        [this](const nlohmann::json& request) { return put_terminal(request); });
    desk_.add("sm4_terminal", {"terminal_id:text", "tmk:text", "sign_in_code:text?"},
        "offers a terminal SM4: its SM4 TMK under the LMK, beside the one that it has; from now on a sign-in with "
        "this "
        "code 60.3 (005) is answered with SM4 keys",
        [this](const nlohmann::json& request) { return put_sm4_master(request); });
    desk_.add("balance", {"number:text"}, "what a card has left", [this](const nlohmann::json& request) {
        const auto card = books_.card(request.at("number").get<std::string>());
        if (!card) throw std::invalid_argument("no such card");
        return nlohmann::json{{"balance", card->balance}};
    });
    desk_.add("totals", {"terminal_id:text", "batch:text"}, "what a batch adds up to; batch of up to six digits",
        [this](const nlohmann::json& request) { return totals(request); });
    desk_.add("cut_day", {}, "ends the host's day: what was booked so far is of an earlier one",
        [this](const nlohmann::json&) {
            books_.cut_day();
            return nlohmann::json::object();
        });
    desk_.add("table", {"on:yes_or_no?"}, "the table of amounts and cards; with `on` it counts, or no more",
        [this](const nlohmann::json& request) { return table(request); });
    desk_.add("trades", {}, "everything in the books", [this](const nlohmann::json&) { return trades(); });
}

nlohmann::json host_core::counters() const {
    auto all = counters_;
    all.insert(faults_.counters().begin(), faults_.counters().end());
    return {{"counters", all}, {"hsm_round_trips", keys_.round_trips()}};
}

nlohmann::json host_core::put_card(const nlohmann::json& request) {
    const auto digits = [&](const char* name, std::size_t least, std::size_t most) {
        auto text = request.at(name).get<std::string>();
        const bool right = text.size() >= least && text.size() <= most && all_digits(text);
        if (!right)
            throw std::invalid_argument(
                std::string(name) + " must be digits, " + std::to_string(least) + " to " + std::to_string(most));
        return text;
    };
    constexpr std::int64_t most_money = 999'999'999'999;
    books_.put_card({digits("number", 12, 19), digits("expiry", 4, 4), digits("pin", 0, 12),
        whole_number(request, "balance", 0, -most_money, most_money)});
    return nlohmann::json::object();
}

nlohmann::json host_core::put_terminal(const nlohmann::json& request) {
    const auto tmk = request.at("tmk").get<std::string>();
    if (const auto taken = keys_.check_terminal_key(tmk, call(machine_time)); !taken) {
        throw std::invalid_argument("tmk: " + words_of(taken.error()));
    }
    books_.put_terminal({request.at("terminal_id"), request.at("merchant_id"), tmk, "", ""});
    return nlohmann::json::object();
}

nlohmann::json host_core::put_sm4_master(const nlohmann::json& request) {
    const auto id = request.at("terminal_id").get<std::string>();
    const auto tmk = request.at("tmk").get<std::string>();
    const auto code = request.value("sign_in_code", std::string("005"));
    if (!books_.terminal(id)) throw std::invalid_argument("no such terminal");
    if (!keys_.is_sm4(tmk)) throw std::invalid_argument("tmk: no SM4 key of this cipher machine");
    if (code.size() != 3 || !all_digits(code)) throw std::invalid_argument("sign_in_code must be three digits");
    if (const auto taken = keys_.check_terminal_key(tmk, call(machine_time)); !taken) {
        throw std::invalid_argument("tmk: " + words_of(taken.error()));
    }
    books_.put_sm4_master(id, {tmk, code});
    return nlohmann::json::object();
}

nlohmann::json host_core::totals(const nlohmann::json& request) {
    auto batch = request.at("batch").get<std::string>();
    const bool right = !batch.empty() && batch.size() <= batch_digits && all_digits(batch);
    if (!right) throw std::invalid_argument("batch must be digits, up to six");
    batch = zero_padded(std::move(batch), batch_digits);
    const auto sums = books_.totals(request.at("terminal_id").get<std::string>(), batch);
    return {{"debit", {{"amount", sums.debit.minor}, {"count", sums.debit.count}}},
        {"credit", {{"amount", sums.credit.minor}, {"count", sums.credit.count}}}};
}

nlohmann::json host_core::table(const nlohmann::json& request) {
    table_.on = request.value("on", table_.on);
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : request_table())
        rows.push_back({{"choice", row.choice}, {"card", table_card(row)}, {"does", row.words}});
    return {{"on", table_.on}, {"rows", rows}};
}

nlohmann::json host_core::trades() {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& trade : books_.trades()) {
        list.push_back({{"terminal_id", trade.terminal_id}, {"batch", trade.batch}, {"trace", trade.trace},
            {"kind", ledger::row_of(trade.kind).name}, {"card", mask_pan(trade.card)}, {"amount", trade.amount},
            {"answer", trade.answer}, {"reference", trade.reference}, {"state", to_string(trade.state)}});
    }
    return {{"trades", list}};
}

} // namespace cipherlane::sim
