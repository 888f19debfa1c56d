#pragma once

#include "background_thread.hpp"

#include <cipherlane/acquiring/lane.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace cipherlane::assembly {

/// Settles the batches of a till's terminals at their hour, by itself (`settlement.by_itself`). The hour of a batch
/// is the first one after its first payment, so that none is settled twice and none without payments; a batch that
/// somebody else settles meanwhile is left alone.
///
/// Nothing is done before the application has asked what the last run left, and while it has not acknowledged what
/// was taken (`acquiring::settling::by_its_time`): the end of a batch counts as having told it. A host that does not
/// answer a test of the line is not sent any totals: then nothing is under way, and payments go on. What fails is
/// told, and tried again after a minute, two, and so on up to half an hour; what had begun goes on where it stopped.
class settlement_desk {
  public:
    struct seat {
        std::string terminal_id;
        std::string merchant_id;
        std::chrono::minutes at{0}; ///< of the day, China's civil time
        acquiring::lane* lane = nullptr;
    };
    struct hearers {
        std::function<void(const std::string& terminal_id, const acquiring::settlement_report&)> settled;
        std::function<void(const ports::journal_record&)> overdue; ///< once for each batch that could not be settled
    };

    /// All outlive it, the lanes too.
    settlement_desk(ports::store& journal, const ports::clock& clock, hearers told, const logger& log);
    settlement_desk(const settlement_desk&) = delete;
    settlement_desk& operator=(const settlement_desk&) = delete;

    void add(seat one);
    /// From here on it looks by itself. After the last `add`.
    void start();
    /// Settles what is due. Called by its own thread; by a test that has not started it.
    void look(std::stop_token stop);
    [[nodiscard]] background_thread& thread() noexcept { return thread_; }

  private:
    struct place {
        seat of;
        std::optional<std::chrono::system_clock::time_point> failed{}; ///< last
        std::chrono::minutes pause{0};                                 ///< from then on
        std::uint32_t told_of = 0;                                     ///< the batch of which `overdue` has heard
        /// Since when it waits for what was taken to be told.
        std::optional<std::chrono::system_clock::time_point> held{};
    };
    /// Nothing where no batch is due. @return its number
    [[nodiscard]] result<std::uint32_t> batch_due(const place& one, const call& bounds);
    [[nodiscard]] bool may_try(const place& one) const;
    void settle(place& one, std::stop_token stop);
    void hold(place& one, std::uint32_t batch, const error& why);
    void raise_overdue(place& one, std::uint32_t batch);
    void failed(place& one, std::uint32_t batch, const error& why);

    ports::store& journal_;
    const ports::clock& clock_;
    const hearers told_;
    const logger log_;
    std::vector<place> places_;
    background_thread thread_; ///< ends first
};

} // namespace cipherlane::assembly
