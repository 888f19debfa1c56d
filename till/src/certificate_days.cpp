#include "certificate_days.hpp"

#include <cipherlane/hostlink/gateway/certificate.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/till/errc.hpp>

#include <fstream>
#include <iterator>
#include <utility>

namespace cipherlane::assembly {
namespace {

constexpr std::chrono::days soon_over{30};

struct named_file {
    std::string_view key;
    const std::string& path;
};

std::string day_of(std::chrono::system_clock::time_point when) {
    return ports::to_civil(when).to_string().substr(0, 10);
}

certificate_days judge(const hostlink::certificate& one, const std::string& path, std::string part,
    std::chrono::system_clock::time_point now) {
    certificate_days made;
    made.part = std::move(part);
    const auto which = path + ", " + one.common_name() + " (" + one.serial_hex() + ")";
    if (now < one.begins() || now > one.ends()) {
        made.left = days_left::none;
        made.text = which + ", which holds from " + day_of(one.begins()) + " to " + day_of(one.ends());
        const bool early = now < one.begins();
        made.why = error(till_errc::bad_setting, layer::till)
                       .during("gateway")
                       .in_field(made.part)
                       .with_hint("found " + made.text + ", expected one that holds now: " +
                                  (early ? "look at this machine's clock" : "get the next one"));
        return made;
    }
    made.text = which + " holds until " + day_of(one.ends());
    if (one.ends() - now > soon_over) return made;
    made.left = days_left::few;
    const auto left = std::chrono::floor<std::chrono::days>(one.ends() - now).count();
    made.text += ": SOON OVER, " + std::to_string(left) + " days are left, get the next one";
    return made;
}

} // namespace

std::vector<certificate_days> days_of_certificates(
    const till_settings::gateway_place& place, std::chrono::system_clock::time_point now) {
    const named_file files[] = {{"certificates_file", place.wechat.certificates_file},
        {"platform_roots_file", place.wechat.platform_roots_file},
        {"app_certificate_file", place.alipay.app_certificate_file},
        {"alipay_certificate_file", place.alipay.alipay_certificate_file},
        {"root_certificates_file", place.alipay.root_certificates_file},
        {"sign_certificate_file", place.unionpay.sign_certificate_file},
        {"acp_root_file", place.unionpay.acp_root_file}, {"acp_middle_file", place.unionpay.acp_middle_file},
        {"certificate_file", place.tls.certificate_file}};
    std::vector<certificate_days> found;
    for (const auto& one : files) {
        if (one.path.empty()) continue;
        std::ifstream file(one.path);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        const auto all = hostlink::certificate::create_all(text);
        auto part = "gateway." + std::string(one.key);
        if (!all) {
            auto why = error(all.error()).at_endpoint(one.path).in_field(part);
            found.push_back({std::move(part), days_left::none, one.path, std::move(why)});
            continue;
        }
        for (const auto& each : *all)
            found.push_back(judge(each, one.path, part, now));
    }
    return found;
}

void tell_days_of_certificates(
    const till_settings::gateway_place& place, std::chrono::system_clock::time_point now, const logger& log) {
    for (const auto& one : days_of_certificates(place, now)) {
        if (one.left == days_left::none) log.error("gateway", place.name + ": " + one.why->to_string());
        if (one.left == days_left::few) log.warning("gateway", place.name + ": " + one.part + ": " + one.text);
    }
}

} // namespace cipherlane::assembly
