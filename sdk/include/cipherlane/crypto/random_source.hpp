#pragma once

#include <cipherlane/core/bytes.hpp>

namespace cipherlane::crypto {

/// The one door through which chance comes in: what `random_fill` gives. OpenSSL's generator serves where nobody has
/// put another source in its place. For simulations alone, whose day must be the same again by its seed: numbers that
/// can be foretold seal nothing. `random_secret` never asks it.
class random_source {
  public:
    random_source() = default;
    random_source(const random_source&) = delete;
    random_source& operator=(const random_source&) = delete;
    virtual ~random_source() = default;

    virtual void fill(byte_span out) noexcept = 0;

    /// Puts a source in place of OpenSSL's, or of the one that stood there, on this thread while it lives. The source
    /// must outlive it; the last one put is the first to go.
    class on_this_thread {
      public:
        explicit on_this_thread(random_source& source) noexcept;
        on_this_thread(const on_this_thread&) = delete;
        on_this_thread& operator=(const on_this_thread&) = delete;
        ~on_this_thread();

      private:
        random_source* before_;
    };
};

} // namespace cipherlane::crypto
