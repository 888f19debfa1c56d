#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::iso8583 {
namespace {

using enum response_action;

// Actions of 00, 10, 11, 16, 12, 25, 40 and the A codes follow the dialect's sheet; the rest is the usual reading of
// ISO 8583 field 39 in UnionPay networks.
constexpr auto rows = std::to_array<response_code>({
    {"00", approve, "approved", "交易成功"},
    {"01", decline, "refer to the issuer", "请持卡人与发卡银行联系"},
    {"02", decline, "refer to the issuer, special condition", "请持卡人与发卡银行联系"},
    {"03", decline, "invalid merchant", "无效商户"},
    {"04", capture, "keep the card", "此卡被没收"},
    {"05", decline, "do not honour", "持卡人认证失败"},
    {"06", decline, "error", "交易失败"},
    {"07", capture, "keep the card, special condition", "此卡被没收"},
    {"10", approve_partial, "approved for a part of the amount", "显示部分批准金额"},
    {"11", approve, "approved (VIP)", "成功，VIP客户"},
    {"12", decline, "invalid transaction", "无效交易"},
    {"13", refuse_fatal, "invalid amount", "无效金额"},
    {"14", refuse_fatal, "invalid card number", "无效卡号"},
    {"15", decline, "no such issuer", "此卡无对应发卡方"},
    {"16", approve, "approved, update track 3", "交易成功"},
    {"21", decline, "card not initialised", "该卡未初始化或睡眠卡"},
    {"22", decline, "wrong operation or too many today", "操作有误，或超出交易允许天数"},
    {"25", decline, "no such original transaction", "没有原始交易，请联系发卡方"},
    {"30", decline, "format error", "请重试"},
    {"34", capture, "suspected fraud, keep the card", "作弊卡，吞卡"},
    {"38", decline, "too many wrong PINs", "密码错误次数超限，请与发卡方联系"},
    {"40", decline, "function not supported", "发卡方不支持的交易类型"},
    {"41", capture, "lost card, keep it", "挂失卡，请没收"},
    {"43", capture, "stolen card, keep it", "被窃卡，请没收"},
    {"45", decline, "chip card: use the chip", "芯片卡交易，请插卡"},
    {"51", decline, "not enough funds", "可用余额不足"},
    {"54", decline, "card expired", "该卡已过期"},
    {"55", decline, "wrong PIN", "密码错"},
    {"57", decline, "not permitted to this card", "不允许此卡交易"},
    {"58", decline, "not permitted to this terminal", "发卡方不允许该卡在本终端进行此交易"},
    {"59", decline, "suspected fraud", "卡片校验错"},
    {"61", decline, "amount over the limit", "交易金额超限"},
    {"62", decline, "restricted card", "受限制的卡"},
    {"64", decline, "amount differs from the original", "交易金额与原交易不匹配"},
    {"65", decline, "too many transactions", "超出消费次数限制"},
    {"68", decline, "timed out, try again", "交易超时，请重试"},
    {"75", decline, "too many wrong PINs", "密码错误次数超限"},
    {"77", sign_in_again, "wrong batch: sign in again", "请向网络中心签到"},
    {"79", decline, "terminal sent offline data again", "POS终端重传脱机数据"},
    {"90", decline, "end of day, try again", "系统日切，请稍后重试"},
    {"91", decline, "issuer not available", "发卡方状态不正常，请稍后重试"},
    {"92", decline, "issuer's line not available", "发卡方线路异常，请稍后重试"},
    {"94", decline, "duplicate transaction", "拒绝，重复交易，请稍后重试"},
    {"96", decline, "switch failed, try again", "拒绝，交换中心异常，请稍后重试"},
    {"97", refuse_fatal, "terminal not registered", "终端号未登记"},
    {"98", decline, "no answer from the issuer", "发卡方超时"},
    {"99", sign_in_again, "PIN format: sign in again", "PIN格式错，请重新签到"},
    {"A0", sign_in_again, "MAC wrong: sign in again", "MAC校验错，请重新签到"},
    {"A1", decline, "transfer currencies differ", "转账货币不一致"},
    {"A2", approve_defect, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A3", decline, "wrong account of the fund", "资金到账行账号不正确"},
    {"A4", approve_defect, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A5", approve_defect, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A6", approve_defect, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A7", refuse_fatal, "security processing failed", "安全处理失败"},
});

constexpr bool sorted() {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (!(rows[i - 1].code < rows[i].code)) return false;
    }
    return true;
}
static_assert(sorted());

constexpr response_code unknown{"", decline, "refused", "交易失败"};

} // namespace

std::span<const response_code> response_codes() noexcept {
    return rows;
}

const response_code& response_of(std::string_view code) noexcept {
    const auto found = std::lower_bound(rows.begin(), rows.end(), code,
        [](const response_code& row, std::string_view wanted) { return row.code < wanted; });
    return found != rows.end() && found->code == code ? *found : unknown;
}

bool approved(std::string_view code) noexcept {
    return approved(response_of(code).action);
}

bool ends_reversal(std::string_view code) noexcept {
    return approved(code) || code == "12" || code == "25" || code == "40";
}

} // namespace cipherlane::iso8583
