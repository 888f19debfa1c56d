#pragma once

#include "cipherlane/capture/capture_writer.hpp"

#include <cipherlane/hsm/codec.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// One message as a decoder has it: the name of a field to its values, in order.
struct dissected {
    std::string protocol;
    std::map<std::string, std::vector<std::string>> fields;
};

/// What the codec says of an ISO 8583 message, by the names that the Wireshark dissector gives.
[[nodiscard]] dissected by_codec(const iso8583::dialect& format, byte_view frame);

/// The same of a connection to a cipher machine: `take` each message in order.
class by_hsm_codec {
  public:
    explicit by_hsm_codec(std::shared_ptr<const hsm::profile> dialect)
        : engine_(std::move(dialect)) {}
    [[nodiscard]] dissected take(cli::capture_writer::side from, byte_view frame);

  private:
    struct asked {
        const hsm::command_spec* command;
        std::shared_ptr<hsm::field_set> values;
    };
    [[nodiscard]] dissected request(byte_view body);
    [[nodiscard]] dissected answer(const asked& whose, byte_view body);

    hsm::codec engine_;
    std::map<std::string, asked> waiting_; ///< by header
};

/// Whether messages are cut into two segments. Where no length is in front, half a message may be one.
enum class segments : std::uint8_t { whole, every_third_cut };

/// A file of messages, and what the codec says of each.
class expected_capture {
  public:
    expected_capture(std::string file, std::uint16_t port, segments how = segments::every_third_cut);
    void open(std::size_t connection);
    void add(std::size_t connection, cli::capture_writer::side from, byte_view frame, dissected says);
    void finish();
    [[nodiscard]] const std::vector<dissected>& messages() const noexcept { return messages_; }

  private:
    std::string file_;
    segments how_;
    bytes written_;
    cli::capture_writer writer_;
    cli::capture_writer::time now_{1'700'000'000'000'000};
    std::vector<dissected> messages_;
};

/// The program; nothing where it is not installed.
[[nodiscard]] std::optional<std::string> tshark();
/// What tshark says of a capture with these Lua files. Throws where it says nothing that can be read.
[[nodiscard]] std::vector<dissected> by_tshark(
    const std::vector<std::string>& lua_files, const std::string& capture, const std::vector<std::string>& protocols);

/// Holds one list to the other, field by field, both ways.
void expect_same(const std::vector<dissected>& tshark, const std::vector<dissected>& codec);

} // namespace cipherlane::tests
