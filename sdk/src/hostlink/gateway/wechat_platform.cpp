#include "gateway/wechat_words.hpp"
#include "json_reader.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/gateway/wechat_platform.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace cipherlane::hostlink::wechat {
namespace {

constexpr std::size_t api_v3_key_size = 32;
constexpr std::chrono::minutes told_for{10}; // longer than a signature's time stamp holds
constexpr std::size_t most_told = 4'096;
constexpr std::chrono::minutes shortest_pause{1};
constexpr std::chrono::minutes longest_pause{16};
constexpr std::chrono::hours fetched_holds{11}; // the platform asks for less than twelve
constexpr std::chrono::hours none_holds{12};

result<sealed_resource> read_sealed(const json_reader& read) {
    sealed_resource sealed;
    CIPHERLANE_TRY(sealed.algorithm, read.text("algorithm"));
    CIPHERLANE_TRY(sealed.ciphertext, read.text("ciphertext"));
    CIPHERLANE_TRY(sealed.nonce, read.text("nonce"));
    sealed.associated_data = read.text_or_none("associated_data");
    return sealed;
}

error bad_merchant(std::string_view field) {
    return error(hostlink_errc::bad_setting, layer::hostlink).during("wechat").in_field(field);
}

class wechat_notices final : public notice_reader {
  public:
    explicit wechat_notices(std::shared_ptr<platform> known)
        : known_(std::move(known)) {}

    void expect_merchant(std::string merchant_id) override { merchants_.insert(std::move(merchant_id)); }

    result<std::optional<ports::qr_order_status>> read(const http_fields& fields, std::string_view body) override {
        CIPHERLANE_CHECK(known_->check(fields, body));
        CIPHERLANE_TRY(const auto notice, parse_json_object(body));
        const json_reader outside(notice);
        CIPHERLANE_TRY(const auto event, outside.text("event_type"));
        last_ = outside.text_or_none("id");
        remark_.clear();
        forget_old();
        if (told_.contains(last_)) return std::optional<ports::qr_order_status>();
        CIPHERLANE_TRY(const auto resource, outside.object("resource"));
        CIPHERLANE_TRY(const auto sealed, read_sealed(resource));
        CIPHERLANE_TRY(const auto clear, known_->open(sealed));
        if (event.starts_with("REFUND.")) return about_refund(event, as_text(clear.expose()));
        if (event != "TRANSACTION.SUCCESS") return unreadable_member("event_type");
        CIPHERLANE_TRY(auto told, read_order(known_->whose(), {}, as_text(clear.expose())));
        if (told.status.state != ports::qr_order_state::paid || told.trade_state != "SUCCESS")
            return unreadable_member("trade_state");
        // WeChat knows one merchant for all terminals of this till; which of the till's it is the number tells.
        if (merchants_.size() == 1) told.status.merchant_id = *merchants_.begin();
        return std::optional(std::move(told.status));
    }

    void kept() override {
        if (!last_.empty() && told_.size() < most_told) told_.emplace(last_, monotonic_clock::now());
    }

    [[nodiscard]] std::string remark() const override { return remark_; }

    notice_reply reply(notice_end end) const override {
        switch (end) {
        case notice_end::taken: return {204, {}, {}};
        case notice_end::refused: return {401, "application/json", R"({"code":"FAIL","message":"not believed"})"};
        case notice_end::not_kept: break;
        }
        return {503, "application/json", R"({"code":"FAIL","message":"not kept"})"};
    }

  private:
    [[nodiscard]] result<std::optional<ports::qr_order_status>> about_refund(
        std::string_view event, std::string_view json) {
        CIPHERLANE_TRY(const auto refund, parse_json_object(json));
        const auto& of = known_->whose();
        const json_reader read(refund);
        CIPHERLANE_TRY(const auto mchid, read.text(of.is_partner() ? "sp_mchid" : "mchid"));
        if (mchid != of.mchid) return unreadable_member("mchid");
        constexpr std::size_t longest_number = 64;
        const auto named = [&](const char* name) { return printable_text(read.text_or_none(name), longest_number); };
        const auto which = "refund " + named("out_refund_no") + " of order " + named("out_trade_no");
        if (event == "REFUND.ABNORMAL")
            remark_ =
                which + " is ABNORMAL: the money cannot reach the payer's card; see to it in the merchant's console";
        if (event == "REFUND.CLOSED")
            remark_ = which +
                      " is CLOSED: WeChat Pay has given it up, the payer has nothing; another one needs a new number";
        return std::optional<ports::qr_order_status>();
    }

    void forget_old() {
        const auto now = monotonic_clock::now();
        std::erase_if(told_, [&](const auto& one) { return now - one.second > told_for; });
    }

    std::shared_ptr<platform> known_;
    std::string remark_;                                                   ///< on what was read last
    std::string last_;                                                     ///< the id of what was read last
    std::map<std::string, monotonic_clock::time_point, std::less<>> told_; ///< ids of what is durable
    std::set<std::string, std::less<>> merchants_;
};

} // namespace

result<void> merchant::validate() const {
    if (mchid.empty() || !all_digits(mchid)) return bad_merchant("mchid");
    if (appid.empty()) return bad_merchant("appid");
    if (!sub_mchid.empty() && !all_digits(sub_mchid)) return bad_merchant("sub_mchid");
    if (!sub_appid.empty() && !is_partner()) return bad_merchant("sub_appid");
    if (serial.empty() || serial.find_first_not_of("0123456789ABCDEF") != std::string::npos)
        return bad_merchant("serial");
    return {};
}

platform::platform(merchant of, secret_bytes api_v3_key, const ports::clock& clock)
    : merchant_(std::move(of))
    , api_v3_key_(std::move(api_v3_key))
    , clock_(clock)
    , keys_(merchant_.serial) {}

result<std::shared_ptr<platform>> platform::create(merchant of, secret_bytes api_v3_key, const ports::clock& clock) {
    CIPHERLANE_CHECK(of.validate());
    if (api_v3_key.size() != api_v3_key_size) {
        return error(hostlink_errc::bad_key, layer::hostlink)
            .during("wechat")
            .in_field("api_v3_key")
            .with_hint("expected 32 characters");
    }
    return std::shared_ptr<platform>(new platform(std::move(of), std::move(api_v3_key), clock));
}

result<void> platform::add_key(std::string serial, std::string_view pem) {
    const std::scoped_lock lock(mutex_);
    return keys_.add(std::move(serial), pem);
}

result<void> platform::check_chain(std::string_view pem) const {
    if (roots_.empty()) return {};
    CIPHERLANE_TRY(const auto made, certificate::create(pem));
    // One that has ended is told as such, not as a stranger's.
    if (made.leads_to(roots_, {})) return {};
    return error(hostlink_errc::bad_key, layer::hostlink)
        .during("wechat platform key")
        .in_field("roots")
        .with_hint("found certificate " + made.serial_hex() + ", which leads to none of the roots given");
}

result<void> platform::trust_only(std::string_view roots) {
    CIPHERLANE_TRY(auto all, certificate::create_all(roots));
    if (all.empty()) return error(hostlink_errc::bad_key, layer::hostlink).during("wechat").in_field("roots");
    const std::scoped_lock lock(mutex_);
    roots_ = std::move(all);
    return {};
}

void platform::keep_with(std::function<void(const std::string& pem)> keep) {
    const std::scoped_lock lock(mutex_);
    keep_ = std::move(keep);
}

bool platform::refresh_due() const {
    const std::scoped_lock lock(mutex_);
    if (wanted_ || keys_.empty()) return true;
    const bool key_alone = !keys_.public_key_id().empty() && keys_.size() == 1;
    return !key_alone && (!fetched_ || monotonic_clock::now() - *fetched_ >= fetched_holds);
}

std::optional<monotonic_clock::time_point> platform::fetched() const {
    const std::scoped_lock lock(mutex_);
    return fetched_;
}

result<void> platform::add_certificate(std::string_view pem) {
    const std::scoped_lock lock(mutex_);
    CIPHERLANE_CHECK(check_chain(pem));
    return keys_.add_certificate(pem);
}

std::string platform::public_key_id() const {
    const std::scoped_lock lock(mutex_);
    return keys_.public_key_id();
}

bool platform::has_keys() const {
    const std::scoped_lock lock(mutex_);
    return !keys_.empty();
}

bool platform::holds(byte_view der) const {
    const std::scoped_lock lock(mutex_);
    return keys_.holds(der);
}

result<void> platform::check(const http_fields& fields, std::string_view body) {
    const std::scoped_lock lock(mutex_);
    auto checked = keys_.check(fields, body, clock_.now());
    // Only a certificate can be fetched, and only the platform's own word for it makes one count.
    const bool another = !checked && checked.error().field() == "Wechatpay-Serial" && fields.has("Wechatpay-Serial");
    if (another && (!none_ || monotonic_clock::now() - *none_ >= none_holds)) wanted_ = true;
    return checked;
}

result<secret_bytes> platform::open(const sealed_resource& sealed) const {
    return open_resource(api_v3_key_.expose(), sealed);
}

bool platform::wants_keys() const {
    const std::scoped_lock lock(mutex_);
    return wanted_ || keys_.empty();
}

bool platform::claim_refresh() {
    const std::scoped_lock lock(mutex_);
    const auto now = monotonic_clock::now();
    if (tried_ && now - *tried_ < pause_) return false;
    // Anybody can send a notice that names a key: who only does that is heard ever less.
    pause_ = keys_.empty() || !tried_ ? shortest_pause : std::min<std::chrono::minutes>(2 * pause_, longest_pause);
    tried_ = now;
    wanted_ = false;
    return true;
}

void platform::note_no_certificates() {
    const std::scoped_lock lock(mutex_);
    none_ = monotonic_clock::now();
    wanted_ = false;
}

result<void> platform::take_certificates(const http_fields& fields, std::string_view body) {
    CIPHERLANE_TRY(const auto answer, parse_json_object(body));
    const auto* list = answer.if_contains("data");
    if (list == nullptr || !list->is_array()) return unreadable_member("data");
    std::vector<std::string> brought;
    platform_keys fresh(merchant_.serial);
    for (const auto& one : list->get_array()) {
        if (!one.is_object()) return unreadable_member("data");
        CIPHERLANE_TRY(const auto resource, json_reader(one.get_object()).object("encrypt_certificate"));
        CIPHERLANE_TRY(const auto sealed, read_sealed(resource));
        CIPHERLANE_TRY(const auto pem, open(sealed));
        brought.emplace_back(as_text(pem.expose()));
        CIPHERLANE_CHECK(fresh.add_certificate(brought.back()));
    }
    std::unique_lock lock(mutex_);
    for (const auto& pem : brought)
        CIPHERLANE_CHECK(check_chain(pem));
    // Who changes over has the public key before the certificates, and the answer is signed with that.
    if (!keys_.check(fields, body, clock_.now())) CIPHERLANE_CHECK(fresh.check(fields, body, clock_.now()));
    const auto before = keys_.size();
    for (const auto& pem : brought)
        CIPHERLANE_CHECK(keys_.add_certificate(pem));
    if (keys_.size() > before) pause_ = shortest_pause;
    none_.reset();
    fetched_ = monotonic_clock::now();
    wanted_ = false;
    const auto keep = keep_;
    lock.unlock();
    std::string all;
    for (const auto& pem : brought)
        all.append(pem).append(pem.ends_with('\n') ? "" : "\n");
    if (keep && !all.empty()) keep(all);
    return {};
}

std::unique_ptr<notice_reader> make_notice_reader(std::shared_ptr<platform> known) {
    return std::make_unique<wechat_notices>(std::move(known));
}

} // namespace cipherlane::hostlink::wechat
