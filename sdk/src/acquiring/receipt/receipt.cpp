#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/rate_text.hpp>
#include <cipherlane/ports/words.hpp>

#include <string_view>
#include <vector>

namespace cipherlane::acquiring {
namespace {

/// Columns that UTF-8 text takes: everything beyond Latin counts two.
std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            ++columns;
        } else if (byte >= 0xE0) {
            columns += 2;
        } else if (byte >= 0xC0) {
            ++columns;
        }
    }
    return columns;
}

/// Lines of a fixed width.
class slip {
  public:
    explicit slip(std::size_t columns)
        : columns_(columns) {}

    void centre(std::string_view text) {
        const auto taken = width(text);
        text_.append(taken < columns_ ? (columns_ - taken) / 2 : 0, ' ').append(text).append("\n");
    }
    /// Label left, value right; on two lines where one is too narrow. Without a value nothing is written.
    void pair(std::string_view label, std::string_view value) {
        if (value.empty()) return;
        const auto taken = width(label) + width(value);
        text_.append(label);
        if (taken < columns_) {
            text_.append(columns_ - taken, ' ');
        } else {
            text_.append("\n").append(width(value) < columns_ ? columns_ - width(value) : 0, ' ');
        }
        text_.append(value).append("\n");
    }
    void rule() { text_.append(columns_, '-').append("\n"); }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::size_t columns_;
    std::string text_;
};

/// The words of receipts, in one language or in both, one behind the other.
class receipt_words {
  public:
    explicit receipt_words(receipt_language in) noexcept
        : in_(in) {}

    [[nodiscard]] std::string operator()(ports::word_key key) const { return of(key.row()); }
    /// Each language on a line of its own: a statement is longer than a label.
    [[nodiscard]] std::vector<std::string_view> lines(ports::word_key key) const {
        std::vector<std::string_view> all;
        if (in_ != receipt_language::chinese) all.push_back(key.row().english);
        if (in_ != receipt_language::english) all.push_back(key.row().chinese);
        return all;
    }
    [[nodiscard]] std::string title(ports::trade kind) const {
        const auto* row = ports::find_word("title." + std::string(ledger::row_of(kind).title));
        return row != nullptr ? of(*row) : std::string();
    }
    [[nodiscard]] std::string ending(verdict outcome) const {
        return join(words_of(outcome, language::english), words_of(outcome, language::chinese));
    }

  private:
    [[nodiscard]] std::string of(const ports::word_row& row) const { return join(row.english, row.chinese); }
    [[nodiscard]] std::string join(std::string_view english, std::string_view chinese) const {
        switch (in_) {
        case receipt_language::english: return std::string(english);
        case receipt_language::chinese: return std::string(chinese);
        case receipt_language::both: break;
        }
        return std::string(english) + " " + std::string(chinese);
    }
    receipt_language in_;
};

std::string stamp(const payment& what) {
    std::string text;
    if (what.date.size() == 8) {
        text = what.date.substr(0, 4) + "-" + what.date.substr(4, 2) + "-" + what.date.substr(6);
    }
    if (what.time.size() == 6) {
        text += " " + what.time.substr(0, 2) + ":" + what.time.substr(2, 2) + ":" + what.time.substr(4);
    }
    return text;
}

/// With the currency's letters; the yuan by the name it has on receipts.
std::string money(const amount& value) {
    const std::string letters(value.unit() == cny ? "RMB" : letters_of(value.unit()));
    return letters + " " + value.to_string();
}

void head(slip& out, const receipt_words& words, const terminal_settings& terminal, std::string_view who = {}) {
    if (!terminal.merchant_name.empty()) out.centre(terminal.merchant_name);
    out.pair(words("receipt.merchant"), terminal.merchant_id);
    out.pair(words("receipt.terminal"), terminal.terminal_id);
    out.pair(words("receipt.operator"), who.empty() ? std::string_view(terminal.operator_id) : who);
}

/// What schemes want on paper where the cardholder has chosen another currency: both amounts, the rate, and that it
/// was a choice.
void conversion(slip& out, const receipt_words& words, const payment& what) {
    if (!what.conversion.chosen()) return;
    out.pair(words("receipt.converted"), money(what.conversion.converted));
    out.pair(words("receipt.rate"), ports::rate_text(what.conversion.rate));
    for (const auto line : words.lines("receipt.currency_offered"))
        out.centre(line);
    for (const auto line : words.lines("receipt.currency_chosen"))
        out.centre(line);
}

void side(slip& out, std::string_view label, const ports::batch_side& value, currency unit) {
    const amount total(value.minor, unit);
    out.pair(label, std::to_string(value.count) + " / " + (unit == cny ? total.to_string() : money(total)));
}

/// What the other side has counted differently. One sum of both comes without a count where none was told.
void difference(slip& out, const receipt_words& words, const ledger::side_difference& of, currency unit) {
    switch (of.side) {
    case ledger::money_side::debit: return side(out, words("receipt.host_debit"), of.host, unit);
    case ledger::money_side::credit: return side(out, words("receipt.host_credit"), of.host, unit);
    case ledger::money_side::none: break;
    }
    if (of.host.count != 0) return side(out, words("receipt.terminal_net"), of.host, unit);
    const amount total(of.host.minor, unit);
    out.pair(words("receipt.terminal_net"), unit == cny ? total.to_string() : money(total));
}

/// Payments under a heading, each by batch and trace number; what went back has a minus.
void booked(slip& out, std::string_view heading, const std::vector<payment>& what) {
    if (!what.empty()) out.centre(std::string(heading));
    for (const auto& one : what) {
        const bool back = ledger::signed_minor(one.kind, one.approved.minor()) < 0;
        out.pair(ledger::six_digits(one.batch) + "-" + ledger::six_digits(one.trace),
            (back ? "-" : "") + money(one.approved));
    }
}

/// What the issuer says to a decline.
std::string reason_of_decline(const payment& what, receipt_language in) {
    return what.reason(in == receipt_language::english ? language::english : language::chinese);
}

} // namespace

std::string receipt_text(
    const payment& what, const terminal_settings& terminal, receipt_copy copy, std::size_t columns) {
    const receipt_words words(terminal.wording.receipt);
    slip out(columns);
    out.centre(copy == receipt_copy::merchant ? words("receipt.merchant_copy") : words("receipt.cardholder_copy"));
    head(out, words, terminal, what.operator_id);
    out.rule();
    out.centre(words.title(what.kind));
    out.pair(words("receipt.card"), what.masked_pan);
    out.pair(words("receipt.batch"), ledger::six_digits(what.batch));
    out.pair(words("receipt.trace"), ledger::six_digits(what.trace));
    out.pair(words("receipt.reference"), printable_text(what.reference));
    out.pair(words("receipt.authorization"), printable_text(what.authorization));
    out.pair(words("receipt.order"), what.order_number);
    out.pair(words("receipt.voucher"), printable_text(what.voucher));
    if (what.periods != 0) out.pair(words("receipt.periods"), std::to_string(what.periods));
    out.pair(words("receipt.time"), stamp(what));
    out.rule();
    out.pair(words("receipt.amount"), money(what.approved.minor() != 0 ? what.approved : what.requested));
    conversion(out, words, what);
    if (what.refunded.minor() != 0) out.pair(words("receipt.refunded"), money(what.refunded));
    out.centre(words.ending(what.outcome));
    if (what.small_amount) out.centre(words("receipt.small_amount"));
    if (what.outcome == verdict::declined && what.host_code.size() == 2) {
        out.pair(what.host_code, reason_of_decline(what, terminal.wording.receipt));
    }
    if (!what.host_text.empty()) out.centre(printable_text(what.host_text, std::string::npos));
    return out.take();
}

std::string reprint_mark(const terminal_settings& terminal) {
    return receipt_words(terminal.wording.receipt)("receipt.reprint");
}

std::string settlement_text(const settlement_report& what, const terminal_settings& terminal, std::size_t columns) {
    const receipt_words words(terminal.wording.receipt);
    slip out(columns);
    out.centre(words("receipt.settlement"));
    head(out, words, terminal);
    out.pair(words("receipt.batch"), ledger::six_digits(what.batch));
    out.rule();
    side(out, words("receipt.debit"), what.totals.debit, terminal.unit);
    side(out, words("receipt.credit"), what.totals.credit, terminal.unit);
    side(out, words("receipt.qr"), what.totals.qr_debit, terminal.unit);
    side(out, words("receipt.qr_refund"), what.totals.qr_credit, terminal.unit);
    out.rule();
    for (const auto& one : what.differences)
        difference(out, words, one, terminal.unit);
    switch (what.host) {
    case settlement_result::balanced: out.centre(words("receipt.balanced")); break;
    case settlement_result::not_balanced: out.centre(words("receipt.not_balanced")); break;
    case settlement_result::host_error: out.centre(words("receipt.host_error")); break;
    }
    booked(out, words("receipt.left_out"), what.left_out);
    booked(out, words("receipt.late"), what.late);
    if (!what.open.empty()) out.centre(words("receipt.open"));
    for (const auto& one : what.open) {
        out.pair(ledger::six_digits(one.batch) + "-" + ledger::six_digits(one.trace), money(one.requested));
    }
    return out.take();
}

} // namespace cipherlane::acquiring
