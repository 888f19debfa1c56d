#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/wiped_text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::service {

/// Who has signed on at the service's terminals, by what they show with each request: 32 random bytes in hex, of
/// which nothing but a digest is kept. A session ends by itself when it was not used for a while, at the latest after
/// half a day. No clock in it; one thread at a time.
class operator_sessions {
  public:
    using clock = std::chrono::steady_clock;
    static constexpr std::size_t most = 256; ///< one more ends the one that was not used for longest
    static constexpr std::chrono::hours longest{12};

    struct place {
        std::string terminal;
        std::string operator_id;
        friend bool operator==(const place&, const place&) = default;
    };

    /// @return what is to be shown; what the generator says when it fails
    [[nodiscard]] result<wiped_text> begin(place where, std::chrono::seconds idle, clock::time_point now);
    /// Whose session was shown at a terminal; it is used by that.
    /// @return `till_errc::nobody_on_duty`, in the field "session"
    [[nodiscard]] result<std::string> find(
        const std::string& terminal, std::string_view shown, clock::time_point now);
    /// Ends one. @return whose it was, where that was their last one there
    [[nodiscard]] std::optional<place> end(
        const std::string& terminal, std::string_view shown, clock::time_point now);
    /// All of an operator at a terminal.
    void end_all(const place& where);
    [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }

  private:
    using digest = std::array<std::uint8_t, 32>;
    struct session {
        place where;
        std::chrono::seconds idle;
        clock::time_point begun;
        clock::time_point used;
    };
    [[nodiscard]] static result<digest> digest_of(std::string_view shown);
    [[nodiscard]] static bool is_over(const session& one, clock::time_point now);
    void make_room(clock::time_point now);

    std::map<digest, session> open_;
};

} // namespace cipherlane::service
