#pragma once

#include <cipherlane/core/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace cipherlane::reconcile {

/// Statements that have been given, known by their content (SHA-256), whatever they are called. One thread at a time.
class statement_digests {
  public:
    /// Takes one more file.
    /// @return `reconcile_errc::given_twice`, with the name of the earlier one as the field; `cannot_read`
    [[nodiscard]] result<void> add(const std::filesystem::path& file);

  private:
    struct known {
        std::string digest;
        std::string file;
    };
    std::vector<known> all_;
};

} // namespace cipherlane::reconcile
