#include <cipherlane/core/pause.hpp>

#include <condition_variable>
#include <mutex>

namespace cipherlane {

void pause(const call& bounds) {
    std::mutex unshared;
    std::unique_lock lock(unshared);
    std::condition_variable_any never;
    never.wait_until(lock, bounds.stop(), bounds.until().at(), [] { return false; });
}

} // namespace cipherlane
