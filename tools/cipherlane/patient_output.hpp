#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cipherlane::cli {

/// Lines for a reader that may be slow, stop or go away, without ever waiting for it: what it does not take is kept
/// up to a limit, then left out and counted; a reader that is gone costs nothing.
///
/// The program must ignore SIGPIPE. Not thread-safe.
class patient_output {
  public:
    explicit patient_output(int descriptor, std::size_t most_kept = 4U << 20)
        : descriptor_(descriptor)
        , most_kept_(most_kept) {}

    void line(std::string_view text);
    /// Writes what the reader takes now. True while something is left.
    bool flush();

  private:
    int descriptor_;
    std::size_t most_kept_;
    std::string kept_;
    std::size_t begin_ = 0; ///< of what is kept
    std::size_t left_out_ = 0;
    bool gone_ = false;
};

} // namespace cipherlane::cli
