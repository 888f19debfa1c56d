#include "hsm-sim/unit/unit.hpp"

namespace cipherlane::hsm_sim {

unit::unit(unit_settings settings, std::shared_ptr<const lmk_set> keys)
    : settings_(std::move(settings))
    , lmks_(std::move(keys))
    , generation_(lmks_->generation())
    , authorised_(settings_.authorised) {}

std::shared_ptr<const lmk_set> unit::lmks() const {
    const std::shared_lock lock(mutex_);
    return lmks_;
}

std::shared_ptr<const lmk_set> unit::old_lmks() const {
    const std::shared_lock lock(mutex_);
    return old_;
}

void unit::change_lmks(std::shared_ptr<const lmk_set> keys) {
    const std::unique_lock lock(mutex_);
    old_ = std::exchange(lmks_, std::move(keys));
    generation_.store(lmks_->generation(), std::memory_order_release);
}

void unit::store(std::uint32_t index, stored_key key) {
    const std::unique_lock lock(mutex_);
    storage_.insert_or_assign(index, std::move(key));
}

std::optional<stored_key> unit::find(std::uint32_t index) const {
    const std::shared_lock lock(mutex_);
    const auto found = storage_.find(index);
    if (found == storage_.end()) return std::nullopt;
    return found->second;
}

void unit::erase(std::uint32_t index) {
    const std::unique_lock lock(mutex_);
    storage_.erase(index);
}

void unit::start_again() {
    set_authorised(settings_.authorised);
    statistics_.count_restart();
    if (settings_.dialect != family::payshield && settings_.dialect != family::payshield_kb) return;
    const std::unique_lock lock(mutex_);
    storage_.clear();
}

} // namespace cipherlane::hsm_sim
