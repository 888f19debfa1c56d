// What programs are told in JSON, from whatever door.
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement_report.hpp>
#include <cipherlane/acquiring/timeline.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/till/preflight.hpp>
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

TEST(TillJson, TellsAStageInBothLanguages) {
    acquiring::stage_event told;
    told.at = acquiring::stage::scanning;
    told.key = "k1";
    told.expires = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    const auto line = json_line(told, {});
    EXPECT_TRUE(line.starts_with(R"({"key":"k1","stage":")")) << line;
    EXPECT_TRUE(has(line, R"("cancel":"possible","total":0,"words":{"en":")")) << line;
    EXPECT_TRUE(has(line, R"(,"zh":")")) << line;
    EXPECT_TRUE(has(line, R"("expires":1700000000})")) << line;
    told.cancel = acquiring::cancelling::too_late;
    EXPECT_TRUE(json_line(told, "T1").starts_with(R"({"terminal":"T1","key":"k1")"));
    EXPECT_TRUE(has(json_line(told, "T1"), R"("cancel":"too late")"));
}

TEST(TillJson, TellsStepsAlertsAndLogsWithoutWhatIsNotThere) {
    acquiring::timeline_entry said;
    said.terminal_id = "T1";
    said.what = "echo 0820";
    EXPECT_EQ(
        json_line(said), R"({"terminal":"T1","when_ms":0,"from":"till","to":"till","what":"echo 0820","result":""})");
    acquiring::alert met{acquiring::alert_kind::paid_twice, {}};
    met.record.id = 7;
    met.record.idempotency_key = "k7";
    EXPECT_TRUE(has(json_line(met), R"("trace":0,"key":"k7","handle":7})")) << json_line(met);
    EXPECT_FALSE(has(json_line(met), "notice"));
    met.notice = 3;
    met.record.order_number = "O1";
    EXPECT_TRUE(has(json_line(met), R"("handle":7,"notice":3,"order":"O1","reference":"","paid":0})"))
        << json_line(met);
    ports::order_notice word{3, {}, ports::notice_matter::second_payment};
    word.told.order_number = "O1";
    word.told.transaction_number = "T2";
    EXPECT_TRUE(json_line(word).starts_with(R"({"notice":3,"terminal":"","matter":"second payment","order":"O1",)"))
        << json_line(word);
    EXPECT_TRUE(has(json_line(word), R"("paid":0,"currency":156,"reference":"T2"})")) << json_line(word);
    EXPECT_EQ(json_line(log_level::warning, "host", "a\xff"),
        "{\"level\":\"warning\",\"component\":\"host\",\"line\":\"a\xEF\xBF\xBD\"}");
}

TEST(TillJson, AFindingCarriesItsError) {
    preflight_step step;
    step.part = "journal";
    EXPECT_EQ(json_line(step), R"({"part":"journal","state":"good","found":"","likely":""})");
    step.state = preflight_state::wrong;
    step.why = error(acquiring_errc::busy, layer::till);
    EXPECT_TRUE(has(json_line(step), R"("error":{"text":")")) << json_line(step);
}

} // namespace
} // namespace cipherlane
