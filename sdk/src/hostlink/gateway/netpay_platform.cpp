#include "gateway/merchant_notices.hpp"
#include "gateway/netpay_words.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/netpay_platform.hpp>

#include <utility>

namespace cipherlane::hostlink::netpay {
namespace {

class netpay_notices final : public merchant_notices {
  public:
    explicit netpay_notices(std::shared_ptr<const platform> known)
        : merchant_notices("netpay notice", "SUCCESS", "FAILED")
        , known_(std::move(known)) {}

    result<std::optional<ports::qr_order_status>> read(
        const http_fields& /*fields*/, std::string_view body) override {
        CIPHERLANE_TRY(const auto all, read_form(body));
        CIPHERLANE_CHECK(known_->check(all));
        const auto value = [&](std::string_view name) { return value_of(all, name); };
        const auto& of = known_->whose();
        if (value("mid") != of.mid) return not_believed("mid");
        if (value("tid") != of.tid) return not_believed("tid");
        if (value("instMid") != bills) return not_believed("instMid");
        // What else is told, as a refund, the till finds out by asking.
        if (value("billStatus") != "PAID") return std::optional<ports::qr_order_status>();
        ports::qr_order_status status;
        status.order_number = number_of(of.source, value("billNo"));
        const auto name = name_of_order(of.source, status.order_number);
        if (!name || name->number != value("billNo")) return not_believed("billNo");
        if (name->date != value("billDate")) return not_believed("billDate");
        const auto payment = parse_json_object(value("billPayment"));
        if (!payment) return not_believed("billPayment");
        const auto transaction = payment_number(*payment);
        if (!transaction) return not_believed(transaction.error().field());
        boost::json::object sum{{"totalAmount", std::string(value("totalAmount"))}};
        for (const auto* const member : yuan_members)
            sum[member] = std::string(value(member));
        if (const auto yuan = check_yuan(json_reader(sum)); !yuan) return not_believed(yuan.error().field());
        const auto total = read_fen(json_reader(sum), "totalAmount");
        if (!total || value("totalAmount").empty()) return not_believed("totalAmount");
        status.state = ports::qr_order_state::paid;
        status.paid = *total;
        status.transaction_number = *transaction;
        status.merchant_id = merchant();
        return std::optional(std::move(status));
    }

  private:
    std::shared_ptr<const platform> known_;
};

} // namespace

result<void> merchant::validate() const {
    const auto bad = [](std::string_view field) {
        return error(hostlink_errc::bad_setting, layer::hostlink).during("netpay").in_field(field);
    };
    if (app_id.empty()) return bad("app_id");
    if (mid.empty()) return bad("mid");
    if (tid.empty()) return bad("tid");
    if (source.size() != 4) return bad("source");
    return {};
}

result<std::shared_ptr<const platform>> platform::create(merchant of, secret_bytes app_key, secret_bytes notice_key) {
    CIPHERLANE_CHECK(of.validate());
    const auto bad_key = [](std::string_view field) {
        return error(hostlink_errc::bad_key, layer::hostlink).during("netpay").in_field(field);
    };
    if (app_key.expose().empty()) return bad_key("app_key");
    if (notice_key.expose().empty()) return bad_key("notice_key");
    return std::shared_ptr<const platform>(new platform(std::move(of), std::move(app_key), std::move(notice_key)));
}

result<std::string> platform::authorization(const request_head& head, std::string_view body) const {
    return open_body_sig(as_text(app_key_.expose()), head, body);
}

result<parameters> platform::form(const request_head& head, std::string_view content) const {
    return open_form_param(as_text(app_key_.expose()), head, content);
}

result<void> platform::check(const parameters& notice) const {
    return check_notice(as_text(notice_key_.expose()), notice, merchant_.digest);
}

std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<const platform> known) {
    return std::make_unique<netpay_notices>(std::move(known));
}

} // namespace cipherlane::hostlink::netpay
