#include <cipherlane/core/error_category.hpp>
#include <cipherlane/hsm/errc.hpp>

#include <array>

namespace cipherlane::hsm {
namespace {

constexpr errc_row row(hsm_errc value, condition means, const char* text) {
    return {static_cast<int>(value), means, text};
}

constexpr std::array rows{
    row(hsm_errc::refused, condition::rejected_by_peer, "the unit refused"),
    row(hsm_errc::verification, condition::rejected_by_peer, "verification failed"),
    row(hsm_errc::out_of_service, condition::rejected_by_peer, "the unit is not fit for service"),
    row(hsm_errc::unknown_command, condition::misuse, "the profile has no such command"),
    row(hsm_errc::unsupported, condition::unsupported, "this profile cannot do it"),
    row(hsm_errc::missing_field, condition::misuse, "a field has no value"),
    row(hsm_errc::bad_value, condition::bad_message, "wrong characters"),
    row(hsm_errc::bad_length, condition::bad_message, "wrong length"),
    row(hsm_errc::incomplete, condition::bad_message, "the message ends too early"),
    row(hsm_errc::left_over, condition::bad_message, "bytes after the end of the message"),
    row(hsm_errc::wrong_answer, condition::bad_message, "the answer belongs to another command"),
    row(hsm_errc::wrong_header, condition::bad_message, "the header did not come back as sent"),
    row(hsm_errc::bad_scheme, condition::bad_message, "the key's scheme tag is none of this dialect"),
    row(hsm_errc::key_length, condition::bad_message, "the key's length does not fit its scheme tag"),
    row(hsm_errc::bad_block, condition::bad_message, "the key block's header is malformed"),
    row(hsm_errc::profile_syntax, condition::misuse, "the profile cannot be read"),
    row(hsm_errc::profile_value, condition::misuse, "the profile has a wrong value"),
    row(hsm_errc::no_profile, condition::misuse, "there is no such profile"),
    row(hsm_errc::no_unit, condition::link_lost, "no unit can be used now"),
    row(hsm_errc::closed, condition::cancelled, "closed"),
    row(hsm_errc::late_answer, condition::timed_out, "no answer in time"),
    row(hsm_errc::lost_answer, condition::outcome_unknown, "the request left and no answer came"),
    row(hsm_errc::busy, condition::misuse, "another call is under way"),
    row(hsm_errc::own_thread, condition::misuse, "a blocking call on the pool's own strand would wait for itself"),
    row(hsm_errc::unreadable_answer, condition::outcome_unknown, "the answer cannot be understood"),
};

const table_category category{"cipherlane.hsm", rows};

} // namespace

boost::system::error_code make_error_code(hsm_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane::hsm
