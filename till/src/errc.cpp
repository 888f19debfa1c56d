#include <cipherlane/core/error_category.hpp>
#include <cipherlane/till/errc.hpp>

namespace cipherlane {
namespace {

constexpr errc_row rows[] = {
    {till_errc::no_file, condition::local_fault, "file cannot be read"},
    {till_errc::not_toml, condition::bad_message, "is not TOML"},
    {till_errc::bad_setting, condition::misuse, "setting cannot be"},
    {till_errc::missing_setting, condition::misuse, "setting is missing"},
    {till_errc::not_built, condition::unsupported, "this version has no such part"},
    {till_errc::null_part, condition::misuse, "null was given as a part"},
    {till_errc::shared_part, condition::misuse, "one part was given for several terminals"},
    {till_errc::in_use, condition::misuse, "belongs to another till of this process"},
    {till_errc::device_busy, condition::misuse, "another terminal of this till is using the device"},
    {till_errc::test_key, condition::misuse, "a published test key"},
    {till_errc::nobody_on_duty, condition::misuse, "nobody is signed on"},
    {till_errc::no_right, condition::misuse, "the operator does not have the right"},
    {till_errc::wrong_secret, condition::misuse, "no such operator, or not this secret"},
    {till_errc::locked_out, condition::misuse, "too many wrong secrets"},
    {till_errc::rule_refuses, condition::misuse, "a rule forbids it"},
    {till_errc::risk_refuses, condition::misuse, "the risk is refused"},
    {till_errc::no_route, condition::misuse, "no route may be taken"},
    {till_errc::no_such_terminal, condition::misuse, "the settings have no such terminal"},
};

const table_category category{"cipherlane.till", rows};

} // namespace

boost::system::error_code make_error_code(till_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane
