#pragma once

#include <cipherlane/core/fixed_text.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane {

/// What a caller can do about an error. Every error code of every layer maps to one of these.
enum class condition {
    timed_out = 1,    ///< the deadline passed; nothing that could move money was left in doubt
    cancelled,        ///< the caller asked for the end
    link_lost,        ///< the connection or the device went away
    bad_message,      ///< bytes or values that break their format
    rejected_by_peer, ///< a device or unit understood and refused; see `error::peer_code`
    misuse,           ///< the caller broke a rule of the interface
    outcome_unknown,  ///< the request left and no answer came: never treat as declined, never repeat blindly
    unsupported,      ///< this profile, device or build cannot do it
    local_fault,      ///< this machine failed: disk, memory, a file, a library
};

[[nodiscard]] boost::system::error_condition make_error_condition(condition value) noexcept;

/// The part of Cipherlane that reports an error.
enum class layer : std::uint8_t {
    core,
    crypto,
    net,
    iso8583,
    emv,
    qr,
    ports,
    store,
    hostlink,
    acquiring,
    hsm,
    drivers,
    till,
    tools,
};

[[nodiscard]] std::string_view to_string(layer value) noexcept;

/// Why something failed, with a few fixed context fields and no free payload: no secret can be in it.
///
/// Holds its context in place; copying never allocates. Text that came from a peer is kept apart from our own
/// words (`untrusted_peer_text`) and is left out of `to_string`.
class error {
  public:
    /// No error at all: what `result<T>::error()` gives where there is a value.
    error() noexcept
        : layer_(layer::core) {}
    error(boost::system::error_code code, layer where) noexcept
        : code_(code)
        , layer_(where) {}

    [[nodiscard]] error&& during(std::string_view operation) && noexcept;     ///< e.g. "decode", "D1 24"
    [[nodiscard]] error&& at_endpoint(std::string_view endpoint) && noexcept; ///< "127.0.0.1:1500", a file's name
    [[nodiscard]] error&& in_field(std::string_view path) && noexcept;        ///< e.g. "55/9F26"
    [[nodiscard]] error&& at_offset(std::size_t byte) && noexcept;            ///< from the start of the input
    [[nodiscard]] error&& at_line(std::size_t line) && noexcept;              ///< of a text, counted from 1
    [[nodiscard]] error&& for_trace(std::uint32_t trace) && noexcept;         ///< STAN of the transaction
    [[nodiscard]] error&& with_peer_code(std::string_view code) && noexcept;  ///< the device's own code
    [[nodiscard]] error&& with_peer_text(std::string_view text) && noexcept;  ///< untrusted
    /// Our own words about a file or setting of the user: what was found, what is allowed. In the place of a peer's
    /// text, since no error has both.
    [[nodiscard]] error&& with_hint(std::string_view text) && noexcept;

    [[nodiscard]] const boost::system::error_code& code() const noexcept { return code_; }
    [[nodiscard]] cipherlane::layer where() const noexcept { return layer_; }
    [[nodiscard]] bool is(condition value) const noexcept { return code_ == make_error_condition(value); }

    [[nodiscard]] std::string_view operation() const noexcept { return operation_.view(); }
    [[nodiscard]] std::string_view endpoint() const noexcept { return endpoint_.view(); }
    [[nodiscard]] std::string_view field() const noexcept { return field_.view(); }
    /// A byte, or a line where `counts_lines`.
    [[nodiscard]] std::optional<std::size_t> offset() const noexcept { return offset_; }
    [[nodiscard]] bool counts_lines() const noexcept { return counts_lines_; }
    [[nodiscard]] std::optional<std::uint32_t> trace() const noexcept { return trace_; }
    [[nodiscard]] std::string_view peer_code() const noexcept { return peer_code_.view(); }
    [[nodiscard]] std::string_view untrusted_peer_text() const noexcept {
        return text_is_hint_ ? std::string_view() : text_.view();
    }
    [[nodiscard]] std::string_view hint() const noexcept { return text_is_hint_ ? text_.view() : std::string_view(); }

    /// One line for people: layer, operation, endpoint, text, field, offset, trace, peer code, hint. What may come
    /// from outside (the endpoint, the field, the code) stands as `printable_text`.
    [[nodiscard]] std::string to_string() const;

  private:
    boost::system::error_code code_;
    cipherlane::layer layer_;
    fixed_text<32> operation_;
    fixed_text<48> endpoint_;
    fixed_text<64> field_;
    bool counts_lines_ = false; ///< what `offset_` counts
    std::optional<std::size_t> offset_;
    std::optional<std::uint32_t> trace_;
    fixed_text<8> peer_code_;
    bool text_is_hint_ = false;
    fixed_text<160> text_; ///< a peer's, or a hint
};

std::ostream& operator<<(std::ostream& out, const error& what);

/// Thrown by `result<T>::value()` when it holds an error.
class error_exception;

} // namespace cipherlane

template <>
struct boost::system::is_error_condition_enum<cipherlane::condition> : std::true_type {};
