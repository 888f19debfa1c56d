#include "lane/narrator.hpp"

#include <ostream>

namespace cipherlane::sim {

void narrator::on_entry(const acquiring::timeline_entry& entry) noexcept {
    const std::scoped_lock lock(mutex_);
    out_ << "  " << entry << std::endl;
}

void narrator::on_alert(const acquiring::alert& what) noexcept {
    const std::scoped_lock lock(mutex_);
    out_ << "  ALERT " << to_string(what.kind) << ", trace " << what.record.trace << "\n";
}

void narrator::say(const std::string& line) {
    const std::scoped_lock lock(mutex_);
    out_ << line << std::endl;
}

} // namespace cipherlane::sim
