#include <cipherlane/core/error_category.hpp>
#include <cipherlane/hsm/errc.hpp>

namespace cipherlane::hsm {
namespace {

constexpr errc_row rows[] = {
    {hsm_errc::refused, condition::rejected_by_peer, "the unit refused"},
    {hsm_errc::verification, condition::rejected_by_peer, "verification failed"},
    {hsm_errc::out_of_service, condition::rejected_by_peer, "the unit is not fit for service"},
    {hsm_errc::unknown_command, condition::misuse, "the profile has no such command"},
    {hsm_errc::unsupported, condition::unsupported, "this profile cannot do it"},
    {hsm_errc::missing_field, condition::misuse, "a field has no value"},
    {hsm_errc::bad_value, condition::bad_message, "wrong characters"},
    {hsm_errc::bad_length, condition::bad_message, "wrong length"},
    {hsm_errc::incomplete, condition::bad_message, "the message ends too early"},
    {hsm_errc::left_over, condition::bad_message, "bytes after the end of the message"},
    {hsm_errc::wrong_answer, condition::bad_message, "the answer belongs to another command"},
    {hsm_errc::wrong_header, condition::bad_message, "the header did not come back as sent"},
    {hsm_errc::bad_scheme, condition::bad_message, "the key's scheme tag is none of this dialect"},
    {hsm_errc::key_length, condition::bad_message, "the key's length does not fit its scheme tag"},
    {hsm_errc::bad_block, condition::bad_message, "the key block's header is malformed"},
    {hsm_errc::profile_syntax, condition::misuse, "the profile cannot be read"},
    {hsm_errc::profile_value, condition::misuse, "the profile has a wrong value"},
    {hsm_errc::no_profile, condition::misuse, "there is no such profile"},
    {hsm_errc::no_unit, condition::link_lost, "no unit can be used now"},
    {hsm_errc::closed, condition::cancelled, "closed"},
    {hsm_errc::late_answer, condition::timed_out, "no answer in time"},
    {hsm_errc::lost_answer, condition::outcome_unknown, "the request left and no answer came"},
    {hsm_errc::busy, condition::misuse, "another call is under way"},
    {hsm_errc::own_thread, condition::misuse, "a blocking call on the pool's own strand would wait for itself"},
    {hsm_errc::unreadable_answer, condition::outcome_unknown, "the answer cannot be understood"},
};

const table_category category{"cipherlane.hsm", rows};

} // namespace

boost::system::error_code make_error_code(hsm_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane::hsm
