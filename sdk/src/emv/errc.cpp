#include <cipherlane/core/error_category.hpp>
#include <cipherlane/emv/errc.hpp>

#include <array>

namespace cipherlane::emv {
namespace {

constexpr errc_row row(emv_errc value, condition means, const char* text) noexcept {
    return {static_cast<int>(value), means, text};
}

constexpr std::array rows{
    row(emv_errc::cut_tag, condition::bad_message, "input ends inside a tag"),
    row(emv_errc::tag_too_long, condition::bad_message, "tag of more than four bytes"),
    row(emv_errc::cut_length, condition::bad_message, "input ends inside a length"),
    row(emv_errc::bad_length, condition::bad_message, "length of indefinite form or of more than four bytes"),
    row(emv_errc::length_past_end, condition::bad_message, "length goes past the end"),
    row(emv_errc::too_deep, condition::bad_message, "templates nested too deep"),
    row(emv_errc::too_large, condition::bad_message, "more bytes than the limit"),
    row(emv_errc::too_many, condition::bad_message, "more objects than the limit"),
    row(emv_errc::bad_tag, condition::misuse, "not a tag"),
    row(emv_errc::unbalanced, condition::misuse, "templates opened and closed do not match"),
    row(emv_errc::buffer_too_small, condition::misuse, "buffer too small"),
    row(emv_errc::missing_tag, condition::bad_message, "tag missing"),
    row(emv_errc::duplicate_tag, condition::bad_message, "tag twice"),
    row(emv_errc::bad_value, condition::bad_message, "value breaks the format of its tag"),
    row(emv_errc::not_base64, condition::bad_message, "not base64"),
    row(emv_errc::not_consumer_code, condition::bad_message, "not an EMV consumer-presented code"),
};

const table_category category{"cipherlane.emv", rows};

} // namespace

boost::system::error_code make_error_code(emv_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane::emv
