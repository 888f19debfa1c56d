#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/risk_judge.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <memory>

namespace cipherlane::assembly {

/// Asks whoever judges risk, on a thread of its own: one who does not answer holds no payment up for longer than the
/// settings say. Thread-safe; one payment is judged at a time, and one that comes meanwhile
/// waits for its turn, within its own deadline. One who throws has said nothing.
class risk_desk {
  public:
    risk_desk(std::shared_ptr<ports::risk_judge> judge, const till_settings::risk_place& how, logger log);
    risk_desk(const risk_desk&) = delete;
    risk_desk& operator=(const risk_desk&) = delete;
    /// Asks the one under way to stop, and waits for it.
    ~risk_desk();

    [[nodiscard]] ports::risk_opinion ask(const ports::journal_record& payment, const call& bounds);

  private:
    struct question;
    struct room;
    [[nodiscard]] ports::risk_opinion otherwise(const std::string& why) const;
    const till_settings::risk_place how_;
    const logger log_;
    const std::unique_ptr<room> room_;
};

} // namespace cipherlane::assembly
