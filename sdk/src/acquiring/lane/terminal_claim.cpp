#include "lane/terminal_claim.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <mutex>
#include <set>

namespace cipherlane::acquiring {
namespace {

struct claimed_terminals {
    std::mutex mutex;
    std::set<std::pair<const ports::store*, std::string>> taken;
};

claimed_terminals& claims() {
    static claimed_terminals one;
    return one;
}

} // namespace

result<terminal_claim> terminal_claim::take(const ports::store& journal, const std::string& terminal_id) {
    auto& known = claims();
    const std::scoped_lock lock(known.mutex);
    if (!known.taken.emplace(&journal, terminal_id).second)
        return error(acquiring_errc::terminal_in_use, layer::acquiring).during("open").in_field("terminal.id");
    terminal_claim made;
    made.journal_ = &journal;
    made.terminal_id_ = terminal_id;
    return made;
}

terminal_claim::~terminal_claim() {
    if (journal_ == nullptr) return;
    auto& known = claims();
    const std::scoped_lock lock(known.mutex);
    known.taken.erase({journal_, terminal_id_});
}

} // namespace cipherlane::acquiring
