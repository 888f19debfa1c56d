#pragma once

#include <cipherlane/core/language.hpp>

#include <array>
#include <string_view>

namespace cipherlane::ports {

/// What one thing is called in each language.
struct word_row {
    std::string_view key;
    std::string_view english;
    std::string_view chinese;
};

/// All words for cardholders and cashiers, in both languages: on customer displays, on PIN pads, on receipts, on
/// statements, on the till's screen. By place, then in the order in which people meet them.
inline constexpr auto word_table = std::to_array<word_row>({
    {"display.approved", "Paid", "支付成功"},
    {"display.declined", "Declined", "支付失败"},
    {"display.cancelled", "Cancelled", "交易取消"},
    {"display.expired", "Code expired", "二维码过期"},
    {"display.expired.brief", "Expired", "已过期"},
    {"display.unknown", "Ask staff", "请询问店员"},
    {"display.to_pay", "Total", "应付金额"},
    {"display.scan", "Scan to pay", "请扫码支付"},
    {"display.scan.brief", "Scan", "请扫码"},
    {"display.remaining", "s left", "秒"},

    {"pad.approved", "APPROVED", "交易成功"},
    {"pad.declined", "DECLINED", "交易失败"},
    {"pad.by_card", "BY THE CARD", "卡片拒绝"},
    {"pad.reversed", "CANCELLED", "交易已冲正"},
    {"pad.not_completed", "NOT COMPLETED", "交易未完成"},
    {"pad.unknown", "ASK THE CASHIER", "请询问收银员"},
    {"pad.remove_card", "REMOVE CARD", "请取卡"},
    {"pad.thanks", "THANK YOU", "谢谢"},

    {"receipt.merchant_copy", "MERCHANT COPY", "商户存根"},
    {"receipt.cardholder_copy", "CARDHOLDER COPY", "持卡人存根"},
    {"receipt.merchant", "MERCHANT", "商户号"},
    {"receipt.terminal", "TERMINAL", "终端号"},
    {"receipt.operator", "OPERATOR", "操作员"},
    {"receipt.card", "CARD", "卡号"},
    {"receipt.batch", "BATCH", "批次号"},
    {"receipt.trace", "TRACE", "凭证号"},
    {"receipt.reference", "REF", "参考号"},
    {"receipt.authorization", "AUTH", "授权码"},
    {"receipt.order", "ORDER", "订单号"},
    {"receipt.time", "TIME", "日期时间"},
    {"receipt.amount", "AMOUNT", "金额"},
    {"receipt.refunded", "REFUNDED", "已退金额"},
    {"receipt.voucher", "VOUCHER", "付款凭证号"},
    {"receipt.periods", "PERIODS", "分期期数"},
    {"receipt.small_amount", "NO PIN, NO SIGNATURE", "小额免密免签"},
    {"receipt.converted", "YOU PAY", "支付金额"},
    {"receipt.rate", "RATE", "汇率"},
    {"receipt.currency_offered", "A CHOICE OF CURRENCIES WAS GIVEN", "已提供币种选择"},
    {"receipt.currency_chosen", "CHOSEN BY THE CARDHOLDER: FINAL", "持卡人自选币种，不再更改"},
    {"receipt.reprint", "REPRINT", "重打印"},
    {"receipt.settlement", "SETTLEMENT", "结算单"},
    {"receipt.debit", "DEBIT", "借记"},
    {"receipt.credit", "CREDIT", "贷记"},
    {"receipt.qr", "QR", "扫码"},
    {"receipt.qr_refund", "QR REFUND", "扫码退货"},
    {"receipt.host_debit", "HOST DEBIT", "主机借记"},
    {"receipt.terminal_net", "TERMINAL NET", "终端净额"},
    {"receipt.host_credit", "HOST CREDIT", "主机贷记"},
    {"receipt.late", "DECIDED SINCE, IN NO TOTALS", "事后确认，未计入合计"},
    {"receipt.left_out", "NOT UPLOADED, CARD UNREADABLE", "未上送，卡数据无法读取"},
    {"receipt.open", "NOT DECIDED", "未决交易"},
    {"receipt.balanced", "BALANCED", "对账平"},
    {"receipt.not_balanced", "NOT BALANCED", "对账不平"},
    {"receipt.host_error", "HOST ERROR", "对账错误"},

    {"statement.title", "Statement of payments", "商户结算单"},
    {"statement.merchant", "Merchant", "商户号"},
    {"statement.day", "Day", "交易日期"},
    {"statement.pay_day", "Paid out on", "入账日期"},
    {"statement.currency", "Currency", "币种"},
    {"statement.count", "Number", "笔数"},
    {"statement.payments", "Payments", "交易"},
    {"statement.give_backs", "Given back", "退款"},
    {"statement.fees", "Fees", "手续费"},
    {"statement.net", "Net", "结算净额"},
    {"statement.party", "Party", "分账方"},
    {"statement.part", "Part of the net", "分账金额"},
    {"statement.record", "Record", "流水号"},
    {"statement.time", "Time", "时间"},
    {"statement.trade", "Trade", "交易类型"},
    {"statement.reference", "Reference", "参考号"},
    {"statement.amount", "Amount", "金额"},
    {"statement.fee", "Fee", "手续费"},
    {"statement.carried", "Carried forward", "过次页"},
    {"statement.brought", "Brought forward", "承前页"},
    {"statement.total", "Total", "合计"},
    {"statement.end", "End of the statement", "本单结束"},
    {"statement.page", "Page", "页"},

    {"title.sale", "SALE", "消费"},
    {"title.void", "VOID", "消费撤销"},
    {"title.refund", "REFUND", "退货"},
    {"title.qr_sale", "QR SALE", "扫码消费"},
    {"title.qr_refund", "QR REFUND", "扫码退货"},
    {"title.qr_return", "QR RETURN", "扫码退回"},
    {"title.qr_charge", "QR PAYMENT CODE", "扫码付款码消费"},
    {"title.pre_auth", "PRE-AUTH", "预授权"},
    {"title.pre_auth_void", "PRE-AUTH VOID", "预授权撤销"},
    {"title.device_sale", "TERMINAL SALE", "终端消费"},
    {"title.device_void", "TERMINAL VOID", "终端撤销"},
    {"title.device_refund", "TERMINAL REFUND", "终端退货"},
    {"title.device_pre_auth", "TERMINAL PRE-AUTH", "终端预授权"},
    {"title.device_pre_auth_void", "TERMINAL PRE-AUTH VOID", "终端预授权撤销"},
    {"title.device_completion", "TERMINAL PRE-AUTH COMPLETION", "终端预授权完成"},
    {"title.completion", "PRE-AUTH COMPLETION", "预授权完成"},
    {"title.completion_void", "COMPLETION VOID", "预授权完成撤销"},
    {"title.completion_advice", "PRE-AUTH COMPLETION ADVICE", "预授权完成通知"},
    {"title.offline_sale", "OFFLINE SALE", "脱机消费"},
    {"title.offline_settlement", "OFFLINE SETTLEMENT", "离线结算"},
    {"title.adjustment", "ADJUSTMENT", "结算调整"},
    {"title.tip", "TIP", "小费"},
    {"title.offline_refund", "OFFLINE REFUND", "脱机退货"},
    {"title.code_sale", "PAYMENT CODE SALE", "付款码消费"},
    {"title.code_void", "PAYMENT CODE VOID", "付款码消费撤销"},
    {"title.code_refund", "PAYMENT CODE REFUND", "付款码退货"},
    {"title.instalment_sale", "INSTALMENT SALE", "分期消费"},
    {"title.instalment_void", "INSTALMENT VOID", "分期消费撤销"},
    {"title.script_notice", "SCRIPT NOTICE", "脚本结果通知"},

    {"end.approved", "APPROVED", "交易成功"},
    {"end.declined", "DECLINED", "交易失败"},
    {"end.reversed", "CANCELLED", "已冲正"},
    {"end.unknown", "NOT DECIDED", "状态未知"},
    {"end.not_sent", "NOT SENT", "未发送"},
    {"end.voided", "VOIDED", "已撤销"},
    {"end.refunded", "REFUNDED", "已退货"},
    {"end.stored", "ACCEPTED OFFLINE", "已脱机受理"},

    {"stage.preparing", "please wait", "请稍候"},
    {"stage.card", "insert, swipe or tap the card", "请插卡、刷卡或挥卡"},
    {"stage.PIN", "enter the PIN", "请输入密码"},
    {"stage.currency", "choose the currency", "请选择付款币种"},
    {"stage.sending", "connecting: too late to cancel", "正在联机，不能取消"},
    {"stage.undoing", "the payment is being undone", "正在冲正"},
    {"stage.finishing", "almost done", "即将完成"},
    {"stage.ordering", "please wait", "请稍候"},
    {"stage.scanning", "scan the code to pay", "请扫码支付"},
    {"stage.paying", "the customer confirms the payment", "顾客正在确认付款"},
    {"stage.closing", "the code is being closed", "正在关闭二维码"},

    {"reason.cashier_cancelled", "cancelled by the cashier", "收银员已取消"},
    {"reason.cardholder_cancelled", "cancelled by the cardholder", "持卡人已取消"},
    {"reason.no_card", "no card was presented", "未读到卡"},
    {"reason.no_pin", "no PIN was entered", "未输入密码"},
    {"reason.too_little_time", "not enough time left; nothing was sent", "剩余时间不足，未发送"},
    {"reason.busy", "another payment is under way", "另一笔交易正在进行"},
    {"reason.reversal_pending", "an earlier payment must be undone first", "须先冲正上一笔交易"},
    {"reason.order_pending", "an earlier code is not decided yet", "上一笔扫码交易状态未定"},
    {"reason.terminal_pending", "an earlier payment at the terminal is not decided yet", "终端上一笔交易状态未定"},
    {"reason.settlement_due", "finish the settlement first", "请先完成结算"},
    {"reason.batch_full", "the batch is full: settle first", "批次已满，请先结算"},
    {"reason.host_silent", "the host does not answer", "主机无应答"},
    {"reason.sign_in", "the terminal could not sign in", "终端签到失败"},
    {"reason.declined_by_card", "the card declined", "卡片拒绝交易"},
    {"reason.partial_refused", "the issuer approved less than the total", "发卡方只批准了部分金额"},
    {"reason.no_original", "no such payment", "没有原始交易"},
    {"reason.original_not_approved", "this payment cannot be undone", "原交易不能撤销或退货"},
    {"reason.amount_too_large", "more than is left of the payment", "金额超过可退金额"},
    {"reason.no_device", "a device or service is missing", "缺少设备或服务"},
    {"reason.other_counterpart", "of a host that is no longer set", "原受理方已变更"},
    {"reason.offline_limit", "above the limit for offline trades", "超过脱机交易限额"},
    {"reason.offline_declined", "the card does not approve it offline", "卡片不批准脱机交易"},
    {"reason.reservation_expired", "the pre-authorisation is too old", "预授权已过有效期"},
    {"reason.code_too_old", "scan the code again: it is too old", "付款码已过时，请重新扫码"},
    {"reason.charge_reversed", "the customer did not confirm the payment", "顾客未确认付款"},
    {"reason.paid_late", "paid after it was told as not paid", "已告知未支付后才到账"},
    {"reason.order_expired", "nobody paid before the code expired", "二维码已过期，未支付"},
    {"reason.order_cancelled", "the code was cancelled", "二维码已取消"},
    {"reason.timed_out", "no answer in time", "超时"},
    {"reason.cancelled", "cancelled", "已取消"},
    {"reason.link_lost", "the connection is lost", "通讯中断"},
    {"reason.outcome_unknown", "no answer that can be believed", "未收到有效应答"},
    {"reason.rejected_by_peer", "refused", "被拒绝"},
    {"reason.bad_message", "an answer that cannot be read", "应答报文有误"},
    {"reason.misuse", "this is not possible", "不允许此操作"},
    {"reason.unsupported", "not supported", "不支持"},
    {"reason.local_fault", "this till has a fault: call service", "本机故障，请联系维护人员"},
});

[[nodiscard]] constexpr const word_row* find_word(std::string_view key) noexcept {
    for (const auto& row : word_table) {
        if (row.key == key) return &row;
    }
    return nullptr;
}

/// A key that is in the table: checked when it is compiled.
class word_key {
  public:
    consteval word_key(const char* key)
        : row_(find_word(key)) {
        if (row_ == nullptr) throw "no such word";
    }
    [[nodiscard]] constexpr const word_row& row() const noexcept { return *row_; }

  private:
    const word_row* row_;
};

[[nodiscard]] constexpr std::string_view word(const word_row& of, language in) noexcept {
    return in == language::chinese ? of.chinese : of.english;
}
[[nodiscard]] constexpr std::string_view word(word_key key, language in) noexcept {
    return word(key.row(), in);
}

namespace detail {
constexpr bool words_complete() {
    for (const auto& row : word_table) {
        if (row.english.empty() || row.chinese.empty() || find_word(row.key) != &row) return false;
    }
    return true;
}
static_assert(words_complete(), "each word in both languages, each key once");
} // namespace detail

} // namespace cipherlane::ports
