#include "gateway_door.hpp"

#include "key_file.hpp"
#include "part_makers.hpp"

#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/alipay_gateway.hpp>
#include <cipherlane/hostlink/gateway/certificate_keeper.hpp>
#include <cipherlane/hostlink/gateway/netpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/unionpay_gateway.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>
#include <cipherlane/hostlink/http_gateway.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/till/errc.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace cipherlane::assembly {
namespace {

constexpr std::size_t longest_key_file = 16'384;
constexpr std::chrono::seconds patience{2}; ///< of somebody who waits for the answer to a notice

/// A file that is not secret: a public key, certificates.
result<std::string> read_public_file(const std::string& path, std::string_view field) {
    std::ifstream file(path);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (file) return text;
    return error(till_errc::no_file, layer::till).during("gateway").at_endpoint(path).in_field(field);
}

error about_key(const error& why, const std::string& path, std::string_view field, std::string_view expected) {
    return error(why).at_endpoint(path).in_field(field).with_hint("expected " + std::string(expected));
}

template <class Link>
result<void> fill_link(
    Link& link, const till_settings::gateway_place& place, const till_settings::terminal& of, const logger& log) {
    link.address = place.address;
    link.merchant_id = of.merchant_id;
    link.response_time = of.gateway.response_time;
    CIPHERLANE_TRY(link.tls, make_tls(place.tls, place.tls.on, "gateway", log));
    if (place.plain_anywhere) link.plain = hostlink::plain_http::anywhere;
    return {};
}

} // namespace

gateway_door::gateway_door(till_settings::gateway_place place, const ports::clock& clock, logger log)
    : place_(std::move(place))
    , clock_(clock)
    , log_(std::move(log)) {}

gateway_door::~gateway_door() = default;

result<std::unique_ptr<gateway_door>> gateway_door::open(
    const till_settings::gateway_place& place, const ports::clock& clock, const logger& log) {
    std::unique_ptr<gateway_door> made(new gateway_door(place, clock, log));
    switch (place.kind) {
    case gateway_kind::cipherlane: CIPHERLANE_CHECK(made->open_own()); break;
    case gateway_kind::wechat: CIPHERLANE_CHECK(made->open_wechat()); break;
    case gateway_kind::alipay: CIPHERLANE_CHECK(made->open_alipay()); break;
    case gateway_kind::unionpay: CIPHERLANE_CHECK(made->open_unionpay()); break;
    case gateway_kind::netpay: CIPHERLANE_CHECK(made->open_netpay()); break;
    }
    return made;
}

result<void> gateway_door::open_own() {
    if (place_.notify_address.empty() || place_.public_key_file.empty()) return {};
    CIPHERLANE_TRY(const auto pem, read_public_file(place_.public_key_file, "gateway.public_key_file"));
    auto verifier = hostlink::notification_verifier::create(pem, clock_);
    if (!verifier) {
        return about_key(verifier.error(), place_.public_key_file, "gateway.public_key_file", "a public key in PEM");
    }
    CIPHERLANE_TRY(
        listener_, hostlink::notification_listener::listen(place_.notify_address, *std::move(verifier), log_));
    return {};
}

result<void> gateway_door::read_signer() {
    const auto& path = place_.merchant_key_file;
    CIPHERLANE_CHECK(check_key_file(path, "gateway.merchant_key_file"));
    CIPHERLANE_TRY(auto file, secret_file::open(path));
    CIPHERLANE_TRY(const auto pem, file.read(longest_key_file));
    auto signer = hostlink::key_signer::create(as_text(pem.expose()));
    if (!signer) return about_key(signer.error(), path, "gateway.merchant_key_file", "a private key in PEM");
    signer_ = *std::move(signer);
    return {};
}

result<void> gateway_door::open_alipay() {
    const auto& of = place_.alipay;
    CIPHERLANE_CHECK(read_signer());
    hostlink::alipay::merchant who{of.app_id, of.seller_id, of.app_auth_token};
    auto known = result<std::shared_ptr<const hostlink::alipay::platform>>(
        std::shared_ptr<const hostlink::alipay::platform>());
    if (of.app_certificate_file.empty()) {
        CIPHERLANE_TRY(const auto key, read_public_file(place_.public_key_file, "gateway.public_key_file"));
        known = hostlink::alipay::platform::with_key(std::move(who), key);
    } else {
        CIPHERLANE_TRY(const auto ours, read_public_file(of.app_certificate_file, "gateway.app_certificate_file"));
        CIPHERLANE_TRY(
            const auto theirs, read_public_file(of.alipay_certificate_file, "gateway.alipay_certificate_file"));
        CIPHERLANE_TRY(
            const auto roots, read_public_file(of.root_certificates_file, "gateway.root_certificates_file"));
        known = hostlink::alipay::platform::with_certificates(std::move(who), ours, theirs, roots, clock_);
    }
    if (!known) {
        const error fault = known.error(); // by value: what its field views is its own
        const bool of_setting = fault.code() == hostlink_errc::bad_setting;
        return error(fault).in_field("gateway." + std::string(fault.field()) + (of_setting ? "" : "_file"));
    }
    alipay_ = *std::move(known);
    if (place_.notify_address.empty()) return {};
    CIPHERLANE_TRY(listener_, hostlink::notification_listener::listen(
                                  place_.notify_address, hostlink::alipay::make_notice_reader(alipay_), log_));
    return {};
}

result<void> gateway_door::open_netpay() {
    const auto& of = place_.netpay;
    CIPHERLANE_TRY(const auto app_key, read_password(of.app_key_file, "gateway.netpay_app_key_file"));
    // Without notices there is nothing to check with it.
    auto notice_key = secret_bytes(as_bytes(of.notice_key_file.empty() ? "none" : ""));
    if (!of.notice_key_file.empty()) {
        CIPHERLANE_TRY(const auto text, read_password(of.notice_key_file, "gateway.notice_key_file"));
        notice_key = secret_bytes(as_bytes(text.expose()));
    }
    hostlink::netpay::merchant who{of.app_id, of.mid, of.tid, of.source, of.notices};
    auto known = hostlink::netpay::platform::create(
        std::move(who), secret_bytes(as_bytes(app_key.expose())), std::move(notice_key));
    if (!known) {
        const error fault = known.error(); // by value: what its field views is its own
        return error(fault).in_field("gateway." + std::string(fault.field()));
    }
    netpay_ = *std::move(known);
    if (place_.notify_address.empty()) return {};
    CIPHERLANE_TRY(listener_, hostlink::notification_listener::listen(
                                  place_.notify_address, hostlink::netpay::make_notice_reader(netpay_), log_));
    return {};
}

result<void> gateway_door::open_unionpay() {
    const auto& of = place_.unionpay;
    CIPHERLANE_CHECK(read_signer());
    const auto certificates = [](const std::string& path, std::string_view field) {
        auto all = result<std::vector<hostlink::certificate>>(std::vector<hostlink::certificate>());
        const auto text = read_public_file(path, field);
        if (!text) return result<std::vector<hostlink::certificate>>(text.error());
        all = hostlink::certificate::create_all(*text);
        if (!all)
            return result<std::vector<hostlink::certificate>>(
                about_key(all.error(), path, field, "certificates in PEM"));
        return all;
    };
    hostlink::unionpay::trust by;
    CIPHERLANE_TRY(by.roots, certificates(of.acp_root_file, "gateway.acp_root_file"));
    if (!of.acp_middle_file.empty()) {
        CIPHERLANE_TRY(by.between, certificates(of.acp_middle_file, "gateway.acp_middle_file"));
    }
    by.owner = of.acp_owner;
    CIPHERLANE_TRY(const auto ours, read_public_file(of.sign_certificate_file, "gateway.sign_certificate_file"));
    hostlink::unionpay::merchant who{of.mer_id, of.sub_mer_id, of.sub_mer_name, of.sub_mer_abbr};
    auto known = hostlink::unionpay::platform::create(std::move(who), ours, std::move(by), clock_);
    if (!known) {
        const error fault = known.error(); // by value: what its field views is its own
        if (fault.field() == "sign_certificate")
            return error(fault).at_endpoint(of.sign_certificate_file).in_field("gateway.sign_certificate_file");
        return error(fault).in_field("gateway." + std::string(fault.field()));
    }
    unionpay_ = *std::move(known);
    if (place_.notify_address.empty()) return {};
    CIPHERLANE_TRY(listener_, hostlink::notification_listener::listen(
                                  place_.notify_address, hostlink::unionpay::make_notice_reader(unionpay_), log_));
    return {};
}

namespace {

/// Takes each certificate of a PEM text. @return what is wrong with the first that is not taken.
result<void> add_each(hostlink::wechat::platform& to, std::string_view text) {
    for (auto at = text.find("-----BEGIN"); at != std::string_view::npos; at = text.find("-----BEGIN", at + 1))
        CIPHERLANE_CHECK(to.add_certificate(text.substr(at)));
    return {};
}

/// Whole or not at all, whatever happens on the way.
void keep_file(const std::string& path, const std::string& text, const logger& log) {
    const auto fresh = path + ".new";
    std::ofstream file(fresh, std::ios::trunc);
    file << text << std::flush;
    std::error_code failed;
    if (file) std::filesystem::rename(fresh, path, failed);
    if (!file || failed) log.warning("till", "fetched certificates cannot be kept at " + path);
}

} // namespace

/// Those of the merchant, which must be right, and those that were fetched before, which may have ended meanwhile.
result<void> gateway_door::read_certificates() {
    const auto& of = place_.wechat;
    const auto wrong = [](const error& why, const std::string& path, std::string_view field) {
        return about_key(why, path, field, "the platform's certificates in PEM");
    };
    if (!of.platform_roots_file.empty()) {
        CIPHERLANE_TRY(const auto roots, read_public_file(of.platform_roots_file, "gateway.platform_roots_file"));
        if (const auto taken = wechat_->trust_only(roots); !taken)
            return about_key(
                taken.error(), of.platform_roots_file, "gateway.platform_roots_file", "root certificates in PEM");
    }
    if (!of.certificates_file.empty()) {
        CIPHERLANE_TRY(const auto text, read_public_file(of.certificates_file, "gateway.certificates_file"));
        auto taken = text.find("-----BEGIN") == std::string::npos
                         ? result<void>(error(hostlink_errc::bad_key, layer::hostlink).during("wechat"))
                         : add_each(*wechat_, text);
        if (!taken) return wrong(taken.error(), of.certificates_file, "gateway.certificates_file");
    }
    if (of.kept_certificates_file.empty()) return {};
    if (const auto kept = read_public_file(of.kept_certificates_file, "gateway.kept_certificates_file"))
        if (const auto taken = add_each(*wechat_, *kept); !taken)
            log_.warning("till", "kept certificates are not taken: " + taken.error().to_string());
    wechat_->keep_with(
        [path = of.kept_certificates_file, log = log_](const std::string& pem) { keep_file(path, pem, log); });
    return {};
}

result<void> gateway_door::open_wechat() {
    const auto& of = place_.wechat;
    CIPHERLANE_CHECK(read_signer());
    CIPHERLANE_TRY(const auto api_key, read_password(of.api_key_file, "gateway.api_key_file"));
    hostlink::wechat::merchant who{of.mchid, of.appid, of.sub_mchid, of.sub_appid, of.serial};
    auto known = hostlink::wechat::platform::create(std::move(who), secret_bytes(as_bytes(api_key.expose())), clock_);
    if (!known) {
        const error fault = known.error(); // by value: what its field views is its own
        const bool key = fault.field() == "api_v3_key";
        return error(fault).in_field(key ? "gateway.api_key_file" : "gateway." + std::string(fault.field()));
    }
    wechat_ = *std::move(known);
    if (!place_.public_key_file.empty()) {
        CIPHERLANE_TRY(const auto key, read_public_file(place_.public_key_file, "gateway.public_key_file"));
        if (const auto taken = wechat_->add_key(of.public_key_id, key); !taken)
            return about_key(taken.error(), place_.public_key_file, "gateway.public_key_file", "the platform's key");
    }
    CIPHERLANE_CHECK(read_certificates());
    if (place_.notify_address.empty()) return {};
    CIPHERLANE_TRY(listener_, hostlink::notification_listener::listen(
                                  place_.notify_address, hostlink::wechat::make_notice_reader(wechat_), log_));
    return {};
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect(const till_settings::terminal& of) {
    CIPHERLANE_TRY(auto made, make(of));
    if (wechat_ && !keeper_) CIPHERLANE_CHECK(begin_keeping(of));
    const std::scoped_lock lock(mutex_);
    identities_.insert(made->identity());
    for (auto& one : made->earlier_identities())
        identities_.insert(std::move(one));
    return made;
}

void gateway_door::note_all_connected() {
    const std::scoped_lock lock(mutex_);
    all_connected_ = true;
}

result<bool> gateway_door::may_tell(ports::store& journal, const ports::qr_order_status& told) const {
    const call bounds(patience);
    CIPHERLANE_TRY(auto record, journal.find_order(told.order_number, bounds));
    const auto code = ledger::code_of_number(told.order_number);
    if (!record && code.renewals != 0) {
        CIPHERLANE_TRY(record, journal.find_order(code.mark, bounds));
    }
    if (!record || record->counterpart.empty()) return true; // by a gateway that did not say who it was
    const std::scoped_lock lock(mutex_);
    if (identities_.contains(record->counterpart)) return true;
    if (all_connected_) return false;
    return error(hostlink_errc::not_done_yet, layer::till)
        .during("notification")
        .with_hint("the terminals are still being opened");
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::make(const till_settings::terminal& of) const {
    switch (place_.kind) {
    case gateway_kind::wechat: return connect_wechat(of);
    case gateway_kind::alipay: return connect_alipay(of);
    case gateway_kind::unionpay: return connect_unionpay(of);
    case gateway_kind::netpay: return connect_netpay(of);
    case gateway_kind::cipherlane: break;
    }
    return connect_own(of);
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_own(const till_settings::terminal& of) const {
    hostlink::http_gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    constexpr std::string_view of_nobody = "cipherlane"; // what `till_settings::gateways` calls it without a name
    if (place_.name != of_nobody) where.name = place_.name;
    where.earlier_addresses = place_.earlier_addresses;
    CIPHERLANE_TRY(auto made, hostlink::http_gateway::create(where, listener_.get(), log_));
    return std::unique_ptr<ports::qr_gateway>(std::move(made));
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_wechat(const till_settings::terminal& of) const {
    hostlink::wechat::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.second_address = place_.wechat.second_address;
    where.second_tls = where.tls;
    where.notify_url = place_.notify_url;
    where.refreshes_in_sale = false;
    CIPHERLANE_TRY(auto made, hostlink::wechat::gateway::create(where, wechat_, signer_, listener_.get(), log_));
    return std::unique_ptr<ports::qr_gateway>(std::move(made));
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_netpay(const till_settings::terminal& of) const {
    hostlink::netpay::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.notify_url = place_.notify_url;
    where.no_charge_code = place_.netpay.no_charge_code;
    CIPHERLANE_TRY(auto made, hostlink::netpay::gateway::create(where, netpay_, clock_, listener_.get(), log_));
    return std::unique_ptr<ports::qr_gateway>(std::move(made));
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_unionpay(const till_settings::terminal& of) const {
    hostlink::unionpay::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.notify_url = place_.notify_url;
    where.longest_code = of.gateway.code_valid + std::chrono::seconds(60);
    auto made = hostlink::unionpay::gateway::create(where, unionpay_, signer_, listener_.get(), log_);
    if (!made) {
        const error fault = made.error(); // by value: what its field views is its own
        if (fault.field() != "sign_certificate") return fault;
        return error(fault).in_field("gateway.sign_certificate_file");
    }
    return std::unique_ptr<ports::qr_gateway>(*std::move(made));
}

result<void> gateway_door::begin_keeping(const till_settings::terminal& of) {
    hostlink::wechat::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.second_address = place_.wechat.second_address;
    where.second_tls = where.tls;
    where.notify_url = place_.notify_url;
    CIPHERLANE_TRY(auto by, hostlink::wechat::gateway::create(where, wechat_, signer_, nullptr, log_));
    keeper_ = std::make_unique<hostlink::wechat::certificate_keeper>(std::move(by), wechat_, log_);
    return {};
}

result<std::unique_ptr<ports::qr_gateway>> gateway_door::connect_alipay(const till_settings::terminal& of) const {
    hostlink::alipay::gateway_settings where;
    CIPHERLANE_CHECK(fill_link(where, place_, of, log_));
    where.notify_url = place_.notify_url;
    where.longest_code = of.gateway.code_valid + std::chrono::seconds(60);
    auto made = hostlink::alipay::gateway::create(where, alipay_, signer_, clock_, listener_.get(), log_);
    if (!made) {
        const error fault = made.error(); // by value: what its field views is its own
        if (!fault.field().ends_with("_file")) return fault;
        return error(fault).in_field("gateway." + std::string(fault.field()));
    }
    return std::unique_ptr<ports::qr_gateway>(*std::move(made));
}

} // namespace cipherlane::assembly
