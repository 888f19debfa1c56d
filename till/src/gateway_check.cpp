#include "certificate_days.hpp"
#include "gateway_door.hpp"
#include "preflight_notes.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/gateway_check.hpp>

#include <utility>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds most_off{300}; ///< WeChat Pay takes no more

/// What to do about what a gateway says, or is not believed, where the place of the fault tells.
std::string_view advice_for(const error& why) {
    const auto field = why.field();
    if (field == "clock") return "set this machine's clock, and have it kept by NTP: more than 300 s are refused";
    if (field == "sign_certificate or merchant_key")
        return "UnionPay does not take the signature: gateway.merchant_key_file and gateway.sign_certificate_file "
               "must "
               "both be of the signing file that its console has given for this mer_id";
    if (field == "app_id or app_key")
        return "netpay does not take the signature: gateway.netpay_app_id and the key in gateway.netpay_app_key_file "
               "must be of one application at the open platform, of the test system or the live one as the address "
               "is";
    if (field == "merchant_key_file")
        return "Alipay does not take the signature: the public half of gateway.merchant_key_file must be what the "
               "console has for this app_id (RSA2)";
    if (field == "root_certificates_file" || field == "app_certificate_file")
        return "download the file again from the console: Alipay knows another one of this app_id; the sandbox has a "
               "root of its own";
    if (field == "serial or merchant_key")
        return "gateway.serial must be the number of the certificate that was made for gateway.merchant_key_file: "
               "look "
               "at the merchant's console";
    if (why.code() == hostlink_errc::unproven_answer)
        return "the answer is not signed by the key of the settings: take the gateway's key from the console again, "
               "or "
               "something in between has answered; cipherlane gateway explain tells which";
    return likely_cause(why);
}

/// One run over the gateways.
class inquiry {
  public:
    inquiry(const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told)
        : settings_(settings)
        , bounds_(bounds)
        , notes_(told, advice_for) {}

    std::vector<preflight_step> run() {
        const auto all = settings_.gateways();
        for (const auto& place : all) {
            part_ = all.size() == 1 ? "gateway" : "gateway " + place.name;
            ask(place);
        }
        return notes_.take();
    }

  private:
    /// Each call gets its own time, so that one gateway that does not answer leaves some to the others.
    [[nodiscard]] call turn() const { return bounds_.no_later_than(20s); }

    void ask(const till_settings::gateway_place& place) {
        look_at_certificates(place);
        const auto door = assembly::gateway_door::open(place, clock_, logger::none());
        if (!door) return void(notes_.wrong(part_ + "'s notifications", door.error()));
        if (const auto* listener = (*door)->listener()) {
            notes_.good(part_ + "'s notifications", "taken at " + listener->url());
        } else {
            notes_.skip(part_ + "'s notifications", "no key to check them: the till asks instead");
        }
        if (settings_.terminals.empty()) return;
        auto gateway = (*door)->connect(settings_.terminals.front());
        if (!gateway) return void(notes_.wrong(part_, gateway.error()));
        const bool answers = ask(**gateway, place.kind);
        look_at_clock(**gateway);
        if (answers) notes_.good(part_, place.address + " answers");
    }

    bool ask(ports::qr_gateway& gateway, gateway_kind kind) {
        // An order that nobody has made: a gateway that says so, naming it, is one.
        const auto yesterday = ports::to_civil(clock_.now() - std::chrono::hours(24));
        const auto asked = gateway.query("PREFLIGH" + yesterday.yyyymmdd() + yesterday.hhmmss() + "000000", turn());
        const bool none =
            !asked && asked.error().is(condition::rejected_by_peer) && asked.error().peer_code() == "404";
        if (!asked && !none) return notes_.wrong(part_, asked.error());
        if (kind == gateway_kind::netpay) tell_unknown_charge(gateway);
        // WeChat Pay need not sign that: only what it does with an order proves its key.
        return kind != gateway_kind::wechat || make_and_close(gateway);
    }

    /// By which word a charge that was never made is known, its merchant finds out: netpay's text names none.
    void tell_unknown_charge(ports::qr_gateway& gateway) {
        const auto yesterday = ports::to_civil(clock_.now() - std::chrono::hours(24));
        const auto told = gateway.reverse("PREFLIGH" + yesterday.yyyymmdd() + yesterday.hhmmss() + "000000", turn());
        if (told || told.error().field() != "errCode") return;
        const auto word = printable_text(told.error().untrusted_peer_text(), 32);
        notes_.good(part_ + "'s payment codes", "of a charge that nobody has made it says errCode " + word +
                                                    ": gateway.no_charge_code, once its test system says the same");
    }

    /// An order of the least amount, of which nobody sees the code, closed at once.
    bool make_and_close(ports::qr_gateway& gateway) {
        const auto now = clock_.now();
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
        ports::qr_order_request least("PREFLIGHT" + std::to_string(since.count()), amount(1));
        least.terminal_id = settings_.terminals.front().terminal_id;
        least.issued = now;
        least.valid_for = 60s;
        const auto made = gateway.create(least, turn());
        if (!made) return notes_.wrong(part_, made.error());
        const auto closed = gateway.cancel(least.order_number, turn());
        return closed ? true : notes_.wrong(part_, closed.error());
    }

    void look_at_clock(const ports::qr_gateway& gateway) {
        const auto offset = gateway.clock_offset();
        if (!offset) return;
        const auto part = part_ + "'s clock";
        const auto ahead = std::to_string(std::chrono::abs(*offset).count()) + " s " +
                           (offset->count() < 0 ? "behind" : "ahead of") + " this machine's";
        if (std::chrono::abs(*offset) <= most_off) return notes_.good(part, ahead);
        notes_.wrong(part, error(till_errc::bad_setting, layer::till)
                               .during("gateway")
                               .in_field("clock")
                               .with_hint("found it " + ahead + ", expected at most 300 s"));
    }

    /// What has expired is told, and does not keep the gateway from being asked.
    void look_at_certificates(const till_settings::gateway_place& place) {
        const auto part = part_ + "'s certificates";
        for (const auto& one : assembly::days_of_certificates(place, clock_.now())) {
            if (one.why) {
                notes_.wrong(part, *one.why);
            } else {
                notes_.good(part, one.text);
            }
        }
    }

    const till_settings& settings_;
    const call& bounds_;
    assembly::preflight_notes notes_;
    const ports::system_clock clock_;
    std::string part_;
};

} // namespace

std::vector<preflight_step> check_gateways(
    const till_settings& settings, const call& bounds, const std::function<void(const preflight_step&)>& told) {
    return inquiry(settings, bounds, told).run();
}

} // namespace cipherlane
