#pragma once

#include <cipherlane/core/result.hpp>

#include <string>

namespace cipherlane::assembly {

/// What one till of this process has, so that no second one takes it too: a terminal of a journal, a device. Given
/// back when destroyed. Another process is kept out by the journal's lock and by the system.
class claim {
  public:
    claim() = default;
    /// @param what unique for the thing: "terminal TEST0001 of /srv/till.db". @param field the setting that names it.
    /// @return `till_errc::in_use`.
    [[nodiscard]] static result<claim> take(std::string what, std::string_view field);
    claim(claim&& other) noexcept
        : what_(std::move(other.what_)) {
        other.what_.clear();
    }
    claim& operator=(claim&& other) noexcept {
        what_.swap(other.what_);
        return *this;
    }
    ~claim();

  private:
    std::string what_;
};

/// One name for one file, however it is written.
[[nodiscard]] std::string file_name_of(const std::string& path);
/// One name for one device, however its address is written and its line is set up. Names of machines are not looked
/// up.
[[nodiscard]] std::string device_name_of(const std::string& address);

} // namespace cipherlane::assembly
