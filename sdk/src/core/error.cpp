#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/error_category.hpp>
#include <cipherlane/core/printable_text.hpp>

#include <algorithm>
#include <array>
#include <ostream>

namespace cipherlane {
namespace {

namespace errc = boost::system::errc;

/// What the operating system's codes mean to a caller.
bool system_code_means(const boost::system::error_code& code, condition what) noexcept {
    auto any_of = [&](auto... values) { return ((code == values) || ...); };
    switch (what) {
    case condition::timed_out: return any_of(errc::timed_out);
    case condition::cancelled: return any_of(errc::operation_canceled);
    case condition::link_lost:
        return any_of(errc::broken_pipe, errc::connection_reset, errc::connection_refused, errc::connection_aborted,
            errc::not_connected, errc::io_error, errc::no_such_device, errc::no_such_device_or_address,
            errc::host_unreachable, errc::network_unreachable, errc::network_down);
    case condition::local_fault:
        return any_of(errc::not_enough_memory, errc::no_space_on_device, errc::permission_denied,
            errc::no_such_file_or_directory, errc::is_a_directory, errc::too_many_files_open,
            errc::read_only_file_system);
    case condition::unsupported: return any_of(errc::operation_not_supported, errc::function_not_supported);
    default: return false;
    }
}

class condition_category_type final : public boost::system::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "cipherlane.condition"; }
    [[nodiscard]] std::string message(int value) const override {
        static constexpr std::array texts{"?", "timed out", "cancelled", "link lost", "bad message",
            "rejected by the peer", "misuse", "outcome unknown", "unsupported", "local fault"};
        auto index = static_cast<std::size_t>(value);
        return index < texts.size() ? texts[index] : texts[0];
    }
    [[nodiscard]] bool equivalent(const boost::system::error_code& code, int value) const noexcept override {
        if (code.default_error_condition() == boost::system::error_condition(value, *this)) return true;
        return system_code_means(code, static_cast<condition>(value));
    }
};

constinit const condition_category_type condition_category;

constexpr errc_row core_rows[] = {
    {core_errc::not_hex, condition::bad_message, "not a hex digit"},
    {core_errc::odd_length, condition::bad_message, "odd number of hex digits"},
    {core_errc::not_digits, condition::bad_message, "not a decimal digit"},
    {core_errc::wrong_length, condition::bad_message, "wrong length"},
    {core_errc::out_of_range, condition::bad_message, "value out of range"},
    {core_errc::luhn, condition::bad_message, "check digit wrong"},
    {core_errc::buffer_too_small, condition::misuse, "buffer too small"},
    {core_errc::bad_pad, condition::bad_message, "wrong padding"},
    {core_errc::bad_text, condition::bad_message, "not in the character set"},
    {core_errc::no_file, condition::local_fault, "file cannot be read or made"},
    {core_errc::file_kind, condition::local_fault, "not a regular file"},
    {core_errc::file_owner, condition::local_fault, "file belongs to another user"},
    {core_errc::file_mode, condition::local_fault, "file is open to others"},
    {core_errc::file_content, condition::local_fault, "file holds something else"},
};

constinit const table_category core_category{"cipherlane.core", core_rows};

} // namespace

boost::system::error_condition make_error_condition(condition value) noexcept {
    return {static_cast<int>(value), condition_category};
}

boost::system::error_code make_error_code(core_errc value) noexcept {
    return core_category.code(value);
}

std::string table_category::message(int value) const {
    for (const auto& row : rows_) {
        if (row.value == value) return row.text;
    }
    return "code " + std::to_string(value);
}

boost::system::error_condition table_category::default_error_condition(int value) const noexcept {
    for (const auto& row : rows_) {
        if (row.value == value) return make_error_condition(row.means);
    }
    return {value, *this};
}

std::string_view to_string(layer value) noexcept {
    static constexpr std::array names{"core", "crypto", "net", "iso8583", "emv", "qr", "ports", "store", "hostlink",
        "acquiring", "hsm", "drivers", "till", "tools"};
    return names[static_cast<std::size_t>(value)];
}

error&& error::during(std::string_view operation) && noexcept {
    operation_ = operation;
    return std::move(*this);
}

error&& error::at_endpoint(std::string_view endpoint) && noexcept {
    endpoint_ = endpoint;
    return std::move(*this);
}

error&& error::in_field(std::string_view path) && noexcept {
    field_ = path;
    return std::move(*this);
}

error&& error::at_offset(std::size_t byte) && noexcept {
    offset_ = byte;
    counts_lines_ = false;
    return std::move(*this);
}

error&& error::at_line(std::size_t line) && noexcept {
    offset_ = line;
    counts_lines_ = true;
    return std::move(*this);
}

error&& error::for_trace(std::uint32_t trace) && noexcept {
    trace_ = trace;
    return std::move(*this);
}

error&& error::with_peer_code(std::string_view code) && noexcept {
    peer_code_ = code;
    return std::move(*this);
}

error&& error::with_peer_text(std::string_view text) && noexcept {
    text_ = text;
    text_is_hint_ = false;
    return std::move(*this);
}

error&& error::with_hint(std::string_view text) && noexcept {
    text_ = text;
    const auto most = text_.view().size();
    if (most < text.size()) {
        // A list that is cut in the middle of a word would name what there is not.
        constexpr std::string_view more = " ...";
        const auto blank = text.rfind(' ', most - more.size());
        const auto size = std::min(blank, most - more.size());
        std::array<char, 256> room{};
        std::copy_n(text.begin(), size, room.begin());
        std::copy(more.begin(), more.end(), room.begin() + static_cast<std::ptrdiff_t>(size));
        text_ = std::string_view(room.data(), size + more.size());
    }
    text_is_hint_ = true;
    return std::move(*this);
}

std::string error::to_string() const {
    std::string line(cipherlane::to_string(layer_));
    if (!operation_.empty()) line.append(" ").append(operation());
    if (!endpoint_.empty()) line.append(" at ").append(printable_text(endpoint()));
    line.append(": ").append(code_.message());
    if (!field_.empty()) line.append(", field ").append(printable_text(field()));
    if (offset_) line.append(counts_lines_ ? ", line " : ", byte ").append(std::to_string(*offset_));
    if (trace_) line.append(", trace ").append(std::to_string(*trace_));
    if (!peer_code_.empty()) line.append(", peer's code ").append(printable_text(peer_code()));
    if (!hint().empty()) line.append(": ").append(printable_text(hint()));
    return line;
}

std::ostream& operator<<(std::ostream& out, const error& what) {
    return out << what.to_string();
}

} // namespace cipherlane
