#include "arguments.hpp"
#include "hsm_things.hpp"
#include "telling.hpp"

#include <cipherlane/c/hsm.h>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/operation.hpp>

#include <optional>

namespace cipherlane::c {
namespace {

result<void> add_unit(std::string_view address, hsm::pool_settings& to) {
    CIPHERLANE_TRY(auto unit, net::parse_endpoint(address));
    to.units.push_back(std::move(unit));
    return {};
}

/// A profile by its name or file; a name that is none gets the names that there are.
result<std::shared_ptr<const hsm::profile>> profile_of(const std::string& name) {
    auto found = hsm::profile::find(name);
    if (found || found.error().code() != hsm::hsm_errc::no_profile) return found;
    auto known = "found \"" + printable_text(name, 40) + "\"; allowed: FILE.toml";
    for (const auto& each : hsm::profile::builtin_names())
        known.append(", ").append(each);
    return found.error().in_field("profile").with_hint(known);
}

result<hsm::pool_settings> settings_of(std::string_view units, const std::string& profile) {
    if (units.empty()) return refuse(c_errc::bad_argument, "units").with_hint("expected HOST:PORT");
    hsm::pool_settings made;
    made.unreached = hsm::until_reached::calls_end;
    CIPHERLANE_TRY(made.dialect, profile_of(profile));
    while (!units.empty()) {
        const auto end = std::min(units.find(','), units.size());
        CIPHERLANE_CHECK(add_unit(units.substr(0, end), made));
        units.remove_prefix(std::min(units.size(), end + 1));
    }
    return made;
}

toml_faults settings_faults() {
    return {layer::hsm, "settings", c_errc::bad_argument, c_errc::bad_argument, c_errc::bad_argument};
}

/// `lmk_check` as bytes; hex digits that are none go to the report.
void read_check(toml_reader& top, hsm::short_bytes& to) {
    std::string digits;
    top.text("lmk_check", digits);
    if (digits.empty()) return;
    const auto value = from_hex(digits);
    if (!value || value->size() > 16) return top.fail("lmk_check", "expected 1 to 16 bytes in hex digits");
    to = hsm::short_bytes(*value);
}

std::optional<net::tls_settings> read_tls(toml_reader& top) {
    if (!top.has("tls")) return std::nullopt;
    net::tls_settings made;
    auto part = top.section("tls");
    part.text("ca_file", made.ca_file);
    part.text("crl_file", made.crl_file);
    part.text("certificate_file", made.certificate_file);
    part.text("key_file", made.key_file);
    part.text("peer_name", made.peer_name);
    part.finish();
    return made;
}

struct read_settings {
    hsm::pool_settings pool;
    std::vector<std::string> units;
    std::string profile;
    std::chrono::milliseconds connect_timeout = net::tcp_settings().connect_timeout;
    std::optional<net::tls_settings> tls;
};

void read_pool(toml_reader& top, hsm::pool_settings& to) {
    top.number("connections", to.connections, 1, 1024);
    top.number("in_flight", to.in_flight, 1, 65'536);
    top.number("waiting", to.waiting, 0, 10'000'000);
    top.span("answer_timeout_ms", to.answer_timeout);
    top.span("health_interval_ms", to.health_interval);
    top.number("parity_refusals", to.parity_refusals, 0, 1000);
    top.span("largest_age_ms", to.largest_age);
    top.span("backoff_first_ms", to.backoff_first);
    top.span("backoff_most_ms", to.backoff_most);
    top.choice("retry", to.retry,
        {{"safe_commands", hsm::retry_policy::safe_commands}, {"never", hsm::retry_policy::never}});
    top.number("attempts", to.attempts, 1, 100);
    top.choice("unreached", to.unreached,
        {{"ends", hsm::until_reached::calls_end}, {"waits", hsm::until_reached::calls_wait}});
    top.choice(
        "on_connect", to.on_connect, {{"diagnose", hsm::first_check::diagnose}, {"none", hsm::first_check::none}});
    read_check(top, to.lmk_check);
}

result<read_settings> read_toml(std::string_view text) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, settings_faults()));
    const auto as = settings_faults();
    toml_report report(as);
    toml_reader top(root, "", report);
    read_settings made;
    made.pool.unreached = hsm::until_reached::calls_end;
    top.need("units");
    top.need("profile");
    top.texts("units", made.units);
    top.text("profile", made.profile);
    top.span("connect_timeout_ms", made.connect_timeout, 1);
    read_pool(top, made.pool);
    made.tls = read_tls(top);
    top.finish();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

result<hsm::pool_settings> settings_of_toml(std::string_view text) {
    CIPHERLANE_TRY(auto made, read_toml(text));
    if (made.units.empty()) return refuse(c_errc::bad_argument, "units").with_hint("expected [\"HOST:PORT\"]");
    CIPHERLANE_TRY(made.pool.dialect, profile_of(made.profile));
    for (const auto& each : made.units) {
        CIPHERLANE_CHECK(add_unit(each, made.pool));
        made.pool.units.back().connect_timeout = made.connect_timeout;
    }
    if (made.tls) {
        CIPHERLANE_TRY(made.pool.tls, net::tls_client::create(*made.tls));
    }
    return std::move(made.pool);
}

result<void> open_pool(hsm::pool_settings settings, cipherlane_hsm* to) {
    const auto units = settings.units.size();
    CIPHERLANE_TRY(auto made, hsm::pool::create_with_thread(std::move(settings)));
    return hand_out(std::make_unique<hsm_thing>(std::move(made), units), to);
}

/// A unit by its place, from 0.
result<void> has_unit(const hsm_thing& at, std::size_t unit) {
    if (unit < at.units) return {};
    return refuse(c_errc::bad_argument, "unit").with_hint("the pool has " + std::to_string(at.units));
}

using hsm_pin = pinned<hsm_thing>;

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_hsm_open(
    const char* units, const char* profile, cipherlane_hsm* hsm, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto where, text_of(units, "units"));
        CIPHERLANE_TRY(const auto name, text_of(profile, "profile"));
        CIPHERLANE_CHECK(need(hsm, "hsm"));
        CIPHERLANE_TRY(auto settings, settings_of(where, std::string(name)));
        return open_pool(std::move(settings), hsm);
    });
}

cipherlane_condition cipherlane_hsm_open_toml(const char* toml, cipherlane_hsm* hsm, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto text, text_of(toml, "toml"));
        CIPHERLANE_CHECK(need(hsm, "hsm"));
        CIPHERLANE_TRY(auto settings, settings_of_toml(text));
        return open_pool(std::move(settings), hsm);
    });
}

cipherlane_condition cipherlane_hsm_close(cipherlane_hsm hsm, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_CHECK(close_handle<hsm_thing>(hsm, "hsm"));
        // Calls of other threads may be inside: the last one out takes the pool, and what it still tells, with it.
        if (!telling::is_under_way()) await_gone(reinterpret_cast<std::uintptr_t>(hsm));
        return {};
    });
}

cipherlane_condition cipherlane_hsm_profiles(cipherlane_buffer* names, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        std::string lines;
        for (const auto& each : hsm::profile::builtin_names())
            lines.append(each).append("\n");
        return give_text(lines, names, "names");
    });
}

cipherlane_condition cipherlane_hsm_supports(
    cipherlane_hsm hsm, const char* operation, int32_t* supported, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_TRY(const auto name, text_of(operation, "operation"));
        CIPHERLANE_CHECK(need(supported, "supported"));
        const auto which = cipherlane::hsm::parse_operation(name);
        if (!which) return refuse(c_errc::bad_argument, "operation");
        *supported = at->pool->dialect().supports(*which) ? 1 : 0;
        return {};
    });
}

cipherlane_condition cipherlane_hsm_stats(cipherlane_hsm hsm, cipherlane_buffer* text, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        return give_text(cipherlane::hsm::to_prometheus(at->pool->stats()), text, "text");
    });
}

cipherlane_condition cipherlane_hsm_drain(cipherlane_hsm hsm, size_t unit, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_CHECK(has_unit(*at, unit));
        at->pool->drain(unit);
        return {};
    });
}

cipherlane_condition cipherlane_hsm_restore(cipherlane_hsm hsm, size_t unit, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_CHECK(has_unit(*at, unit));
        at->pool->restore(unit);
        return {};
    });
}

cipherlane_condition cipherlane_hsm_explain(
    cipherlane_hsm hsm, const cipherlane_status* refusal, cipherlane_buffer* text, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, hsm_pin::of(hsm, "hsm"));
        CIPHERLANE_CHECK(need(refusal, "refusal"));
        const auto cut = [](const auto& from) { return std::string_view(from, strnlen(from, sizeof from)); };
        const auto of = error(cipherlane::hsm::hsm_errc::refused, layer::hsm)
                            .during(cut(refusal->operation))
                            .in_field(cut(refusal->field))
                            .with_peer_code(cut(refusal->peer_code));
        return give_text(cipherlane::hsm::explain(at->pool->dialect(), of), text, "text");
    });
}
