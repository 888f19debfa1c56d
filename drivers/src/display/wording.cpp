#include <cipherlane/drivers/display/wording.hpp>

namespace cipherlane::drivers {

wording wording::chinese() {
    wording words;
    words.approved = "支付成功";
    words.declined = "支付失败";
    words.cancelled = "交易取消";
    words.expired = "二维码已过期";
    words.to_pay = "应付金额";
    words.scan = "请扫码支付";
    words.remaining = "秒";
    words.currency_mark = "¥";
    return words;
}

const std::string& wording::outcome(ports::payment_outcome what) const noexcept {
    using enum ports::payment_outcome;
    switch (what) {
    case approved: return this->approved;
    case declined: return this->declined;
    case cancelled: return this->cancelled;
    case expired: return this->expired;
    }
    return this->declined;
}

} // namespace cipherlane::drivers
