#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace cipherlane::hsm {

/// A binding whose request and answer have no conditional parts, worked out once for many calls: what a request holds
/// goes straight onto the wire, what an answer holds straight into its reply.
///
/// Knows only the good case. Where anything is unusual both directions decline, and the tables say what it is.
/// Thread-safe.
class prepared_command {
  public:
    /// Null where the tables are needed. `dialect` must outlive it.
    [[nodiscard]] static std::unique_ptr<prepared_command> make(const profile& dialect, const binding& how);

    [[nodiscard]] const binding& how() const noexcept { return *how_; }
    [[nodiscard]] const command_spec& command() const noexcept { return *command_; }

    /// Appends command and fields as `bind_request` and `codec::encode_request` would; false: `out` is as before.
    [[nodiscard]] bool encode(const field_set& given, bytes& out) const;
    /// Reads a whole successful answer without trailer into `values`, which is empty: its size, or 0 where the tables
    /// must read it.
    [[nodiscard]] std::size_t decode(byte_view body, field_set& values) const;

  private:
    static constexpr std::size_t most_steps = 16;

    /// Where a field's value may stand in a request.
    struct source {
        field_name name;
        std::size_t card_digits = 0; ///< of a card number: so many before the last one; 0: the value as it is
    };
    struct code_row {
        std::string word;
        bytes wire;
    };
    /// One field of the request.
    struct step {
        enum class kind : std::uint8_t { fixed, code, digits, text, hex, binary, key, raw_key };
        kind what = kind::fixed;
        std::vector<source> from;
        std::size_t least = 0; ///< bytes on the wire
        std::size_t most = 0;
        bool padded = false;                    ///< short digits get leading zeros
        number_form prefix = number_form::none; ///< its length in front
        std::size_t prefix_width = 0;
        std::size_t unit = 1;
        std::optional<bytes> wire; ///< of `fixed`, and where no value is given
        std::vector<code_row> codes;
    };
    class maker;

    prepared_command() = default;
    /// Null data where no value is given.
    [[nodiscard]] byte_view find(std::size_t index, const field_set& given) const;
    [[nodiscard]] std::size_t room_for(const field_set& given) const;
    [[nodiscard]] std::uint8_t* put(std::size_t index, const field_set& given, std::uint8_t* to) const;
    [[nodiscard]] bool fits_key(byte_view text) const;

    const binding* how_ = nullptr;
    const command_spec* command_ = nullptr;
    std::vector<step> steps_;
    std::size_t room_ = 0;                        ///< of all steps whose size is bounded
    std::vector<std::size_t> large_;              ///< the others
    std::array<std::uint16_t, 256> key_digits_{}; ///< behind each scheme tag; 0: the tables know
    /// Where each value stood last time: requests of one kind hold them in one order.
    mutable std::array<std::atomic<std::uint8_t>, most_steps> hints_{};
    bytes start_; ///< of an answer: code and status, or the flag
    std::size_t answer_size_ = 0;
    bool stream_ = false;
};

/// The prepared commands of a profile.
class prepared_commands {
  public:
    explicit prepared_commands(const profile& dialect);

    /// The one for this request; null where there is none.
    [[nodiscard]] const prepared_command* find(const operation_request& request) const noexcept;

  private:
    struct row {
        const binding* how;
        std::unique_ptr<prepared_command> made; ///< null: by the tables
    };
    std::array<std::vector<row>, operation_count> by_operation_;
};

} // namespace cipherlane::hsm
