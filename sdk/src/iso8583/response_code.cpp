#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::iso8583 {
namespace {

using enum response_action;
using enum proof;

// Actions of 00, 10, 11, 16, 12, 25, 40 and the A codes follow the dialect's sheet; the rest is the usual reading of
// ISO 8583 field 39 in UnionPay networks. What a code proves is read narrowly: 68, 96 and 98 speak of somebody beyond
// the host who may yet have done it, 94 of a copy that came first; and a reversal to which the host says 12, 25 or 40
// may have overtaken its trade, or found books that were cut.
constexpr auto rows = std::to_array<response_code>({
    {"00", approve, done, done, "approved", "交易成功"},
    {"01", decline, not_done, not_done, "refer to the issuer", "请持卡人与发卡银行联系"},
    {"02", decline, not_done, not_done, "refer to the issuer, special condition", "请持卡人与发卡银行联系"},
    {"03", decline, not_done, not_done, "invalid merchant", "无效商户"},
    {"04", capture, not_done, not_done, "keep the card", "此卡被没收"},
    {"05", decline, not_done, not_done, "do not honour", "持卡人认证失败"},
    {"06", decline, not_done, not_done, "error", "交易失败"},
    {"07", capture, not_done, not_done, "keep the card, special condition", "此卡被没收"},
    {"10", approve_partial, done, nothing, "approved for a part of the amount", "显示部分批准金额"},
    {"11", approve, done, done, "approved (VIP)", "成功，VIP客户"},
    {"12", decline, not_done, nothing, "invalid transaction", "无效交易"},
    {"13", refuse_fatal, not_done, not_done, "invalid amount", "无效金额"},
    {"14", refuse_fatal, not_done, not_done, "invalid card number", "无效卡号"},
    {"15", decline, not_done, not_done, "no such issuer", "此卡无对应发卡方"},
    {"16", approve, done, done, "approved, update track 3", "交易成功"},
    {"21", decline, not_done, not_done, "card not initialised", "该卡未初始化或睡眠卡"},
    {"22", decline, not_done, not_done, "wrong operation or too many today", "操作有误，或超出交易允许天数"},
    {"25", decline, not_done, nothing, "no such original transaction", "没有原始交易，请联系发卡方"},
    {"30", decline, not_done, not_done, "format error", "请重试"},
    {"34", capture, not_done, not_done, "suspected fraud, keep the card", "作弊卡，吞卡"},
    {"38", decline, not_done, not_done, "too many wrong PINs", "密码错误次数超限，请与发卡方联系"},
    {"40", decline, not_done, nothing, "function not supported", "发卡方不支持的交易类型"},
    {"41", capture, not_done, not_done, "lost card, keep it", "挂失卡，请没收"},
    {"43", capture, not_done, not_done, "stolen card, keep it", "被窃卡，请没收"},
    {"45", decline, not_done, not_done, "chip card: use the chip", "芯片卡交易，请插卡"},
    {"51", decline, not_done, not_done, "not enough funds", "可用余额不足"},
    {"54", decline, not_done, not_done, "card expired", "该卡已过期"},
    {"55", decline, not_done, not_done, "wrong PIN", "密码错"},
    {"57", decline, not_done, not_done, "not permitted to this card", "不允许此卡交易"},
    {"58", decline, not_done, not_done, "not permitted to this terminal", "发卡方不允许该卡在本终端进行此交易"},
    {"59", decline, not_done, not_done, "suspected fraud", "卡片校验错"},
    {"61", decline, not_done, not_done, "amount over the limit", "交易金额超限"},
    {"62", decline, not_done, not_done, "restricted card", "受限制的卡"},
    {"64", decline, not_done, not_done, "amount differs from the original", "交易金额与原交易不匹配"},
    {"65", decline, not_done, not_done, "too many transactions", "超出消费次数限制"},
    {"68", decline, nothing, again, "timed out, try again", "交易超时，请重试"},
    {"75", decline, not_done, not_done, "too many wrong PINs", "密码错误次数超限"},
    {"77", sign_in_again, not_done, again, "wrong batch: sign in again", "请向网络中心签到"},
    {"79", decline, not_done, not_done, "terminal sent offline data again", "POS终端重传脱机数据"},
    {"90", decline, not_done, again, "end of day, try again", "系统日切，请稍后重试"},
    {"91", decline, not_done, again, "issuer not available", "发卡方状态不正常，请稍后重试"},
    {"92", decline, not_done, again, "issuer's line not available", "发卡方线路异常，请稍后重试"},
    {"94", decline, nothing, not_done, "duplicate transaction", "拒绝，重复交易，请稍后重试"},
    {"96", decline, nothing, again, "switch failed, try again", "拒绝，交换中心异常，请稍后重试"},
    {"97", refuse_fatal, not_done, not_done, "terminal not registered", "终端号未登记"},
    {"98", decline, nothing, again, "no answer from the issuer", "发卡方超时"},
    {"99", sign_in_again, not_done, again, "PIN format: sign in again", "PIN格式错，请重新签到"},
    {"A0", sign_in_again, not_done, again, "MAC wrong: sign in again", "MAC校验错，请重新签到"},
    {"A1", decline, not_done, not_done, "transfer currencies differ", "转账货币不一致"},
    {"A2", approve_defect, done, done, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A3", decline, not_done, not_done, "wrong account of the fund", "资金到账行账号不正确"},
    {"A4", approve_defect, done, done, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A5", approve_defect, done, done, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A6", approve_defect, done, done, "approved, defective", "交易成功，请向资金到账行确认"},
    {"A7", refuse_fatal, not_done, not_done, "security processing failed", "安全处理失败"},
});

constexpr bool sorted() {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (!(rows[i - 1].code < rows[i].code)) return false;
    }
    return true;
}
static_assert(sorted());

// A code that no row names proves nothing of a trade: hosts of other networks approve by 08, 09 or 32. That a
// reversal so answered has undone nothing is the careful reading of the two.
constexpr response_code unknown{"", decline, nothing, not_done, "unknown code", "未知应答码"};

/// An answer to a trade proves that it was done where it approves and nowhere else; to a reversal, only a plain
/// approval does. What asks for a sign-in has refused the trade, and says nothing of what a reversal would undo.
constexpr bool proofs_sound() {
    for (const auto& row : rows) {
        if ((row.of_trade == done) != approved(row.action) || row.of_trade == again) return false;
        if (row.of_reversal == done && !approved(row.action)) return false;
        if (row.action == approve_partial && row.of_reversal == done) return false;
        if (row.action == sign_in_again && (row.of_trade != not_done || row.of_reversal != again)) return false;
        if (row.of_trade == nothing && row.of_reversal == done) return false;
    }
    return true;
}
static_assert(proofs_sound());

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

} // namespace cipherlane::iso8583
