#include "cipherlane/hsm_link.hpp"
#include "cipherlane/kat/kat.hpp"

#include <cipherlane/hsm/client.hpp>

namespace cipherlane::cli {
namespace {

/// The connection to the unit, kept from row to row.
result<hsm::client*> unit_at(const kat_target& target) {
    static std::unique_ptr<hsm::client> kept;
    static kat_target where;
    if (kept != nullptr && where.hsm == target.hsm && where.profile == target.profile) return kept.get();
    CIPHERLANE_TRY(auto dialect, hsm::profile::find(target.profile));
    CIPHERLANE_TRY(auto endpoint, net::parse_endpoint(target.hsm));
    kept = std::make_unique<hsm::client>(hsm::client_settings{std::move(endpoint), std::move(dialect), logger::none(),
        target.tls != nullptr ? target.tls->client() : nullptr});
    where = target;
    return kept.get();
}

std::optional<std::string> run_host_command(const kat_row& row, const kat_target& target) {
    if (target.hsm.empty()) return "needs --hsm HOST:PORT";
    const auto unit = unit_at(target);
    if (!unit) {
        target.unreachable = true;
        return unit.error().to_string();
    }
    const call bounds(std::chrono::seconds(target.seconds));
    if (const auto linked = (*unit)->connect(bounds); !linked) {
        target.unreachable = true;
        return linked.error().to_string();
    }
    const auto answer = (*unit)->execute(hsm::raw_command(row["request"]), bounds);
    if (!answer) return answer.error().to_string();
    const auto got = as_text(answer->body);
    if (got == row["response"]) return std::nullopt;
    return "answered " + std::string(got) + ", expected " + row["response"];
}

constexpr kat_entry hsm_entries[] = {
    {"hsm_payshield", run_host_command},
};

} // namespace

std::span<const kat_entry> hsm_kats() {
    return hsm_entries;
}

} // namespace cipherlane::cli
