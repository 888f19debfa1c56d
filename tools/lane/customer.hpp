#pragma once

#include "lane/simulators.hpp"

#include <atomic>
#include <thread>

namespace cipherlane::sim {

/// Plays the customer of a lane on a thread of its own, until it is destroyed: holds a card to the reader and types
/// the PIN when the simulated PIN pad waits for one, pays a QR order once its code stands on the display (on one that
/// is no simulator: as soon as there is an order).
class customer {
  public:
    /// `around` must outlive this object, and nobody else may use its control channels meanwhile.
    explicit customer(simulators& around);
    customer(const customer&) = delete;
    customer& operator=(const customer&) = delete;
    ~customer();

  private:
    void play();
    [[nodiscard]] bool is_asked_for_card();
    void pay_orders();
    [[nodiscard]] bool sees(const std::string& code);

    simulators& around_;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

} // namespace cipherlane::sim
