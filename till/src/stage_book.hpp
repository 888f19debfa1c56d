#pragma once

#include <cipherlane/acquiring/timeline.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::assembly {

/// Remembers of payments under way whether anything has been asked of card, payer or host yet, and passes on what it
/// hears. Until then another route may be tried without anybody noticing. One for all terminals of a till, so that
/// it knows the keys under way, too. Thread-safe.
class stage_book final : public acquiring::timeline {
  public:
    /// @param next hears it too; null: nobody
    explicit stage_book(std::shared_ptr<acquiring::timeline> next)
        : next_(std::move(next)) {}

    /// A key belongs to one caller at a time, on whichever of the till's terminals. @return whether it is this one's
    [[nodiscard]] bool take(std::string_view key) {
        const std::scoped_lock lock(mutex_);
        return taken_.emplace(key).second;
    }
    void leave(const std::string& key) noexcept {
        const std::scoped_lock lock(mutex_);
        taken_.erase(key);
    }

    void begin(std::string_view key) {
        const std::scoped_lock lock(mutex_);
        touched_.insert_or_assign(std::string(key), false);
    }
    /// @return whether anybody has been asked for anything since `begin`
    [[nodiscard]] bool end(std::string_view key) {
        const std::scoped_lock lock(mutex_);
        const auto found = touched_.find(key);
        if (found == touched_.end()) return true;
        const bool was = found->second;
        touched_.erase(found);
        return was;
    }

    void on_entry(const acquiring::timeline_entry& entry) noexcept override {
        if (next_) next_->on_entry(entry);
    }
    void on_alert(const acquiring::alert& what) noexcept override {
        if (next_) next_->on_alert(what);
    }
    void on_stage(const acquiring::stage_event& what) noexcept override {
        if (what.at != acquiring::stage::preparing && what.at != acquiring::stage::undoing) { // of an earlier one
            const std::scoped_lock lock(mutex_);
            if (const auto found = touched_.find(what.key); found != touched_.end()) found->second = true;
        }
        if (next_) next_->on_stage(what);
    }

  private:
    const std::shared_ptr<acquiring::timeline> next_;
    std::mutex mutex_;
    std::map<std::string, bool, std::less<>> touched_;
    std::set<std::string> taken_;
};

} // namespace cipherlane::assembly
