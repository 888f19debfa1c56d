#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/hostlink/gateway/wechat_gateway.hpp>

#include <chrono>
#include <memory>

namespace cipherlane::hostlink::wechat {

/// Fetches the platform's certificates on a thread of its own, so that no sale waits for them: twice a day, long
/// before one ends, and soon after a message has named one that is not here, as often as `platform::claim_refresh`
/// lets it. What fails is logged and tried again.
class certificate_keeper {
  public:
    /// @param by for this alone. @param look_every how often it looks whether there is something to do.
    certificate_keeper(std::unique_ptr<gateway> by, std::shared_ptr<platform> known, logger log,
        std::chrono::milliseconds look_every = std::chrono::seconds(30));
    certificate_keeper(const certificate_keeper&) = delete;
    certificate_keeper& operator=(const certificate_keeper&) = delete;
    ~certificate_keeper(); ///< waits for a request under way, which is stopped

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::hostlink::wechat
