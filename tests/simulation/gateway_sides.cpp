#include "simulation/gateway_sides.hpp"

#include "gateway-sim/alipay_face.hpp"
#include "gateway-sim/netpay_face.hpp"
#include "gateway-sim/own_face.hpp"
#include "gateway-sim/unionpay_face.hpp"
#include "gateway-sim/wechat_face.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>
#include <cipherlane/hostlink/gateway/netpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/unionpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/hostlink/notification_listener.hpp>

#include <filesystem>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;
using tests::whole_file;
using notice_parts = std::pair<hostlink::http_fields, std::string>;

/// The value behind `name`, between quotes or as a form has them.
std::string value_behind(std::string_view body, std::string_view name) {
    const auto at = body.find(name);
    if (at == std::string_view::npos) return {};
    body.remove_prefix(at + name.size());
    for (const std::string_view between : {"\":\"", "%22%3A%22", "="})
        if (body.starts_with(between)) body.remove_prefix(between.size());
    const auto end = body.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    return std::string(body.substr(0, end));
}

/// The rest behind `begin`, as whoever pays has it: 16 digits.
std::string code_of(const char* begin, std::uint64_t chance) {
    return begin + std::to_string(1'000'000'000'000'000ULL + chance % 9'000'000'000'000'000ULL);
}

template <class Settings>
Settings link_settings(const std::string& merchant) {
    Settings made;
    made.address = "127.0.0.1:1"; // never connected to
    made.merchant_id = merchant;
    made.response_time = 5s;
    return made;
}

std::shared_ptr<hostlink::request_signer> signer_in(const std::string& keys) {
    return hostlink::key_signer::create(whole_file(keys + "/merchant_key.pem")).value();
}

class wechat_side final : public gateway_side {
  public:
    wechat_side(side_parts parts, std::string merchant)
        : keys_(parts.keys)
        , merchant_(std::move(merchant))
        , face_(sim::wechat_test_keys::keep(keys_).value(), parts.orders, parts.faults, parts.paid)
        , signer_(signer_in(keys_)) {}

    face_response serve(const face_request& request) override { return face_.serve(request); }
    std::string number_in(const face_request& request) const override {
        return value_behind(request.body(), "out_trade_no");
    }
    notice_parts notice(const sim::gateway_order& order, sim::signature how) override {
        auto body = face_.notice_of(order);
        hostlink::http_fields fields;
        for (const auto& [name, value] : face_.header_of(body, how))
            fields.add(name, value);
        return {std::move(fields), std::move(body)};
    }
    std::string payment_code(std::uint64_t chance) const override { return code_of("13", chance); }
    std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) override {
        const auto settings = link_settings<hostlink::wechat::gateway_settings>(merchant_);
        return hostlink::wechat::gateway::create(settings, known(), signer_, nullptr, logger::none(), connect)
            .value();
    }
    std::unique_ptr<hostlink::notice_reader> reader() override {
        auto made = hostlink::wechat::make_notice_reader(known());
        made->expect_merchant(merchant_);
        return made;
    }
    bool tells_of_charges() const override { return false; }

  private:
    std::shared_ptr<hostlink::wechat::platform> known() {
        hostlink::wechat::merchant of{std::string(sim::wechat_test_mchid), std::string(sim::wechat_test_appid), {},
            {}, std::string(sim::wechat_test_serial)};
        const auto key = whole_file(keys_ + "/api_v3.key");
        auto made = hostlink::wechat::platform::create(of, secret_bytes(as_bytes(key)), stamps_).value();
        made->add_key(std::string(sim::wechat_test_key_id), whole_file(keys_ + "/platform_public.pem")).value();
        return made;
    }

    std::string keys_;
    std::string merchant_;
    ports::system_clock stamps_; ///< of signatures, which the simulator dates by this clock, too
    sim::wechat_face face_;
    std::shared_ptr<hostlink::request_signer> signer_;
};

class alipay_side final : public gateway_side {
  public:
    alipay_side(side_parts parts, std::string merchant)
        : keys_(parts.keys)
        , merchant_(std::move(merchant))
        , clock_(parts.clock)
        , longest_code_(parts.code_valid + 60s)
        , face_(sim::alipay_test_keys::keep(keys_).value(), parts.orders, parts.faults, parts.paid)
        , signer_(signer_in(keys_)) {}

    face_response serve(const face_request& request) override { return face_.serve(request); }
    std::string number_in(const face_request& request) const override {
        return value_behind(request.body(), "out_trade_no");
    }
    notice_parts notice(const sim::gateway_order& order, sim::signature how) override {
        return {hostlink::http_fields(), face_.notice_of(order, how)};
    }
    std::string payment_code(std::uint64_t chance) const override { return code_of("28", chance); }
    std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) override {
        auto settings = link_settings<hostlink::alipay::gateway_settings>(merchant_);
        settings.longest_code = longest_code_;
        return hostlink::alipay::gateway::create(settings, known(), signer_, clock_, nullptr, logger::none(), connect)
            .value();
    }
    std::unique_ptr<hostlink::notice_reader> reader() override {
        auto made = hostlink::alipay::make_notice_reader(known());
        made->expect_merchant(merchant_);
        return made;
    }

  private:
    std::shared_ptr<const hostlink::alipay::platform> known() {
        hostlink::alipay::merchant of{std::string(sim::alipay_test_app), std::string(sim::alipay_test_seller), {}};
        return hostlink::alipay::platform::with_key(of, whole_file(keys_ + "/platform_public.pem")).value();
    }

    std::string keys_;
    std::string merchant_;
    const ports::clock& clock_;
    std::chrono::seconds longest_code_;
    sim::alipay_face face_;
    std::shared_ptr<hostlink::request_signer> signer_;
};

class unionpay_side final : public gateway_side {
  public:
    unionpay_side(side_parts parts, std::string merchant)
        : keys_(parts.keys)
        , merchant_(std::move(merchant))
        , clock_(parts.clock)
        , longest_code_(parts.code_valid + 60s)
        , face_(sim::unionpay_test_keys::keep(keys_).value(), parts.orders, parts.faults, parts.paid)
        , signer_(signer_in(keys_)) {}

    face_response serve(const face_request& request) override { return face_.serve(request); }
    /// A later code of an order ends in "x02" there.
    std::string number_in(const face_request& request) const override {
        auto number = value_behind(request.body(), "&orderId");
        const auto at = number.size() - 3;
        if (number.size() > 3 && number[at] == 'x') number[at] = '-';
        return number;
    }
    notice_parts notice(const sim::gateway_order& order, sim::signature how) override {
        return {hostlink::http_fields(), face_.notice_of(order, how)};
    }
    std::string payment_code(std::uint64_t chance) const override { return code_of("62", chance) + "1"; }
    std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) override {
        auto settings = link_settings<hostlink::unionpay::gateway_settings>(merchant_);
        settings.longest_code = longest_code_;
        return hostlink::unionpay::gateway::create(settings, known(), signer_, nullptr, logger::none(), connect)
            .value();
    }
    std::unique_ptr<hostlink::notice_reader> reader() override {
        auto made = hostlink::unionpay::make_notice_reader(known());
        made->expect_merchant(merchant_);
        return made;
    }

  private:
    std::shared_ptr<const hostlink::unionpay::platform> known() {
        hostlink::unionpay::merchant of;
        of.mer_id = sim::unionpay_test_merchant;
        hostlink::unionpay::trust by;
        by.roots = hostlink::certificate::create_all(whole_file(keys_ + "/root.pem")).value();
        return hostlink::unionpay::platform::create(
            of, whole_file(keys_ + "/merchant_certificate.pem"), std::move(by), clock_)
            .value();
    }

    std::string keys_;
    std::string merchant_;
    const ports::clock& clock_;
    std::chrono::seconds longest_code_;
    sim::unionpay_face face_;
    std::shared_ptr<hostlink::request_signer> signer_;
};

class netpay_side final : public gateway_side {
  public:
    netpay_side(side_parts parts, std::string merchant)
        : keys_(parts.keys)
        , merchant_(std::move(merchant))
        , clock_(parts.clock)
        , knows_charges_(parts.seed % 2 == 0)
        , face_(sim::netpay_test_keys::keep(keys_).value(), parts.orders, parts.faults, parts.paid) {}

    face_response serve(const face_request& request) override { return face_.serve(request); }
    /// There the source stands in front, the century is left out, and a letter behind marks a later code.
    std::string number_in(const face_request& request) const override {
        auto number = value_behind(request.body(), "merchantOrderId");
        if (number.empty()) number = value_behind(request.body(), "billNo");
        constexpr std::size_t of_first_code = 30;
        if (!number.starts_with(sim::netpay_test_source) || number.size() < of_first_code) return {};
        number.erase(0, sim::netpay_test_source.size()).insert(8, "20");
        if (number.size() == 28) return number;
        const int which = number.back() - 'b' + 2;
        number.back() = '-';
        return number + static_cast<char>('0' + which / 10) + static_cast<char>('0' + which % 10);
    }
    notice_parts notice(const sim::gateway_order& order, sim::signature how) override {
        return {hostlink::http_fields(), face_.notice_of(order, how)};
    }
    std::string payment_code(std::uint64_t chance) const override { return code_of("13", chance); }
    std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) override {
        auto settings = link_settings<hostlink::netpay::gateway_settings>(merchant_);
        if (knows_charges_) settings.no_charge_code = "NO_ORDER";
        return hostlink::netpay::gateway::create(settings, known(), clock_, nullptr, logger::none(), connect).value();
    }
    std::unique_ptr<hostlink::notice_reader> reader() override {
        auto made = hostlink::netpay::make_notice_reader(known());
        made->expect_merchant(merchant_);
        return made;
    }
    bool tells_of_charges() const override { return false; }
    bool refunds_charges() const override { return false; }
    knowledge of_charges() const override { return knows_charges_ ? knowledge::on_its_day : knowledge::never; }
    bool signs_answers() const override { return false; }

  private:
    std::shared_ptr<const hostlink::netpay::platform> known() {
        hostlink::netpay::merchant of;
        of.app_id = sim::netpay_test_app;
        of.mid = sim::netpay_test_mid;
        of.tid = sim::netpay_test_tid;
        of.source = sim::netpay_test_source;
        const auto key = [&](const char* name) { return secret_bytes(as_bytes(whole_file(keys_ + name))); };
        return hostlink::netpay::platform::create(of, key("/app.key"), key("/notice.key")).value();
    }

    std::string keys_;
    std::string merchant_;
    const ports::clock& clock_;
    const bool knows_charges_; ///< as the settings have the word for it, or do not
    sim::netpay_face face_;
};

/// The SDK's own interface.
class own_side final : public gateway_side {
  public:
    own_side(side_parts parts, std::string merchant)
        : merchant_(std::move(merchant))
        , key_(std::make_shared<const sim::notification_signer>(
              sim::notification_signer::keep(kept_key(parts.keys)).value()))
        , face_(key_, parts.orders, parts.faults, parts.paid) {}

    face_response serve(const face_request& request) override { return face_.serve(request); }
    std::string number_in(const face_request& request) const override {
        constexpr std::string_view orders = "/orders/";
        const std::string target(request.target());
        if (!target.starts_with(orders)) return value_behind(request.body(), "\"order_number");
        return target.substr(orders.size(), target.find('/', orders.size()) - orders.size());
    }
    notice_parts notice(const sim::gateway_order& order, sim::signature how) override {
        auto body = face_.notice_of(order);
        hostlink::http_fields fields;
        for (const auto& [name, value] : face_.header_of(body, how))
            fields.add(name, value);
        return {std::move(fields), std::move(body)};
    }
    std::string payment_code(std::uint64_t chance) const override { return code_of("28", chance); }
    std::unique_ptr<ports::qr_gateway> client(const hostlink::host_connector& connect) override {
        const auto settings = link_settings<hostlink::http_gateway_settings>(merchant_);
        return hostlink::http_gateway::create(settings, nullptr, logger::none(), connect).value();
    }
    std::unique_ptr<hostlink::notice_reader> reader() override {
        auto made = hostlink::make_notice_reader(
            hostlink::notification_verifier::create(key_->public_pem(), stamps_).value());
        made->expect_merchant(merchant_);
        return made;
    }
    bool signs_answers() const override { return false; }

  private:
    static std::string kept_key(const std::string& keys) {
        std::filesystem::create_directories(keys);
        return keys + "/own_key.pem";
    }

    std::string merchant_;
    ports::system_clock stamps_; ///< of signatures, which the simulator dates by this clock, too
    std::shared_ptr<const sim::notification_signer> key_;
    sim::own_face face_;
};

} // namespace

std::unique_ptr<gateway_side> make_side(
    gateway_days_wish::speech speaks, side_parts parts, const std::string& merchant) {
    switch (speaks) {
    case gateway_days_wish::speech::wechat: break;
    case gateway_days_wish::speech::alipay: return std::make_unique<alipay_side>(std::move(parts), merchant);
    case gateway_days_wish::speech::unionpay: return std::make_unique<unionpay_side>(std::move(parts), merchant);
    case gateway_days_wish::speech::netpay: return std::make_unique<netpay_side>(std::move(parts), merchant);
    case gateway_days_wish::speech::own: return std::make_unique<own_side>(std::move(parts), merchant);
    }
    return std::make_unique<wechat_side>(std::move(parts), merchant);
}

} // namespace cipherlane::simulation
