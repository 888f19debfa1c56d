#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/route_hand.hpp>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane {
namespace {

toml_faults hand_faults() {
    return {layer::till, "routing", till_errc::no_file, till_errc::not_toml, till_errc::bad_setting};
}

std::string in_double_quotes(std::string_view text) {
    std::string made("\"");
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < ' ') {
            char escaped[8];
            (void)std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
            made += escaped;
            continue;
        }
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + "\"";
}

/// Of those who change a file in this process; those of another leave one of their words, whole.
std::mutex& writers() {
    static std::mutex one;
    return one;
}

} // namespace

result<route_hand> route_hand::of(const till_settings& all) {
    const auto& place = all.routing;
    if (place.terminals.empty() && place.gateways.empty()) {
        return error(till_errc::missing_setting, layer::till)
            .during("routing")
            .in_field("routing.terminals")
            .with_hint("expected the terminals, or the gateways, that are chosen among");
    }
    std::vector<route> routes;
    for (const auto& name : place.terminals) {
        const auto found = std::find_if(
            all.terminals.begin(), all.terminals.end(), [&](const auto& one) { return one.terminal_id == name; });
        const auto* const host = found == all.terminals.end() ? nullptr : all.host_of(*found);
        if (host != nullptr) routes.push_back({host->name, name, host->fee_ppm, host->fee_minor});
    }
    std::vector<gateway> gateways;
    const auto known = all.gateways();
    for (const auto& name : place.gateways) {
        const auto found =
            std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.name == name; });
        if (found != known.end()) gateways.push_back({name, found->fee_ppm, found->fee_minor});
    }
    return route_hand(place.state_file.empty() ? all.journal.file + ".routes" : place.state_file, std::move(routes),
        std::move(gateways));
}

bool route_hand::is_gateway(std::string_view name) const noexcept {
    return std::any_of(gateways_.begin(), gateways_.end(), [&](const gateway& one) { return one.name == name; });
}

result<void> route_hand::check(std::string_view name) const {
    const bool known = is_gateway(name) || std::any_of(routes_.begin(), routes_.end(),
                                               [&](const route& one) { return one.host == name; });
    if (known) return {};
    return error(till_errc::no_route, layer::till)
        .during("routing")
        .in_field("host")
        .with_hint("found no route to " + printable_text(name));
}

result<void> route_hand::pin(std::string_view name) const {
    if (!name.empty()) CIPHERLANE_CHECK(check(name));
    const std::scoped_lock lock(writers());
    CIPHERLANE_TRY(auto next, read());
    const bool both = name.empty();
    if (both || is_gateway(name)) next.pinned_gateway = name;
    if (both || !is_gateway(name)) next.pinned = name;
    return write(next);
}

result<void> route_hand::close(std::string_view name) const {
    CIPHERLANE_CHECK(check(name));
    const std::scoped_lock lock(writers());
    CIPHERLANE_TRY(auto next, read());
    next.closed.emplace(name);
    return write(next);
}

result<void> route_hand::reopen(std::string_view name) const {
    CIPHERLANE_CHECK(check(name));
    const std::scoped_lock lock(writers());
    CIPHERLANE_TRY(auto next, read());
    next.closed.erase(std::string(name));
    return write(next);
}

std::string route_hand::version() const {
    struct ::stat now {};
    if (::stat(file_.c_str(), &now) != 0) return {};
    return std::to_string(now.st_ino) + "." + std::to_string(now.st_mtim.tv_sec) + "." +
           std::to_string(now.st_mtim.tv_nsec) + "." + std::to_string(now.st_size);
}

result<route_hand::word> route_hand::read() const {
    word made;
    if (version().empty()) return made;
    CIPHERLANE_TRY(const auto root, load_toml(file_, hand_faults()));
    toml_report report(hand_faults(), file_);
    toml_reader from(root, {}, report);
    std::vector<std::string> closed;
    from.text("pinned", made.pinned);
    from.text("pinned_gateway", made.pinned_gateway);
    from.texts("closed", closed);
    from.finish();
    CIPHERLANE_CHECK(report.outcome());
    made.closed.insert(closed.begin(), closed.end());
    return made;
}

result<void> route_hand::write(const word& what) const {
    std::string text = "# What was said about the routes of a till by hand. cipherlane till route changes it.\n";
    text += "pinned = " + in_double_quotes(what.pinned) +
            "\npinned_gateway = " + in_double_quotes(what.pinned_gateway) + "\nclosed = [";
    for (const auto& one : what.closed)
        text.append(one == *what.closed.begin() ? "" : ", ").append(in_double_quotes(one));
    text += "]\n";
    const auto fresh = file_ + ".new." + std::to_string(::getpid());
    (void)std::remove(fresh.c_str()); // what an earlier one left when it was killed
    CIPHERLANE_CHECK(secret_file::create(fresh, as_bytes(text)));
    if (std::rename(fresh.c_str(), file_.c_str()) != 0) {
        (void)std::remove(fresh.c_str());
        return error(core_errc::no_file, layer::till).during("routing").at_endpoint(file_);
    }
    return sync_folder_of(file_);
}

} // namespace cipherlane
