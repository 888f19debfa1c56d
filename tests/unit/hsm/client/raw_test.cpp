#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/hsm/client.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

using namespace std::chrono_literals;

void expect_too_short(operations& subject, const std::string& what) {
    for (const std::string_view body : {"", "B"}) {
        const auto answer = subject.execute(raw_command(body), call(5s));
        ASSERT_FALSE(answer) << what;
        EXPECT_EQ(answer.error().code(), make_error_code(hsm_errc::bad_length)) << what;
        EXPECT_EQ(answer.error().field(), "command") << what;
    }
}

TEST(RawCommand, WhatIsTooShortForACodeNeverLeaves) {
    for (const char* name : {"payshield", "sjj1312"}) {
        const auto dialect = profile::builtin(name).value();
        tests::fake_unit unit(dialect->frame, tests::payshield_answer);
        client alone({unit.at(), dialect});
        expect_too_short(alone, std::string(name) + " client");

        pool_settings settings;
        settings.units = {unit.at()};
        settings.dialect = dialect;
        settings.on_connect = first_check::none;
        const auto many = pool::create_with_thread(settings).value();
        expect_too_short(*many, std::string(name) + " pool");
        EXPECT_EQ(unit.requests(), 0U) << name;
    }
}

} // namespace
} // namespace cipherlane::hsm
