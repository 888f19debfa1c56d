#pragma once

#include "cipherlane/capture/capture_writer.hpp"
#include "cipherlane/hsm_tap_event.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::cli {

/// An event as one line of JSON, for scripts.
[[nodiscard]] std::string to_json_line(const tap_event& event);

/// Lines of JSON.
class tap_lines final : public tap_sink {
  public:
    explicit tap_lines(std::function<void(std::string_view)> line)
        : line_(std::move(line)) {}
    void take(const tap_event& event) override { line_(to_json_line(event)); }

  private:
    std::function<void(std::string_view)> line_;
};

/// A pcapng file: every message with the length it had and nothing secret in it, on connections to `unit_port`; of
/// one that never became whole what came of it.
class tap_capture final : public tap_sink {
  public:
    tap_capture(std::function<void(byte_view)> out, std::uint16_t unit_port)
        : file_(std::move(out), unit_port) {}
    void take(const tap_event& event) override;

  private:
    using one_side = std::pair<std::size_t, capture_writer::side>;

    capture_writer file_;
    std::map<one_side, bytes> halves_; ///< what waits for its rest: written where the connection ends without it
};

/// Passes on to several.
class tap_sinks final : public tap_sink {
  public:
    void add(std::unique_ptr<tap_sink> one) { all_.push_back(std::move(one)); }
    void take(const tap_event& event) override {
        for (const auto& each : all_)
            each->take(event);
    }

  private:
    std::vector<std::unique_ptr<tap_sink>> all_;
};

/// A file that must not be there yet, readable by us alone: pcapng if its name ends so, else lines of JSON. Null if
/// it cannot be made.
[[nodiscard]] std::unique_ptr<tap_sink> record_to(const std::string& file, std::uint16_t unit_port);

} // namespace cipherlane::cli
