#include "gateway/merchant_notices.hpp"
#include "gateway/unionpay_words.hpp"
#include "json_reader.hpp"
#include "payer_words.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/unionpay_platform.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::hostlink::unionpay {
namespace {

class unionpay_notices final : public merchant_notices {
  public:
    explicit unionpay_notices(std::shared_ptr<const platform> known)
        : merchant_notices("unionpay notice", "ok", "fail")
        , known_(std::move(known)) {}

    result<std::optional<ports::qr_order_status>> read(
        const http_fields& /*fields*/, std::string_view body) override {
        CIPHERLANE_TRY(const auto all, read_form(body));
        CIPHERLANE_CHECK(known_->check(all));
        const auto& of = known_->whose();
        if (value_of(all, "merId") != of.mer_id) return not_believed("merId");
        const auto served = value_of(all, "subMerId");
        if (!served.empty() && served != of.sub_mer_id) return not_believed("subMerId");
        // What else is told, as a refund or a failure, the till finds out by asking.
        const bool paid = value_of(all, "txnType") == "01" && money_of(value_of(all, "respCode")) == money::moved;
        if (!paid) return std::optional<ports::qr_order_status>();
        ports::qr_order_status status;
        status.order_number = number_of(value_of(all, "orderId"));
        const auto name = name_of_order(status.order_number);
        if (!name || name->order_id != value_of(all, "orderId")) return not_believed("orderId");
        if (name->txn_time != value_of(all, "txnTime")) return not_believed("txnTime");
        const auto total = read_total(all);
        if (!total) return not_believed(total.error().field());
        status.transaction_number = value_of(all, "queryId");
        if (!as_name(status.transaction_number, {})) return not_believed("queryId");
        status.state = ports::qr_order_state::paid;
        status.paid = *total;
        status.merchant_id = merchant();
        status.payer.pays = funding_of(value_of(all, "payCardType"));
        return std::optional(std::move(status));
    }

  private:
    std::shared_ptr<const platform> known_;
};

} // namespace

result<void> merchant::validate() const {
    const auto bad = [](std::string_view field) {
        return error(hostlink_errc::bad_setting, layer::hostlink).during("unionpay").in_field(field);
    };
    const auto is_sign = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (mer_id.size() != 15 || !std::all_of(mer_id.begin(), mer_id.end(), is_sign)) return bad("mer_id");
    if (sub_mer_name.empty() != sub_mer_id.empty()) return bad("sub_mer_name");
    if (sub_mer_abbr.empty() != sub_mer_id.empty()) return bad("sub_mer_abbr");
    return {};
}

result<std::shared_ptr<const platform>> platform::create(
    merchant of, std::string_view sign_certificate, trust by, const ports::clock& clock) {
    CIPHERLANE_CHECK(of.validate());
    const auto bad_key = [](std::string_view field) {
        return error(hostlink_errc::bad_key, layer::hostlink).during("unionpay").in_field(field);
    };
    if (by.roots.empty()) return bad_key("root_certificates");
    const auto ours = certificate::create(sign_certificate);
    if (!ours) return bad_key("sign_certificate");
    std::shared_ptr<platform> made(new platform(std::move(of), std::move(by), clock));
    made->cert_id_ = ours->serial_decimal();
    made->own_ = ours->public_der();
    return std::shared_ptr<const platform>(std::move(made));
}

bool platform::is_own(byte_view der) const {
    return std::ranges::equal(own_, der);
}

result<void> platform::check(const parameters& all) const {
    return unionpay::check(trust_, all, clock_.now());
}

std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known) {
    return std::make_unique<unionpay_notices>(std::move(known));
}

} // namespace cipherlane::hostlink::unionpay
