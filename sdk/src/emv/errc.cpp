#include <cipherlane/core/error_category.hpp>
#include <cipherlane/emv/errc.hpp>

namespace cipherlane::emv {
namespace {

constexpr errc_row rows[] = {
    {emv_errc::cut_tag, condition::bad_message, "input ends inside a tag"},
    {emv_errc::tag_too_long, condition::bad_message, "tag of more than four bytes"},
    {emv_errc::cut_length, condition::bad_message, "input ends inside a length"},
    {emv_errc::bad_length, condition::bad_message, "length of indefinite form or of more than four bytes"},
    {emv_errc::length_past_end, condition::bad_message, "length goes past the end"},
    {emv_errc::too_deep, condition::bad_message, "templates nested too deep"},
    {emv_errc::too_large, condition::bad_message, "more bytes than the limit"},
    {emv_errc::too_many, condition::bad_message, "more objects than the limit"},
    {emv_errc::bad_tag, condition::misuse, "not a tag"},
    {emv_errc::unbalanced, condition::misuse, "templates opened and closed do not match"},
    {emv_errc::buffer_too_small, condition::misuse, "buffer too small"},
    {emv_errc::missing_tag, condition::bad_message, "tag missing"},
    {emv_errc::duplicate_tag, condition::bad_message, "tag twice"},
    {emv_errc::bad_value, condition::bad_message, "value breaks the format of its tag"},
    {emv_errc::not_base64, condition::bad_message, "not base64"},
    {emv_errc::not_consumer_code, condition::bad_message, "not an EMV consumer-presented code"},
};

const table_category category{"cipherlane.emv", rows};

} // namespace

boost::system::error_code make_error_code(emv_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane::emv
