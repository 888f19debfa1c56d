// What programs are told in JSON, from whatever door.
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement_report.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/till/till_json.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(TillJson, ReplacesWhatIsNoText) {
    acquiring::payment told;
    told.reference = "a\xff\xc3\xa9\xe2\x82";
    const auto line = json_line(told);
    EXPECT_TRUE(has(line, "\"reference\":\"a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\"")) << line;
}

TEST(TillJson, ListsWhatTillAndHostHaveCountedDifferently) {
    acquiring::settlement_report told;
    told.host = acquiring::settlement_result::not_balanced;
    told.differences.push_back({ledger::money_side::credit, {50, 1}, {75, 2}});
    told.open.emplace_back();
    told.open.back().key = "k7";
    told.open.back().handle = 7;
    const auto line = json_line(told, "slip\n");
    EXPECT_TRUE(has(line, R"("host":"not balanced")")) << line;
    EXPECT_TRUE(has(line, R"([{"side":"credit","till":{"count":1,"minor":50},"host":{"count":2,"minor":75}}])"))
        << line;
    EXPECT_TRUE(has(line, R"("open":[{"handle":7,"key":"k7"}])")) << line;
    EXPECT_TRUE(has(line, R"("slip":"slip\n")")) << line;
}

TEST(TillJson, NamesTheConditionOfAnError) {
    const auto line =
        json_line(error(acquiring_errc::busy, layer::acquiring).during("sale").in_field("key").for_trace(12));
    EXPECT_TRUE(has(line, R"("condition":"misuse")")) << line;
    EXPECT_TRUE(has(line, R"("operation":"sale","field":"key","trace":12)")) << line;
}

} // namespace
} // namespace cipherlane
