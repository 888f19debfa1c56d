#include "acquirer-sim/host_core.hpp"

#include "acquirer-sim/exchange.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace cipherlane::sim {
namespace {

namespace states = ledger::states;

constexpr std::string_view component = "acquirer-sim";
constexpr std::chrono::seconds machine_time{5}; // for one answer of the cipher machine
constexpr std::size_t batch_digits = 6;

/// Fields that an answer gives back as they came.
constexpr std::array echoed_fields{2, 3, 4, 11, 14, 25, 41, 42, 49, 60};

/// China's civil time, "YYYYMMDDhhmmss".
std::string china_time(std::chrono::system_clock::time_point at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at + std::chrono::hours(8));
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &parts);
    return text.data();
}

std::string padded(std::int64_t value, std::size_t digits) {
    std::string text = std::to_string(value);
    return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

std::string_view name_of(iso8583::transaction what) {
    return iso8583::row_of(what).name;
}

} // namespace

std::vector<fault_kind> host_faults() {
    std::vector<std::string> all;
    std::vector<std::string> sealed;
    for (const auto& row : iso8583::transactions()) {
        all.emplace_back(row.name);
        if (row.seal == iso8583::sealing::mac) sealed.emplace_back(row.name);
    }
    all.emplace_back("unknown");
    return {{"no_answer", fault_effect::withhold, all}, {"late_answer", fault_effect::wait, all},
        {"wrong_mac", fault_effect::alter, sealed}, {"duplicate_answer", fault_effect::repeat, all},
        {"disconnect_after_request", fault_effect::end, all},
        {"refuse", fault_effect::alter, all, "([0-9A-Za-z]{2})?"},
        {"not_balanced", fault_effect::alter, {std::string(name_of(iso8583::transaction::batch_settle))}}};
}

host_core::host_core(host_books& books, security& keys, issuer& bank, fault_plan& faults, logger log, wall_clock now)
    : books_(books)
    , keys_(keys)
    , bank_(bank)
    , faults_(faults)
    , log_(std::move(log))
    , now_(std::move(now)) {
    take_commands();
}

played_answer host_core::handle(byte_view body) {
    ++counters_["received"];
    auto request = iso8583::decode_body(iso8583::cup_pos(), body);
    if (!request) {
        ++counters_["malformed"];
        log_.warning(component, request.error().to_string());
        return {};
    }
    exchange on(*request, china_time(now_()));
    on.what = iso8583::identify(on.request);
    on.terminal = books_.terminal(on.request.value(41));
    on.answer.set_mti(iso8583::answer_mti(on.request.mti()).view());
    for (const int field : echoed_fields) {
        if (on.request.has(field)) on.answer.set(field, on.request.value(field));
    }
    on.planned = faults_.hit(on.what ? std::string(name_of(*on.what)) : std::string("unknown"));
    dispatch(on);
    return deliver(on);
}

void host_core::dispatch(exchange& on) {
    using iso8583::transaction;
    using handler = void (host_core::*)(exchange&);
    static const std::map<transaction, handler> handlers{
        {transaction::sign_in, &host_core::sign_in},
        {transaction::sale, &host_core::sale},
        {transaction::balance, &host_core::balance},
        {transaction::sale_void, &host_core::void_sale},
        {transaction::refund, &host_core::refund},
        {transaction::pre_auth, &host_core::pre_auth},
        {transaction::pre_auth_void, &host_core::pre_auth_void},
        {transaction::completion, &host_core::completion},
        {transaction::completion_void, &host_core::completion_void},
        {transaction::reversal, &host_core::reversal},
        {transaction::batch_settle, &host_core::settle},
        {transaction::upload_mag, &host_core::upload},
        {transaction::upload_ic, &host_core::upload},
        {transaction::upload_refund, &host_core::upload_refund},
        {transaction::upload_end, &host_core::upload_end},
    };
    if (!on.what) return on.refuse("12"); // invalid transaction
    ++counters_[std::string(name_of(*on.what))];
    if (!on.terminal || on.terminal->merchant_id != on.request.value(42)) return on.refuse("03"); // unknown merchant
    const auto& row = iso8583::row_of(*on.what);
    if (row.seal == iso8583::sealing::mac && !mac_fits(on)) return on.refuse("A0");
    if (const auto fields = iso8583::check_fields(on.request, row); !fields) {
        log_.warning(component, fields.error().to_string());
        return on.refuse("30"); // format error
    }
    if (on.request.has(60)) {
        if (const auto parsed = iso8583::field60::parse(on.request.value(60))) on.batch = parsed->batch.view();
    }
    // A host that will not: nothing of the message is done.
    if (on.planned && on.planned->kind == "refuse") {
        return on.refuse(on.planned->value.empty() ? "96" : on.planned->value);
    }
    const auto found = handlers.find(*on.what);
    if (found != handlers.end()) return (this->*found->second)(on);
    if (*on.what == transaction::echo || *on.what == transaction::sign_off) return on.accept();
    on.refuse("12");
}

bool host_core::mac_fits(exchange& on) {
    if (on.terminal->tak.empty() || on.request.mac().size() != 8) return false;
    const auto fits =
        keys_.verify_mac(on.terminal->tak, on.request.mac_range(), on.request.mac(), call(machine_time));
    if (!fits) log_.error(component, fits.error().to_string());
    return fits && *fits;
}

std::optional<bytes> host_core::translated_pin(exchange& on) {
    if (!on.request.has(52)) return bytes{};
    const auto block =
        keys_.translate_pin(on.terminal->tpk, on.request.wire(52), on.request.value(2), call(machine_time));
    if (block) return bytes(block->begin(), block->end());
    log_.error(component, block.error().to_string());
    return std::nullopt;
}

void host_core::sign_in(exchange& on) {
    const auto keys = keys_.sign_in(on.terminal->tmk, call(machine_time));
    if (!keys) {
        log_.error(component, keys.error().to_string());
        return on.refuse("96");
    }
    const auto field62 = keys->for_terminal.to_field62({});
    if (!field62) return on.refuse("96");
    on.terminal->tpk = keys->tpk;
    on.terminal->tak = keys->tak;
    books_.put_terminal(*on.terminal);
    ask_sign_in_ = false;
    on.answer.set(62, byte_view(*field62));
    on.answer.set(32, "48000000");
    on.accept();
}

void host_core::book(exchange& on, ledger_trade trade, std::int64_t money) {
    trade.terminal_id = on.terminal->terminal_id;
    trade.batch = on.batch;
    trade.trace = on.request.value(11);
    trade.card = on.request.value(2);
    trade.date = on.date();
    trade.time = on.time();
    trade.reference = padded(books_.next_reference(), 12);
    trade.state = trade.answer == "00" ? ports::record_state::approved : ports::record_state::declined;
    if (trade.answer == "00") trade.authorization = padded(books_.next_reference(), 6);
    books_.post(trade, money);
    on.answer.set(37, trade.reference);
    if (!trade.authorization.empty()) on.answer.set(38, trade.authorization);
    trade.answer == "00" ? on.accept() : on.refuse(trade.answer);
}

bool host_core::known(const exchange& on) {
    return books_.find(on.terminal->terminal_id, on.batch, on.request.value(11)).has_value();
}

void host_core::charge(exchange& on, ports::trade kind) {
    if (known(on)) return on.refuse("94");
    const auto block = translated_pin(on);
    if (!block) return on.refuse("96");
    const auto number = on.request.value(2);
    const auto expiry = on.request.value(14);
    ledger_trade trade;
    trade.kind = kind;
    trade.amount = std::stoll(on.request.value(4));
    trade.answer = bank_.decide({number, expiry, trade.amount, *block}, on.year_month());
    book(on, trade, -trade.amount);
}

void host_core::sale(exchange& on) {
    charge(on, ports::trade::sale);
}

/// What is reserved is not the cardholder's to spend: it leaves the balance like a sale, but is in no totals.
void host_core::pre_auth(exchange& on) {
    charge(on, ports::trade::pre_auth);
}

void host_core::balance(exchange& on) {
    const auto block = translated_pin(on);
    if (!block) return on.refuse("96");
    const auto number = on.request.value(2);
    const auto expiry = on.request.value(14);
    const auto code = bank_.decide({number, expiry, 0, *block}, on.year_month());
    if (code != "00") return on.refuse(code);
    // Account type 10, amount type 02 (available), currency, sign, amount.
    on.answer.set(54, "1002156C" + padded(books_.card(number)->balance, 12));
    on.accept();
}

std::optional<ledger_trade> host_core::original_of(const exchange& on, ports::trade kind) {
    const auto parsed = iso8583::field61::parse(on.request.value(61));
    if (!parsed) return std::nullopt;
    auto found = books_.find(on.terminal->terminal_id, parsed->batch.view(), parsed->trace.view());
    if (!found || found->card != on.request.value(2)) return std::nullopt;
    if (!ledger::row_of(kind).originals.contains(found->kind)) return std::nullopt;
    if (on.request.has(37) && found->reference != on.request.value(37)) return std::nullopt;
    if (on.request.has(38) && found->authorization != on.request.value(38)) return std::nullopt;
    return found;
}

void host_core::pre_auth_void(exchange& on) {
    if (known(on)) return on.refuse("94");
    ledger_trade trade;
    trade.kind = ports::trade::pre_auth_void;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!states::may_be_voided.contains(original->state) || original->refunded != 0)
        trade.answer = "12";
    else if (original->amount != trade.amount)
        trade.answer = "64";
    else
        trade.answer = "00";
    book(on, trade, trade.amount);
}

/// Takes up to 115 % of what was reserved, once; what is left of the reservation is the cardholder's again.
void host_core::completion(exchange& on) {
    if (known(on)) return on.refuse("94");
    ledger_trade trade;
    trade.kind = ports::trade::completion;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!states::may_be_voided.contains(original->state) || original->refunded != 0)
        trade.answer = "12";
    else if (trade.amount > original->amount * 115 / 100)
        trade.answer = "61";
    else
        trade.answer = "00";
    book(on, trade, original ? original->amount - trade.amount : 0);
}

void host_core::completion_void(exchange& on) {
    if (known(on)) return on.refuse("94");
    ledger_trade trade;
    trade.kind = ports::trade::completion_void;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!states::may_be_voided.contains(original->state) || original->batch != on.batch ||
             original->refunded != 0)
        trade.answer = "12";
    else if (original->amount != trade.amount)
        trade.answer = "64";
    else
        trade.answer = "00";
    book(on, trade, original ? -original->money : 0);
}

void host_core::void_sale(exchange& on) {
    if (known(on)) return on.refuse("94");
    const auto block = translated_pin(on);
    if (!block) return on.refuse("96");
    ledger_trade trade;
    trade.kind = ports::trade::void_sale;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!states::may_be_voided.contains(original->state) || original->batch != on.batch ||
             original->refunded != 0)
        trade.answer = "12";
    else if (original->amount != trade.amount)
        trade.answer = "64";
    else
        trade.answer = "00";
    book(on, trade, trade.amount);
}

void host_core::refund(exchange& on) {
    if (known(on)) return on.refuse("94");
    ledger_trade trade;
    trade.kind = ports::trade::refund;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!states::may_be_refunded.contains(original->state))
        trade.answer = "12";
    else if (original->refunded + trade.amount > original->amount)
        trade.answer = "61";
    else
        trade.answer = "00";
    book(on, trade, trade.amount);
}

void host_core::reversal(exchange& on) {
    const auto trace = on.request.value(11);
    const auto found = books_.find(on.terminal->terminal_id, on.batch, trace);
    if (!found) {
        ledger_trade unseen;
        unseen.terminal_id = on.terminal->terminal_id;
        unseen.batch = on.batch;
        unseen.trace = trace;
        unseen.kind = ports::trade::sale;
        unseen.card = on.request.value(2);
        unseen.amount = std::stoll(on.request.value(4));
        unseen.answer = "25";
        books_.entomb(unseen);
        return on.accept(); // never seen, and it will not be accepted any more: as good as undone
    }
    if (found->amount != std::stoll(on.request.value(4))) return on.refuse("12");
    if (states::undone_by_another.contains(found->state)) return on.refuse("12");
    books_.reverse(*found);
    on.answer.set(37, found->reference.empty() ? std::string(12, '0') : found->reference);
    on.accept(); // a repeat gets the same answer
}

void host_core::settle(exchange& on) {
    auto claimed = iso8583::settlement_totals::parse(on.request.value(48));
    if (!claimed) return on.refuse("30");
    const auto ours = books_.totals(on.terminal->terminal_id, on.batch);
    const auto& theirs = claimed->domestic;
    const bool asked = on.planned && on.planned->kind == "not_balanced";
    const bool same = !asked && ours.debit == ledger_side{theirs.debit_amount, theirs.debit_count} &&
                      ours.credit == ledger_side{theirs.credit_amount, theirs.credit_count};
    const auto verdict = same ? iso8583::settlement_verdict::balanced : iso8583::settlement_verdict::not_balanced;
    claimed->domestic.verdict = verdict;
    claimed->foreign.verdict = iso8583::settlement_verdict::balanced;
    books_.settle(on.terminal->terminal_id, on.batch, static_cast<int>(verdict));
    on.answer.set(48, *claimed->to_digits());
    on.accept();
}

void host_core::upload(exchange& on) {
    if (*on.what == iso8583::transaction::upload_ic) {
        books_.upload(on.terminal->terminal_id, on.batch, on.request.value(11), std::stoll(on.request.value(4)));
        return on.accept();
    }
    const auto records = iso8583::parse_upload_records(on.request.value(48));
    if (!records) return on.refuse("30");
    for (const auto& record : *records) {
        const bool known = books_.upload(on.terminal->terminal_id, on.batch, padded(record.trace, 6), record.amount);
        if (!known) log_.warning(component, "batch upload: trace " + padded(record.trace, 6) + " differs");
    }
    on.accept();
}

/// A refund comes alone, as it was sent before, without its MAC.
void host_core::upload_refund(exchange& on) {
    const auto trace = on.request.value(11);
    if (!books_.upload(on.terminal->terminal_id, on.batch, trace, std::stoll(on.request.value(4)))) {
        log_.warning(component, "batch upload: refund with trace " + trace + " differs");
    }
    on.accept();
}

void host_core::upload_end(exchange& on) {
    const auto expected = on.request.value(48);
    const auto have = books_.uploads(on.terminal->terminal_id, on.batch);
    if (expected != padded(have, expected.size())) {
        log_.warning(component, "batch upload: " + expected + " announced, " + std::to_string(have) + " here");
        return on.refuse("77"); // reconcile error
    }
    on.accept();
}

bytes host_core::seal(exchange& on) {
    const bool sealed = on.what && iso8583::row_of(*on.what).seal == iso8583::sealing::mac && on.terminal &&
                        !on.terminal->tak.empty();
    if (sealed) on.answer.leave_mac_hole();
    bytes frame(2048);
    auto built = iso8583::encode(iso8583::cup_pos(), on.answer, frame);
    if (!built) {
        log_.error(component, built.error().to_string());
        return {};
    }
    if (sealed) {
        auto mac = keys_.make_mac(on.terminal->tak, built->mac_range, call(machine_time));
        if (!mac) {
            log_.error(component, mac.error().to_string());
            return {};
        }
        if (on.planned && on.planned->kind == "wrong_mac") (*mac)[0] = static_cast<std::uint8_t>((*mac)[0] ^ 1U);
        std::copy(mac->begin(), mac->end(), built->mac.begin());
    }
    frame.resize(built->frame.size());
    return frame;
}

played_answer host_core::deliver(exchange& on) {
    const auto& planned = on.planned;
    auto header = iso8583::pos_header::parse(on.request.header());
    if (header && ask_sign_in_) header = header->with_request(iso8583::processing_request::sign_in);
    if (header) on.answer.set_header(header->digits());
    on.answer.set_tpdu(on.request.tpdu().swapped());
    return play(planned, seal(on));
}

nlohmann::json host_core::control(const nlohmann::json& request) {
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
    desk_.add("counters", {}, "messages by transaction, faults, commands to the cipher machine",
        [this](const nlohmann::json&) { return counters(); });
    desk_.add("card", {"number:text", "expiry:text", "pin:text", "balance:number"},
        "a card of the simulated issuer; expiry YYMM, balance in minor units",
        [this](const nlohmann::json& request) { return put_card(request); });
    desk_.add("terminal", {"terminal_id:text", "merchant_id:text", "tmk:text"},
        "a terminal; its TMK under the LMK, which the cipher machine must take",
        [this](const nlohmann::json& request) { return put_terminal(request); });
    desk_.add("balance", {"number:text"}, "what a card has left", [this](const nlohmann::json& request) {
        const auto card = books_.card(request.at("number").get<std::string>());
        if (!card) throw std::invalid_argument("no such card");
        return nlohmann::json{{"balance", card->balance}};
    });
    desk_.add("totals", {"terminal_id:text", "batch:text"}, "what a batch adds up to; batch of up to six digits",
        [this](const nlohmann::json& request) { return totals(request); });
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

nlohmann::json host_core::totals(const nlohmann::json& request) {
    auto batch = request.at("batch").get<std::string>();
    const bool right = !batch.empty() && batch.size() <= batch_digits && all_digits(batch);
    if (!right) throw std::invalid_argument("batch must be digits, up to six");
    batch.insert(0, batch_digits - batch.size(), '0');
    const auto sums = books_.totals(request.at("terminal_id").get<std::string>(), batch);
    return {{"debit", {{"amount", sums.debit.amount}, {"count", sums.debit.count}}},
        {"credit", {{"amount", sums.credit.amount}, {"count", sums.credit.count}}}};
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
