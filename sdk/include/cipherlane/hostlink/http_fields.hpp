#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::hostlink {

/// The header of an HTTP message as it came: names in any case, each as often as it was there.
class http_fields {
  public:
    void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }

    /// The value of a field that is there once; nothing where it is missing, or there twice: of two values of a
    /// signature's part nobody can say which one counts.
    [[nodiscard]] std::optional<std::string_view> only(std::string_view name) const;
    /// Whether it is there at all.
    [[nodiscard]] bool has(std::string_view name) const;

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

} // namespace cipherlane::hostlink
