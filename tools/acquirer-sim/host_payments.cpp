#include "acquirer-sim/exchange.hpp"

#include <cipherlane/core/zero_padded.hpp>
#include <cipherlane/iso8583/field62.hpp>
#include <cipherlane/iso8583/response_code.hpp>

namespace cipherlane::sim {

std::optional<bytes> host_core::translated_pin(exchange& on) {
    if (!on.request.has(52)) return bytes{};
    if (on.pin) return on.pin;
    // Under SM4 field 52 is zeros alone, and the block stands in field 62.
    const auto field62 = on.request.value(62);
    auto sent = result<byte_view>(on.request.wire(52));
    if (keys_.is_sm4(on.terminal->tpk)) sent = iso8583::read_sm4_pin(as_bytes(field62));
    if (!sent) {
        log_.tell(log_level::warning, "PIN", sent.error().to_string());
        return std::nullopt;
    }
    const auto block = keys_.translate_pin(on.terminal->tpk, *sent, on.request.value(2), call(machine_time));
    if (block) return bytes(block->begin(), block->end());
    log_.tell(log_level::error, "PIN", block.error().to_string());
    return std::nullopt;
}

void host_core::book(exchange& on, host_trade trade, std::int64_t money) {
    trade.terminal_id = on.terminal->terminal_id;
    trade.batch = on.batch;
    trade.trace = on.request.value(11);
    trade.card = on.card;
    trade.date = on.date();
    trade.time = on.time();
    trade.reference = zero_padded(books_.next_reference(), 12);
    const bool approved = iso8583::approved(trade.answer);
    trade.state = ports::record_state::declined;
    if (approved) trade.state = ports::record_state::approved;
    if (approved) trade.authorization = zero_padded(books_.next_reference(), 6);
    books_.post(trade, money);
    on.answer.set(37, trade.reference);
    if (!trade.authorization.empty()) on.answer.set(38, trade.authorization);
    on.refuse(trade.answer);
}

bool host_core::known(const exchange& on) {
    return books_.find(on.terminal->terminal_id, on.batch, on.request.value(11)).has_value();
}

/// What is reserved is not the cardholder's to spend: it leaves the balance like a sale, but is in no totals.
void host_core::charge(exchange& on, ports::trade kind) {
    const auto block = translated_pin(on);
    if (!block) return on.refuse("96");
    const auto& number = on.card;
    const auto expiry = on.request.value(14);
    host_trade trade;
    trade.kind = kind;
    trade.amount = std::stoll(on.request.value(4));
    put_table_card(number);
    trade.answer = bank_.decide({number, expiry, trade.amount, *block}, on.year_month());
    if (trade.answer == "00" && on.asked("partial")) {
        trade.amount /= 2;
        trade.answer = partly;
        on.answer.set(4, zero_padded(trade.amount, 12));
    }
    book(on, trade, -trade.amount);
}

/// A card of the table exists as soon as it is used.
void host_core::put_table_card(std::string_view number) {
    const auto* row = table_.on ? row_chosen(number, 0) : nullptr;
    if (row == nullptr || table_card(*row) != number || books_.card(number)) return;
    books_.put_card(
        {std::string(number), std::string(table_card_expiry), std::string(table_card_pin), table_card_balance});
}

void host_core::balance(exchange& on) {
    const auto block = translated_pin(on);
    if (!block) return on.refuse("96");
    const auto number = on.request.value(2);
    const auto expiry = on.request.value(14);
    put_table_card(number);
    const auto code = bank_.decide({number, expiry, 0, *block}, on.year_month());
    if (code != "00") return on.refuse(code);
    // Account type 10, amount type 02 (available), currency, sign, amount.
    on.answer.set(54, "1002156C" + zero_padded(books_.card(number)->balance, 12));
    on.accept();
}

/// What the cardholder would pay in the card's own currency; 57 where there is no rate for it.
void host_core::rate_enquiry(exchange& on) {
    const auto own = find_currency(static_cast<std::uint16_t>(std::stoi(on.request.value(49))));
    const amount local(std::stoll(on.request.value(4)), own.value_or(cny));
    const auto offer = rates_.offer(on.request.value(2), local);
    if (!offer) return on.refuse("57");
    on.answer.set(6, offer->converted.to_n12());
    on.answer.set(10, offer->rate);
    on.answer.set(51, zero_padded(offer->converted.unit().number, 3));
    on.accept();
}

} // namespace cipherlane::sim
