// The certification trace of a till: whole for the cards that are named as test cards, masked in the same length for
// all others, and never a reason for a payment to fail.
#include "support/lane/simulated_lane.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/till/errc.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class CertificationTrace : public testing::Test {
  protected:
    static constexpr auto other_card = "6222000100000008"; // of the host's table
    CertificationTrace() { lane.settings.trace.file = lane.folder.file("trace.txt"); }
    std::string text() const { return whole_file(lane.settings.trace.file); }
    /// The text without blanks and line ends, so that no line end hides a number.
    std::string bytes_alone() const {
        auto all = text();
        std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
        return all;
    }
    bool has(const std::string& part) const { return text().find(part) != std::string::npos; }

    simulated_lane lane;
};

TEST_F(CertificationTrace, HasTimesWordsAndMaskedBytes) {
    {
        auto till = lane.open();
        ASSERT_TRUE(till.sale({"one", amount(1234)}, 60s)->ok());
        ASSERT_TRUE(till.settle(60s));
    }
    EXPECT_TRUE(has("terminal TEST0001  sign-in  trace 000001\n")) << text();
    EXPECT_TRUE(has("terminal TEST0001  sale  trace 000002\n"));
    EXPECT_TRUE(has("terminal TEST0001  batch settlement"));
    EXPECT_TRUE(has("<- ")) << "the answers";
    EXPECT_TRUE(has("622200******0017")) << "the fields in words";
    EXPECT_TRUE(has("bytes, zeros for what is masked"));
    EXPECT_FALSE(has("of a test card"));
    // Field 2 on the wire: length 16, the first six digits, zeros, the last four.
    EXPECT_NE(bytes_alone().find("166222000000000017"), std::string::npos);
    EXPECT_EQ(bytes_alone().find("6222000000000017D3012"), std::string::npos) << "no track";
    struct ::stat about {};
    ASSERT_EQ(::stat(lane.settings.trace.file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(CertificationTrace, IsWholeForTheCardsThatAreNamedAlone) {
    lane.settings.trace.test_cards = {lane.reader.number};
    auto till = lane.open();
    ASSERT_TRUE(till.sale({"named", amount(1234)}, 60s)->ok());
    EXPECT_TRUE(has("bytes, of a test card"));
    EXPECT_NE(bytes_alone().find("6222000000000017D3012"), std::string::npos) << "its track, as it was sent";
    lane.reader.number = other_card;
    ASSERT_TRUE(till.sale({"other", amount(1234)}, 60s)->ok());
    EXPECT_EQ(bytes_alone().find("6222000100000008"), std::string::npos);
    EXPECT_NE(bytes_alone().find("166222000000000008"), std::string::npos) << "masked";
}

TEST_F(CertificationTrace, TellsOfSilenceAndDisturbsNoPayment) {
    lane.settings.host.response_time = 500ms;
    auto till = lane.open();
    lane.host_faults({{{"kind", "no_answer"}, {"match", "sale"}}});
    EXPECT_EQ(till.sale({"one", amount(1234)}, 60s)->outcome, verdict::reversed);
    EXPECT_TRUE(has("<- none after ")) << text();
    EXPECT_TRUE(has("terminal TEST0001  reversal  trace 000002\n"));
    lane.host_faults({{{"kind", "garbage"}, {"match", "sale"}}});
    EXPECT_EQ(till.sale({"two", amount(1234)}, 60s)->outcome, verdict::reversed);
}

TEST_F(CertificationTrace, IsRefusedWhereItCouldNotBeKept) {
    const auto opened = [&] { return till::open(lane.settings, till::parts{}, 10s); };
    std::ofstream(lane.settings.trace.file) << "";
    std::filesystem::permissions(lane.settings.trace.file, std::filesystem::perms(0644));
    EXPECT_EQ(opened().error().code(), core_errc::file_mode);
    lane.settings.trace.file = lane.folder.file("none/trace.txt");
    EXPECT_EQ(opened().error().code(), core_errc::no_file);
    lane.settings.trace.test_cards = {"62220000"};
    EXPECT_EQ(opened().error().code(), till_errc::bad_setting);
    lane.settings.trace = {"", {"6222000000000017"}};
    EXPECT_EQ(opened().error().code(), till_errc::missing_setting);
}

} // namespace
} // namespace cipherlane::tests
