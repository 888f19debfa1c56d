#include "acquirer-sim/host_core.hpp"

#include "acquirer-sim/exchange.hpp"
#include "acquirer-sim/required_fields.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/ports/clock.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace cipherlane::sim {
namespace {

/// Fields that an answer gives back as they came.
constexpr std::array echoed_fields{2, 3, 4, 11, 14, 25, 41, 42, 49, 60};

/// China's civil time, "YYYYMMDDhhmmss".
std::string china_time(std::chrono::system_clock::time_point at) {
    const auto civil = ports::to_civil(at);
    return civil.yyyymmdd() + civil.hhmmss();
}

/// The number whose end is the random factor of a terminal serial cryptogram: the card's, or the payment code.
std::string factor_source(const iso8583::message_view& request) {
    const auto field = request.value(59);
    const auto code = iso8583::find_subfield(iso8583::field59_format(), as_bytes(field), iso8583::tag_payment_code);
    return code && *code ? std::string(as_text(**code)) : request.value(2);
}

std::string_view name_of(iso8583::transaction what) {
    return iso8583::row_of(what).name;
}

} // namespace

host_core::host_core(host_books& books, security& keys, issuer& bank, fault_plan& faults, logger log, wall_clock now,
    table_settings table)
    : books_(books)
    , keys_(keys)
    , bank_(bank)
    , faults_(faults)
    , log_(std::move(log), std::string(component))
    , now_(std::move(now))
    , table_(table) {
    take_commands();
}

played_answer host_core::handle(byte_view body) {
    deciding lock(guard_);
    ++counters_["received"];
    const auto request = iso8583::decode_body(iso8583::cup_pos(), body);
    if (!request) {
        ++counters_["malformed"];
        log_.tell(log_level::warning, "unreadable", request.error().to_string());
        return {};
    }
    exchange on = opened(*request);
    const auto name = on.what ? std::string(name_of(*on.what)) : std::string("unknown");
    on.planned = faults_.hit(name);
    if (!on.planned && table_.on) on.planned = chosen(on, name);
    if (on.asked("lost_request")) return {};
    if (on.asked("overtaken")) {
        overtaken_.emplace_back(body.begin(), body.end());
        return {};
    }
    if (on.asked("cut_day")) books_.cut_day();
    if (on.asked("resent")) { // the answer to the first copy is the front's, that to the second one the terminal's
        exchange first = opened(*request);
        dispatch(first);
    }
    ask_machine(on, lock);
    dispatch(on);
    auto reply = deliver(on, lock);
    bring_in_overtaken();
    return reply;
}

host_core::exchange host_core::opened(const iso8583::message_view& request) {
    exchange on(request, china_time(now_() + std::chrono::days(books_.days_cut())));
    on.what = iso8583::identify(on.request);
    on.terminal = books_.terminal(on.request.value(41));
    on.card = on.request.value(2);
    on.answer.set_mti(iso8583::answer_mti(on.request.mti()).view());
    for (const int field : echoed_fields) {
        if (on.request.has(field)) on.answer.set(field, on.request.value(field));
    }
    return on;
}

/// A payment chooses by its card or amount, a reversal by those of the payment that it undoes.
std::optional<fault> host_core::chosen(const exchange& on, const std::string& name) {
    if (!on.what || !on.request.has(2) || !on.request.has(4) || on.request.has(61)) return std::nullopt;
    const auto* row = row_chosen(on.request.value(2), std::stoll(on.request.value(4)));
    if (row == nullptr) return std::nullopt;
    const bool reversal = *on.what == iso8583::transaction::reversal;
    auto hit = fault_of(*row, reversal ? table_moment::reversal : table_moment::payment, name);
    if (hit) ++counters_["table " + row->choice];
    return hit;
}

/// Nobody waits for its answer any more.
void host_core::bring_in_overtaken() {
    for (const auto& body : std::exchange(overtaken_, {})) {
        const auto request = iso8583::decode_body(iso8583::cup_pos(), body);
        exchange late = opened(*request);
        dispatch(late);
    }
}

void host_core::dispatch(exchange& on) {
    using iso8583::transaction;
    using handler = void (host_core::*)(exchange&);
    static const std::map<transaction, handler> handlers{
        {transaction::sign_in, &host_core::sign_in},
        {transaction::master_key_download, &host_core::master_key},
        {transaction::balance, &host_core::balance},
        {transaction::reversal, &host_core::reversal},
        {transaction::batch_settle, &host_core::settle},
        {transaction::upload_mag, &host_core::upload},
        {transaction::upload_ic, &host_core::upload},
        {transaction::upload_refund, &host_core::upload_refund},
        {transaction::upload_end, &host_core::upload_end},
        {transaction::sign_off, &host_core::sign_off},
        {transaction::echo, &host_core::echo},
        {transaction::download, &host_core::download},
        {transaction::rate_enquiry, &host_core::rate_enquiry},
    };
    if (!on.what) return on.refuse("12"); // invalid transaction
    ++counters_[std::string(name_of(*on.what))];
    if (!on.terminal || on.terminal->merchant_id != on.request.value(42)) return on.refuse("03"); // unknown merchant
    const auto& row = iso8583::row_of(*on.what);
    if (row.seal == iso8583::sealing::mac) {
        if (!mac_fits(on)) return on.refuse("A0");
        confirm_master(on);
    }
    if (const auto field = wrong_field(on.request, *on.what)) {
        const auto why = error(iso8583_errc::missing_field, layer::tools)
                             .during(row.name)
                             .in_field(std::to_string(*field))
                             .with_hint("missing, or not of such a request");
        log_.tell(log_level::warning, "malformed", why.to_string());
        return on.refuse("30"); // format error
    }
    if (on.request.has(60)) {
        if (const auto parsed = iso8583::field60::parse(on.request.value(60))) on.batch = parsed->batch.view();
    }
    if (const auto code = serials_.refusal(on.request, *on.what, factor_source(on.request))) return on.refuse(*code);
    if (!rates_.fits(on.request)) return on.refuse("13"); // invalid amount
    if (on.request.has(6)) ++counters_["converted " + std::string(name_of(*on.what))];
    // A host that will not: nothing of the message is done.
    if (on.planned && on.planned->kind == "refuse") {
        return on.refuse(on.planned->value.empty() ? "96" : on.planned->value);
    }
    if (const auto* trade = ledger::find_row(*on.what)) return take(on, *trade);
    const auto found = handlers.find(*on.what);
    if (found != handlers.end()) return (this->*found->second)(on);
    on.refuse("12");
}

/// What has the same trace was there already, or was reversed before it came: neither may move money. What a terminal
/// has done before it tells is the same thing told again.
void host_core::take(exchange& on, const ledger::trade_row& row) {
    using ledger::need;
    if (row.role == ledger::trade_role::notifying) return on.accept(); // it moves no money: the host takes note of it
    const bool told = row.sends == ledger::delivery::stored;
    if (told && told_before(on, row.kind)) return;
    if (!told && known(on)) return on.refuse("94");
    if (books_.settled(on.terminal->terminal_id, on.batch)) return on.refuse(wrong_batch);
    bool of_code = false;
    for (const auto original : row.originals)
        of_code = of_code || ledger::row_of(original).needs.contains(need::code);
    if (of_code && !names_code_payment(on, row.kind)) return on.refuse("25");
    switch (row.role) {
    case ledger::trade_role::payment:
        return row.needs.contains(need::code) ? code_sale(on, row.kind) : charge(on, row.kind);
    case ledger::trade_role::undoing:
        // What is reserved stays so for days: its batch does not matter.
        return undo(on, row.kind, row.side == ledger::money_side::none ? reach::any : reach::batch);
    case ledger::trade_role::returning: return give_back(on, row.kind);
    case ledger::trade_role::finishing: return complete(on, row.kind);
    case ledger::trade_role::adding: return add_to(on, row.kind);
    case ledger::trade_role::notifying:
    case ledger::trade_role::rejecting: break; // the gateway's, which no message of a host asks for
    }
    on.refuse("12");
}

void host_core::ask_machine(exchange& on, deciding& lock) {
    const bool sealed = on.what && iso8583::row_of(*on.what).seal == iso8583::sealing::mac;
    if (!sealed || !on.terminal || on.terminal->merchant_id != on.request.value(42)) return;
    lock.unlock();
    on.sound = mac_fits(on);
    if (*on.sound && on.request.has(52) && on.request.has(2)) on.pin = translated_pin(on);
    lock.lock();
}

bool host_core::mac_fits(exchange& on) {
    if (on.sound) return *on.sound;
    if (on.terminal->tak.empty() || on.request.mac().size() != 8) return false;
    const auto fits =
        keys_.verify_mac(on.terminal->tak, on.request.mac_range(), on.request.mac(), call(machine_time));
    if (!fits) log_.tell(log_level::error, "MAC", fits.error().to_string());
    return fits && *fits;
}

bytes host_core::seal(exchange& on, deciding& lock) {
    const bool sealed = on.what && iso8583::row_of(*on.what).seal == iso8583::sealing::mac && on.terminal &&
                        !on.terminal->tak.empty();
    if (sealed) on.answer.leave_mac_hole();
    bytes frame(2048);
    auto built = iso8583::encode(iso8583::cup_pos(), on.answer, frame);
    if (!built) {
        log_.tell(log_level::error, "answer", built.error().to_string());
        return {};
    }
    if (sealed) {
        lock.unlock();
        auto mac = keys_.make_mac(on.terminal->tak, built->mac_range, call(machine_time));
        lock.lock();
        if (!mac) {
            log_.tell(log_level::error, "MAC", mac.error().to_string());
            return {};
        }
        if (on.planned && on.planned->kind == "wrong_mac") (*mac)[0] = static_cast<std::uint8_t>((*mac)[0] ^ 1U);
        std::copy(mac->begin(), mac->end(), built->mac.begin());
    }
    frame.resize(built->frame.size());
    return frame;
}

played_answer host_core::deliver(exchange& on, deciding& lock) {
    auto header = iso8583::pos_header::parse(on.request.header());
    if (header) header = header->with_request(header_request());
    if (header) on.answer.set_header(header->digits());
    on.answer.set_tpdu(on.request.tpdu().swapped());
    spoil(on);
    auto message = seal(on, lock);
    if (on.asked("garbage")) std::fill(message.begin() + std::ptrdiff_t{2 + 5 + 6}, message.end(), 0xFF);
    if (on.asked("answer_after_reversal")) {
        held_.push_back({on.terminal ? on.terminal->terminal_id : "", message, on.planned->value == "behind"});
    }
    auto reply = play(on.planned, std::move(message));
    if (on.what == iso8583::transaction::reversal) add_held(on, reply.message);
    return reply;
}

/// What of an answer is changed before its MAC is made: it is right of what is wrong.
void host_core::spoil(exchange& on) {
    if (!on.planned) return;
    const auto& value = on.planned->value;
    if (on.asked("answer_code") && on.answer.get(39) == "00") on.answer.set(39, value);
    if (on.asked("no_field")) on.answer.remove(std::stoi(value));
    if (on.asked("foreign_answer") && value == "41") on.answer.set(41, "OTHER001");
    if (on.asked("foreign_answer") && value != "41")
        on.answer.set(11, on.request.value(11) == "999999" ? "000001" : "999999");
}

/// An answer that was held back goes with that to the reversal of its terminal, in one piece.
void host_core::add_held(const exchange& on, bytes& message) {
    for (auto at = held_.begin(); at != held_.end();) {
        if (!on.terminal || at->terminal_id != on.terminal->terminal_id) {
            ++at;
            continue;
        }
        message.insert(at->behind ? message.end() : message.begin(), at->message.begin(), at->message.end());
        at = held_.erase(at);
    }
}

} // namespace cipherlane::sim
