#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <cstdio>

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

/// Text of a peer on paper: control characters out, so that nothing can drive the printer.
std::string printable(std::string_view text) {
    std::string clean;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) clean += c;
    }
    return clean;
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

std::string number(std::uint32_t value) {
    char text[16];
    (void)std::snprintf(text, sizeof text, "%06u", value);
    return text;
}

std::string_view title(ports::trade kind) {
    switch (kind) {
    case ports::trade::sale: return "SALE 消费";
    case ports::trade::void_sale: return "VOID 消费撤销";
    case ports::trade::refund: return "REFUND 退货";
    case ports::trade::qr_sale: return "QR SALE 扫码消费";
    case ports::trade::qr_refund: return "QR REFUND 扫码退货";
    }
    return "";
}

std::string_view ending(verdict outcome) {
    switch (outcome) {
    case verdict::approved: return "APPROVED 交易成功";
    case verdict::declined: return "DECLINED 交易失败";
    case verdict::reversed: return "CANCELLED 已冲正";
    case verdict::unknown: return "NOT DECIDED 状态未知";
    case verdict::not_sent: return "NOT SENT 未发送";
    }
    return "";
}

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

std::string money(std::int64_t minor, currency unit) {
    return amount(minor, unit).to_string();
}

void head(slip& out, const terminal_settings& terminal) {
    if (!terminal.merchant_name.empty()) out.centre(terminal.merchant_name);
    out.pair("MERCHANT 商户号", terminal.merchant_id);
    out.pair("TERMINAL 终端号", terminal.terminal_id);
    out.pair("OPERATOR 操作员", terminal.operator_id);
}

void side(slip& out, std::string_view label, const ports::batch_side& value, currency unit) {
    out.pair(label, std::to_string(value.count) + " / " + money(value.minor, unit));
}

} // namespace

std::string receipt_text(
    const payment& what, const terminal_settings& terminal, receipt_copy copy, std::size_t columns) {
    slip out(columns);
    out.centre(copy == receipt_copy::merchant ? "MERCHANT COPY 商户存根" : "CARDHOLDER COPY 持卡人存根");
    head(out, terminal);
    out.rule();
    out.centre(title(what.kind));
    out.pair("CARD 卡号", what.masked_pan);
    out.pair("BATCH 批次号", number(what.batch));
    out.pair("TRACE 凭证号", number(what.trace));
    out.pair("REF 参考号", printable(what.reference));
    out.pair("AUTH 授权码", printable(what.authorization));
    out.pair("ORDER 订单号", what.order_number);
    out.pair("TIME 日期时间", stamp(what));
    out.rule();
    const auto total = what.outcome == verdict::approved ? what.approved : what.requested;
    out.pair("AMOUNT 金额", (what.requested.unit() == cny ? "RMB " : "") + total.to_string());
    out.centre(ending(what.outcome));
    if (what.outcome == verdict::declined && what.host_code.size() == 2) {
        const auto& code = iso8583::response_of(what.host_code);
        out.pair(what.host_code, code.chinese);
    }
    if (!what.host_text.empty()) out.centre(printable(what.host_text));
    return out.take();
}

std::string settlement_text(const settlement_report& what, const terminal_settings& terminal, std::size_t columns) {
    slip out(columns);
    out.centre("SETTLEMENT 结算单");
    head(out, terminal);
    out.pair("BATCH 批次号", number(what.batch));
    out.rule();
    side(out, "DEBIT 借记", what.totals.debit, terminal.unit);
    side(out, "CREDIT 贷记", what.totals.credit, terminal.unit);
    side(out, "QR 扫码", what.totals.qr_debit, terminal.unit);
    side(out, "QR REFUND 扫码退货", what.totals.qr_credit, terminal.unit);
    out.rule();
    switch (what.host) {
    case settlement_result::balanced: out.centre("BALANCED 对账平"); break;
    case settlement_result::not_balanced: out.centre("NOT BALANCED 对账不平"); break;
    case settlement_result::host_error: out.centre("HOST ERROR 对账错误"); break;
    }
    return out.take();
}

} // namespace cipherlane::acquiring
