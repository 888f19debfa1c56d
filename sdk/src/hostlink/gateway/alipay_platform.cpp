#include "gateway/alipay_words.hpp"
#include "gateway/merchant_notices.hpp"
#include "json_reader.hpp"
#include "payer_words.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/alipay_platform.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::hostlink::alipay {
namespace {

error alipay_key_error(std::string_view field, std::string_view hint = {}) {
    return error(hostlink_errc::bad_key, layer::hostlink).during("alipay").in_field(field).with_hint(hint);
}

/// A notice has in a form what answers have in an object, and the list as text.
ports::order_payer payer_in(const parameters& all) {
    auto id = value_of(all, "buyer_id");
    if (id.empty()) id = value_of(all, "buyer_open_id");
    boost::system::error_code failed;
    const auto list = value_of(all, "fund_bill_list");
    const auto bills = boost::json::parse({list.data(), list.size()}, failed);
    return {failed ? ports::funding::unknown : funding_of(&bills), payer_mark("alipay", id)};
}

class alipay_notices final : public merchant_notices {
  public:
    explicit alipay_notices(std::shared_ptr<const platform> known)
        : merchant_notices("alipay notice", "success", "fail")
        , known_(std::move(known)) {}

    result<std::optional<ports::qr_order_status>> read(
        const http_fields& /*fields*/, std::string_view body) override {
        CIPHERLANE_TRY(const auto all, read_form(body));
        const auto value = [&](std::string_view name) { return value_of(all, name); };
        const auto texts = notice_texts(all);
        const bool genuine = std::any_of(texts.begin(), texts.end(),
            [&](const std::string& text) { return known_->verifies(text, value("sign"), value("alipay_cert_sn")); });
        if (!genuine && !known_->knows(value("alipay_cert_sn")))
            return not_believed("alipay_cert_sn", hostlink_errc::unsigned_notice);
        if (const auto why = known_->fault_of_days(); !genuine && !why.empty())
            return not_believed("alipay_cert_sn", hostlink_errc::unsigned_notice).with_hint(why);
        if (!genuine) return not_believed("sign", hostlink_errc::unsigned_notice);
        const auto& of = known_->whose();
        if (value("app_id") != of.app_id) return not_believed("app_id");
        if (value("seller_id") != of.seller_id) return not_believed("seller_id");
        const auto word = value("trade_status");
        // What else is told, as a trade that was closed, the till finds out by asking.
        if (word != "TRADE_SUCCESS" && word != "TRADE_FINISHED") return std::optional<ports::qr_order_status>();
        ports::qr_order_status status;
        status.order_number = value("out_trade_no");
        status.transaction_number = value("trade_no");
        if (!as_name(status.order_number, {})) return not_believed("out_trade_no");
        if (!as_name(status.transaction_number, {})) return not_believed("trade_no");
        status.state = ports::qr_order_state::paid;
        CIPHERLANE_TRY(status.paid, read_yuan(value("total_amount"), "total_amount"));
        status.merchant_id = merchant();
        status.payer = payer_in(all);
        return std::optional(std::move(status));
    }

  private:
    std::shared_ptr<const platform> known_;
};

} // namespace

result<void> merchant::validate() const {
    const auto bad = [](std::string_view field) {
        return error(hostlink_errc::bad_setting, layer::hostlink).during("alipay").in_field(field);
    };
    if (app_id.empty() || !all_digits(app_id)) return bad("app_id");
    if (seller_id.empty() || !all_digits(seller_id)) return bad("seller_id");
    return {};
}

result<std::shared_ptr<const platform>> platform::with_key(merchant of, std::string_view public_key) {
    CIPHERLANE_CHECK(of.validate());
    std::shared_ptr<platform> made(new platform(std::move(of)));
    auto key = signature_key::create(public_key);
    if (!key) return error(key.error()).in_field("public_key");
    made->keys_.emplace(std::string(), *std::move(key));
    return std::shared_ptr<const platform>(std::move(made));
}

result<std::shared_ptr<const platform>> platform::with_certificates(merchant of, std::string_view app_certificate,
    std::string_view alipay_certificate, std::string_view roots, const ports::clock& clock) {
    CIPHERLANE_CHECK(of.validate());
    std::shared_ptr<platform> made(new platform(std::move(of)));
    const auto ours = certificate::create(app_certificate);
    if (!ours) return alipay_key_error("app_certificate");
    const auto authorities = certificate::create_all(roots);
    if (!authorities) return alipay_key_error("root_certificates");
    auto chain = certificate::create_all(alipay_certificate);
    if (!chain) return alipay_key_error("alipay_certificate");
    auto key = signature_key::create(alipay_certificate);
    // The file has Alipay's certificate first and may bring those that lead from it to a root; one that comes alone
    // is trusted as the public key is in key mode, as whoever set the till up has downloaded it.
    const bool alone = chain->size() == 1;
    if (!key) return alipay_key_error("alipay_certificate");
    // One that has ended, or a clock that is wrong, must not keep a till from opening that takes cards as well: such
    // a certificate is judged whenever something comes that it has signed. Here it is asked alone whose it is.
    made->begins_ = chain->front().begins();
    made->ends_ = chain->front().ends();
    made->clock_ = &clock;
    if (!alone && !chain->front().leads_to(*authorities, *chain))
        return alipay_key_error("alipay_certificate", "expected one that leads to root_certificates_file");
    made->own_ = ours->public_der();
    made->app_number_ = certificate_number(*ours);
    made->root_number_ = alipay::root_number(*authorities);
    made->keys_.emplace(certificate_number(chain->front()), *std::move(key));
    return std::shared_ptr<const platform>(std::move(made));
}

bool platform::holds(byte_view der) const {
    return std::any_of(
        keys_.begin(), keys_.end(), [&](const auto& one) { return std::ranges::equal(one.second.der(), der); });
}

bool platform::is_own(byte_view der) const {
    return own_.empty() || std::ranges::equal(own_, der);
}

bool platform::knows(std::string_view certificate) const {
    return app_number_.empty() || keys_.contains(certificate);
}

std::string_view platform::fault_of_days() const {
    if (clock_ == nullptr) return {};
    const auto now = clock_->now();
    if (now < begins_) return "Alipay's certificate does not hold yet: look at this machine's clock";
    return now <= ends_ ? std::string_view() : "Alipay's certificate has expired: download it again";
}

bool platform::verifies(std::string_view text, std::string_view sign, std::string_view certificate) const {
    if (!fault_of_days().empty()) return false;
    const auto key = keys_.find(app_number_.empty() ? std::string_view() : certificate);
    const auto value = from_base64(sign);
    return key != keys_.end() && value && key->second.verifies(as_bytes(text), *value);
}

std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known) {
    return std::make_unique<alipay_notices>(std::move(known));
}

} // namespace cipherlane::hostlink::alipay
