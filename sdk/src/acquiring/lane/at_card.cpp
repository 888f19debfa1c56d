#include "lane/at_card.hpp"

#include <mutex>
#include <set>

namespace cipherlane::acquiring {
namespace {

struct records_at_cards {
    std::mutex mutex;
    std::set<std::pair<const ports::store*, std::uint64_t>> all;
};

records_at_cards& at_cards() {
    static records_at_cards one;
    return one;
}

} // namespace

at_card::at_card(const ports::store& journal, std::uint64_t record)
    : journal_(&journal)
    , record_(record) {
    auto& known = at_cards();
    const std::scoped_lock lock(known.mutex);
    known.all.emplace(journal_, record_);
}

at_card::~at_card() {
    if (journal_ == nullptr) return;
    auto& known = at_cards();
    const std::scoped_lock lock(known.mutex);
    known.all.erase({journal_, record_});
}

bool at_card::has(const ports::store& journal, std::uint64_t record) {
    auto& known = at_cards();
    const std::scoped_lock lock(known.mutex);
    return known.all.contains({&journal, record});
}

} // namespace cipherlane::acquiring
