#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// The EMV tables of a pad: TLI, TLR, TLE and GTS (sections 3.5 and 6.7). What a load brings counts from TLE on.
class pad_tables {
  public:
    explicit pad_tables(std::string version)
        : version_(std::move(version)) {}

    struct reply {
        int status = 0;
        std::string data = {};
    };
    /// Nothing for another command. `block` is what stands behind the length.
    [[nodiscard]] std::optional<reply> execute(std::string_view name, std::string_view block);
    [[nodiscard]] const std::string& version() const noexcept { return version_; }

  private:
    [[nodiscard]] reply begin(std::string_view block);
    [[nodiscard]] reply add(std::string_view block);

    std::string version_;
    bool loading_ = false;
    std::string next_version_;
};

} // namespace cipherlane::sim
