#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/command_spec.hpp>
#include <cipherlane/hsm/field_set.hpp>
#include <cipherlane/hsm/operation.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::hsm {

/// How messages are cut and tied together.
struct framing {
    enum class prefix : std::uint8_t { none, be16 };
    enum class style : std::uint8_t {
        racal, ///< answer code, two-character status, fields
        flag,  ///< one character and fields, or another and one byte
    };
    prefix length = prefix::be16;
    style answers = style::racal;
    char good = 'A';                ///< of flag answers: in front of the fields
    char refused = 'E';             ///< of flag answers: in front of the one byte
    std::uint8_t header_length = 4; ///< characters before the command, given back by the unit
    char header_fill = '0';         ///< for headers that carry no number
    /// Whether the header ties an answer to its request, so that many may be in flight. Without it one is in flight.
    bool correlates = true;
    bool little_endian = false;        ///< byte order of two-byte lengths inside messages (doubtful for Westone)
    bool closes_after_unknown = false; ///< the unit hangs up after a command it does not know
    std::uint16_t largest = 32'768;    ///< longest message accepted
    std::uint8_t message_end = 0x19;   ///< in front of a trailer
    char lmk_selector = '%';           ///< in front of the two digits of a local master key, behind the fields
    std::string trailer;               ///< sent after each request behind `message_end`, if any
};

/// How the cryptogram behind a scheme tag was made.
enum class key_wrap : std::uint8_t { ecb, variant, thales_block, tr31_block };
/// The cipher of the key behind a scheme tag.
enum class key_cipher : std::uint8_t { des, tdes, aes, sm1, sm4, any };

/// A scheme tag of key fields. Tag 0 stands for no tag.
struct key_scheme {
    char tag = 0;
    std::uint16_t digits = 0; ///< hex digits after the tag; 0: the key block's header says it
    key_wrap wrap = key_wrap::ecb;
    key_cipher cipher = key_cipher::tdes;
};

/// What may stand in a key field besides scheme tags and digits.
struct key_marks {
    char stored = 0;    ///< in front of a stored key's number, of as many digits as quirk `key_index_digits` says
    std::string serial; ///< each character: a base key follows, then the description of a serial number, then that
    std::uint8_t description = 0;  ///< digits that describe the serial number
    std::uint8_t serial_least = 0; ///< digits of a serial number besides those that its description adds up to
};

/// A key type: its names on the wire, and where in the local master keys it belongs.
struct key_type_spec {
    std::string name;        ///< "tpk"
    std::string code;        ///< "002"; of raw dialects the byte in hex, "11"
    std::string short_code;  ///< for commands with a shorter type field: "02"; one-character types "4"
    int lmk_pair = -1;       ///< first number of the pair: 14 for 14-15; -1: not known
    int lmk_variant = 0;     ///< 0 to 9
    std::string block_usage; ///< TR-31 / key-block usage: "P0"
    bool dukpt = false;      ///< keys are derived from it: commands take a serial number with it
    bool extra = false;      ///< no typed call asks for it by this name
};

/// What of a typed call's value a field takes.
enum class field_part : std::uint8_t {
    whole,
    account,    ///< of a card number the rightmost digits without the check digit; digits given exactly as they are
    key_length, ///< 0, 1, 2 for a key of single, double, triple length
    mac_length, ///< 0 for a MAC of up to four bytes, 1 for a longer one
    front,      ///< as many bytes as the field has
};

/// Where a field finds its value in a typed call, besides under its own name.
struct field_source {
    std::vector<std::string> from; ///< looked for in turn
    field_part part = field_part::whole;
};

/// Which statuses of refusal are about which part of the request.
struct status_groups {
    std::vector<std::string> first_key;    ///< its first key
    std::vector<std::string> last_key;     ///< its last key
    std::vector<std::string> key_scheme;   ///< a key and the scheme that is asked for
    std::vector<std::string> clear_parity; ///< perhaps the parity of a clear key or component; "*": any of them
};

class bound_fields;

/// Which command carries out an operation, under which circumstances, with which fixed values.
struct binding {
    operation what{};
    std::string command;
    std::size_t index = 0;                            ///< of the command in `profile::commands`
    std::vector<std::pair<field_name, bytes>> when;   ///< the request's values that choose this binding
    std::vector<std::pair<field_name, bytes>> preset; ///< values of the command's fields
    std::string method; ///< empty: the command answers it; "compare": make and compare locally
    std::shared_ptr<const bound_fields> fields; ///< where the command's fields find their values, worked out
};

/// A cipher machine's dialect as data: framing, tags, key types, code tables, commands, error texts, quirks.
///
/// Built in are payshield, payshield-kb, sjj1310, sjl06, sjl05 and sjj1312 (alias sjl05-binary); others, or
/// corrections of these, come from TOML files (`docs/09-dialects.md`). Immutable after loading: share one between
/// threads.
///
/// The `sjj1312` profile is inferred from the SJL05 of the same maker and not yet confirmed on an SJJ1312: each
/// doubtful value is a field of the profile.
class profile {
  public:
    /// A built-in profile by name or alias; `misuse` with the name as field if there is none.
    [[nodiscard]] static result<std::shared_ptr<const profile>> builtin(std::string_view name);
    /// Reads a TOML file. `base = "payshield"` in it starts from that profile.
    /// @return `misuse` with the file's name as endpoint, the path of the faulty entry as field and its line as
    /// offset; where the text is no TOML the parser's words as peer text. `local_fault` if unreadable.
    [[nodiscard]] static result<std::shared_ptr<const profile>> load(const std::filesystem::path& file);
    [[nodiscard]] static result<std::shared_ptr<const profile>> parse(std::string_view toml);
    /// What `--profile` takes: a built-in name, else the path of a TOML file (what has a "/", ends in ".toml" or is
    /// there). `misuse` with the name as field if it is neither.
    [[nodiscard]] static result<std::shared_ptr<const profile>> find(const std::string& name_or_file);
    [[nodiscard]] static std::vector<std::string> builtin_names();

    std::string name;
    std::vector<std::string> aliases;
    std::string title;
    std::string note; ///< what is not confirmed; shown by tools
    framing frame;
    std::uint16_t port = 1500;                 ///< usual one
    std::chrono::milliseconds timeout{10'000}; ///< usual one for an answer
    /// Digits of the account in PIN commands: 12 without the check digit. Fixed where the end of the field is
    /// undecidable otherwise.
    std::uint8_t account_digits = 12;
    std::uint8_t pin_field = 5;   ///< characters of a PIN under the LMK: the unit's PIN length and one
    char account_separator = ';'; ///< between the two accounts of a raw PIN translation (doubtful)
    std::uint8_t kcv_digits = 16; ///< where no tail asks and no command says otherwise
    bool raw_keys = false;        ///< keys travel as raw bytes without tags
    bool lower_case_hex = false;
    std::vector<key_scheme> schemes;
    key_marks marks;
    std::vector<key_type_spec> key_types;
    /// Code tables: `codes["pin_format"]["iso0"] == "01"`. Values of hex and binary fields are hex.
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> codes;
    std::map<std::string, std::string, std::less<>> quirks;
    std::map<std::string, std::string, std::less<>>
        errors;         ///< status to meaning, where the command has none of its own
    std::string health; ///< command without arguments that shows a unit alive; its result is thrown away
    std::vector<std::string>
        out_of_service; ///< statuses after which a unit is taken out, where the command has no text of its own
    std::vector<std::string> key_parity; ///< statuses of keys that are none under the unit's local master key
    /// By a field's name, or by "@" and the name of its code table.
    std::map<std::string, field_source, std::less<>> sources;
    status_groups about;                                         ///< what refusals are about
    std::map<std::string, std::string, std::less<>> unsupported; ///< operation to the reason for its absence
    std::vector<command_spec> commands;
    std::vector<std::pair<std::uint16_t, std::uint16_t>> wire_index; ///< code as sent to place in `commands`, sorted
    std::vector<binding> bindings;                                   ///< those of one operation together
    std::array<std::uint16_t, operation_count> first_binding{};      ///< of each operation, by `link`

    /// Works out what layouts and bindings refer to. `parse` and `load` have done so; who changes a table of a copy
    /// does it again.
    void link();

    [[nodiscard]] const command_spec* command(std::string_view code) const noexcept; ///< "CA", "D1 24"
    [[nodiscard]] const command_spec* command_on_wire(byte_view start) const noexcept;
    [[nodiscard]] const key_scheme* scheme(char tag) const noexcept;
    [[nodiscard]] const key_type_spec* key_type(std::string_view name) const noexcept;
    [[nodiscard]] const key_type_spec* key_type_by_code(std::string_view code) const noexcept;
    [[nodiscard]] const key_type_spec* key_type_by_short_code(std::string_view code) const noexcept;
    /// The code of `name` in a code table; nothing if it has none.
    [[nodiscard]] const std::string* code(std::string_view domain, std::string_view name) const noexcept;
    /// The name behind a code; empty if there is none.
    [[nodiscard]] std::string_view name_of(std::string_view domain, std::string_view code) const noexcept;
    [[nodiscard]] std::string_view quirk(std::string_view name) const noexcept; ///< empty if not set
    /// What a status means for this command in this dialect; empty if unknown.
    [[nodiscard]] std::string_view meaning(const command_spec& command, std::string_view status) const noexcept;
    [[nodiscard]] bool supports(operation what) const noexcept;
    /// Whether a typed call can ask for a code table's `name`: by its code, or by a binding that it chooses.
    [[nodiscard]] bool can(operation what, std::string_view table, std::string_view name) const noexcept;
};

} // namespace cipherlane::hsm
