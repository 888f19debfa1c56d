#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/result.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

TEST(Error, SaysWhereAndWhatButNothingOfThePeer) {
    const error why = error(core_errc::not_digits, layer::iso8583)
                          .during("decode")
                          .in_field("55/9F26")
                          .at_offset(17)
                          .for_trace(42)
                          .with_peer_code("A4")
                          .with_peer_text("secret words");
    EXPECT_EQ(
        why.to_string(), "iso8583 decode: not a decimal digit, field 55/9F26, byte 17, trace 42, peer's code A4");
    EXPECT_EQ(why.untrusted_peer_text(), "secret words");
    EXPECT_TRUE(why.is(condition::bad_message));
    EXPECT_FALSE(why.is(condition::misuse));
}

TEST(Error, SaysWhetherALineOrAByteIsMeant) {
    const error why = error(core_errc::out_of_range, layer::hsm).at_endpoint("our.toml").in_field("port").at_line(3);
    EXPECT_EQ(why.to_string(), "hsm at our.toml: value out of range, field port, line 3");
    EXPECT_EQ(why.offset(), 3U);
    EXPECT_TRUE(why.counts_lines());
    EXPECT_FALSE(error(why).at_offset(3).counts_lines());
}

TEST(Error, APeersCodeCannotControlATerminal) {
    EXPECT_EQ(error(core_errc::luhn, layer::hsm)
                  .with_peer_code("\x1B"
                                  "c")
                  .to_string(),
        "hsm: check digit wrong, peer's code ?c");
}

TEST(Error, SystemCodesHaveAConditionToo) {
    using boost::system::errc::make_error_code;
    const error lost(make_error_code(boost::system::errc::connection_reset), layer::net);
    EXPECT_TRUE(lost.is(condition::link_lost));
    EXPECT_FALSE(lost.is(condition::timed_out));
}

TEST(Error, CutsAHintBehindAWholeWord) {
    std::string list = "expected";
    while (list.size() < 200)
        list += " alpha";
    const auto what = error(core_errc::bad_text, layer::core).with_hint(list);
    EXPECT_EQ(what.hint(), list.substr(0, 8 + 24 * 6) + " ...");
    const auto one = error(core_errc::bad_text, layer::core).with_hint(std::string(200, 'x'));
    EXPECT_EQ(one.hint(), std::string(156, 'x') + " ...");
    EXPECT_EQ(error(core_errc::bad_text, layer::core).with_hint("short").hint(), "short");
}

TEST(Error, CutsLongContextInsteadOfAllocating) {
    const error why = error(core_errc::not_hex, layer::core).during(std::string(100, 'x'));
    EXPECT_EQ(why.operation().size(), 32U);
}

TEST(Result, ValueThrowsTheError) {
    const result<int> bad = error(core_errc::not_hex, layer::core);
    EXPECT_THROW((void)bad.value(), error_exception);
}

} // namespace
} // namespace cipherlane
