#pragma once

#include <cipherlane/ports/host.hpp>

#include <atomic>

namespace cipherlane::sim {

/// Counts the exchanges with another host port: how many round trips a sale takes.
class counting_host final : public ports::host {
  public:
    explicit counting_host(ports::host& real)
        : real_(real) {}

    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override {
        ++round_trips_;
        return real_.exchange(request, filter, bounds);
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override { return real_.response_time(); }
    [[nodiscard]] unsigned round_trips() const noexcept { return round_trips_; }

  private:
    ports::host& real_;
    std::atomic<unsigned> round_trips_ = 0;
};

} // namespace cipherlane::sim
