#include <cipherlane/ledger/host_word.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::ledger {
namespace {

constexpr std::array<std::string_view, 9> own_codes{"03", "68", "90", "92", "96", "97", "98", "99", "A0"};

/// Ended without an answer to the payment that was believed.
constexpr state_set unanswered = state_set::of(
    ports::record_state::not_sent, ports::record_state::reversed, ports::record_state::reversal_refused);

} // namespace

bool is_the_hosts_own(std::string_view code) noexcept {
    return std::find(own_codes.begin(), own_codes.end(), code) != own_codes.end();
}

host_word word_on_host(const ports::journal_record& record) noexcept {
    if (states::undecided.contains(record.state)) return host_word::silent;
    if (unanswered.contains(record.state)) return host_word::failed;
    const bool refused = record.state == ports::record_state::declined;
    return refused && is_the_hosts_own(record.host_code) ? host_word::failed : host_word::served;
}

} // namespace cipherlane::ledger
