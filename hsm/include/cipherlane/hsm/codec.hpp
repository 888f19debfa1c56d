#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/profile.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace cipherlane::hsm {

/// The status of a good answer; of flag dialects it stands for their character.
inline constexpr std::string_view good_status = "00";

/// The status of an answer: two characters, of flag dialects `good_status` or the error byte in hex.
struct answer_status {
    /// From good to bad.
    enum class kind : std::uint8_t {
        ok,
        warning, ///< not success, but the body is there
        refused,
    };
    kind what = kind::ok;
    fixed_text<4> code{good_status};
    std::size_t consumed = 0; ///< bytes of the input that the message took
};

/// A request as read from the wire.
struct decoded_request {
    const command_spec* command = nullptr; ///< of the profile
    std::size_t consumed = 0;
};

/// Encodes and decodes requests and answers by a profile's tables, for both sides of the wire.
///
/// Works on bodies: after length and header, before the trailer (`frame.hpp` does those). Errors name the command,
/// the field and the byte offset. In dialects without a length the decoders return `hsm_errc::incomplete` until the
/// whole message is there; in others every byte must be used (`hsm_errc::left_over`).
/// Stateless apart from the profile; may be used from many threads.
class codec {
  public:
    explicit codec(std::shared_ptr<const profile> dialect);

    [[nodiscard]] const profile& dialect() const noexcept { return *dialect_; }

    /// Client: appends command and fields to `out`; on error `out` is as before.
    [[nodiscard]] result<void> encode_request(const command_spec& command, const field_set& values, bytes& out) const;
    /// Simulator: `hsm_errc::unknown_command` if the profile has none of that code.
    [[nodiscard]] result<decoded_request> decode_request(byte_view body, field_set& values) const;

    /// Simulator: appends answer code, status and fields (none if `status` is a refusal without a body). `asked` are
    /// the request's values: an answer's layout may depend on them.
    [[nodiscard]] result<void> encode_answer(const command_spec& command, std::string_view status,
        const field_set& asked, const field_set& values, bytes& out) const;
    /// Simulator: the second answer of a command that has one.
    [[nodiscard]] result<void> encode_second_answer(const command_spec& command, std::string_view status,
        const field_set& asked, const field_set& values, bytes& out) const;
    /// Simulator: answer to a command that the profile does not know.
    void encode_unknown(byte_view body, std::string_view status, bytes& out) const;

    /// Client: reads an answer; a refusal is no error here.
    [[nodiscard]] result<answer_status> decode_answer(
        const command_spec& command, byte_view body, const field_set& asked, field_set& values) const;
    /// Client: reads the first of the records that a field of the answer holds (`command_spec::records`).
    /// @return how many bytes of `left` it took, never 0. `hsm_errc::missing_field` if the field holds no records;
    /// other errors as of `decode_answer`, with the offset in `left`.
    [[nodiscard]] result<std::size_t> decode_record(
        const command_spec& command, std::string_view field, byte_view left, field_set& values) const;
    [[nodiscard]] result<answer_status> decode_second_answer(
        const command_spec& command, byte_view body, const field_set& asked, field_set& values) const;

  private:
    std::shared_ptr<const profile> dialect_;
};

} // namespace cipherlane::hsm
