#include <cipherlane/core/error_category.hpp>
#include <cipherlane/till/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(till_errc code, condition means, const char* text) {
    return {static_cast<int>(code), means, text};
}

constexpr std::array rows{
    row(till_errc::no_file, condition::local_fault, "file cannot be read"),
    row(till_errc::not_toml, condition::bad_message, "is not TOML"),
    row(till_errc::bad_setting, condition::misuse, "setting cannot be"),
    row(till_errc::missing_setting, condition::misuse, "setting is missing"),
    row(till_errc::not_built, condition::unsupported, "this version has no such part"),
    row(till_errc::null_part, condition::misuse, "null was given as a part"),
    row(till_errc::shared_part, condition::misuse, "one part was given for several terminals"),
    row(till_errc::in_use, condition::misuse, "belongs to another till of this process"),
    row(till_errc::device_busy, condition::misuse, "another terminal of this till is using the device"),
    row(till_errc::test_key, condition::misuse, "a published test key"),
    row(till_errc::no_such_terminal, condition::misuse, "the settings have no such terminal"),
};

const table_category category{"cipherlane.till", rows};

} // namespace

boost::system::error_code make_error_code(till_errc value) noexcept {
    return {static_cast<int>(value), category};
}

} // namespace cipherlane
