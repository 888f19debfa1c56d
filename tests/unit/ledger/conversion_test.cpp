#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ports/rate_text.hpp>

#include <gtest/gtest.h>

namespace cipherlane::ledger {
namespace {

const currency usd = find_currency(840).value();
const currency jpy = find_currency(392).value();
const currency kwd = find_currency(414).value(); // three decimals

TEST(Conversion, MultipliesByTheRateAndRoundsHalfUp) {
    EXPECT_EQ(at_rate(amount(1234), "60138600", usd), amount(171, usd));   // 1.71032
    EXPECT_EQ(at_rate(amount(1000), "60138500", usd), amount(139, usd));   // 1.385
    EXPECT_EQ(at_rate(amount(1234), "50198765", jpy), amount(25, jpy));    // 24.53
    EXPECT_EQ(at_rate(amount(1234), "70427000", kwd), amount(527, kwd));   // 0.526918
    EXPECT_EQ(at_rate(amount(200, jpy), "60500000", cny), amount(10'000)); // 100.00
    EXPECT_EQ(at_rate(amount(amount::max_minor), "01000000", usd), std::nullopt) << "no field has room for it";
    EXPECT_EQ(at_rate(amount(amount::max_minor), "70000001", usd), amount(100'000, usd));
    for (const char* none : {"", "6013860", "601386000", "80138600", "6013x600"})
        EXPECT_EQ(at_rate(amount(1), none, usd), std::nullopt) << none;
}

TEST(Conversion, ShowsARateToPeople) {
    EXPECT_EQ(ports::rate_text("60138600"), "0.138600");
    EXPECT_EQ(ports::rate_text("46895000"), "689.5000");
    EXPECT_EQ(ports::rate_text("00000012"), "12");
    EXPECT_EQ(ports::rate_text("70000012"), "0.0000012");
    EXPECT_EQ(ports::rate_text("80000012"), "");
}

TEST(Conversion, OfAnOfferHoldsTogether) {
    const auto offer = [](std::int64_t minor, currency unit, const char* rate) {
        return ports::conversion{ports::currency_choice::not_asked, amount(minor, unit), rate};
    };
    EXPECT_TRUE(is_sound(offer(171, usd, "60138600"), amount(1234)));
    EXPECT_TRUE(is_sound(offer(172, usd, "60138600"), amount(1234))) << "a host may round up";
    EXPECT_FALSE(is_sound(offer(173, usd, "60138600"), amount(1234)));
    EXPECT_FALSE(is_sound(offer(1234, cny, "61000000"), amount(1234))) << "its own currency";
    EXPECT_FALSE(is_sound(offer(0, usd, "60000000"), amount(1234)));
}

TEST(Conversion, IsKeptByWhatFollows) {
    const ports::conversion chosen{ports::currency_choice::converted, amount(171, usd), "60138600"};
    EXPECT_EQ(share_of(chosen, amount(1234), amount(1234)), chosen) << "the host's own figure, not ours";
    const auto part = share_of(chosen, amount(1234), amount(500));
    EXPECT_EQ(part.converted, amount(69, usd));
    EXPECT_EQ(part.rate, chosen.rate);
    const ports::conversion refused{ports::currency_choice::local, amount(171, usd), "60138600"};
    EXPECT_EQ(share_of(refused, amount(1234), amount(500)), refused);
}

} // namespace
} // namespace cipherlane::ledger
