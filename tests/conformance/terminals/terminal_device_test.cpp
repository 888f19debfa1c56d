// A real terminal that the environment names (CIPHERLANE_DEVICE_ZVT=tcp:HOST:PORT, with
// CIPHERLANE_DEVICE_ZVT_PASSWORD where it is not the usual one): somebody holds a card to it when it asks. It must be
// a test terminal: 0.01 is charged, and undone.
#include <cipherlane/drivers/terminal/terminal_family.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

class real_terminal : public ::testing::TestWithParam<std::string> {
  protected:
    /// "CIPHERLANE_DEVICE_ZVT", with an end.
    [[nodiscard]] static std::string told(const std::string& end = {}) {
        auto variable = "CIPHERLANE_DEVICE_" + GetParam();
        for (auto& one : variable)
            one = one == '-' ? '_' : static_cast<char>(one >= 'a' && one <= 'z' ? one - 'a' + 'A' : one);
        const char* value = std::getenv((variable + end).c_str());
        return value != nullptr ? value : "";
    }
};

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& family : drivers::terminal_families())
        all.emplace_back(family.name);
    return all;
}

INSTANTIATE_TEST_SUITE_P(every, real_terminal, ::testing::ValuesIn(names()), [](const auto& chosen) {
    auto name = chosen.param;
    for (auto& one : name)
        one = one == '-' ? '_' : one;
    return name;
});

TEST_P(real_terminal, TakesAPaymentAndUndoesIt) {
    if (told().empty()) GTEST_SKIP() << "no real terminal is named for this family";
    boost::asio::io_context io;
    drivers::terminal_options options;
    options.password = told("_PASSWORD");
    options.description_file = told("_DESCRIPTION");
    if (GetParam() == "mispos") options.unit = {156, 2};
    const amount one(1, options.unit);
    const auto opened = drivers::open_terminal(io.get_executor(), GetParam(), told(), options, call(60s));
    ASSERT_TRUE(opened) << opened.error();
    auto& terminal = **opened;
    const auto health = terminal.status(call(30s));
    EXPECT_TRUE(health) << health.error();
    const ports::terminal_request cent(ports::terminal_verb::authorise, one);
    const auto before = terminal.last_done(call(30s));
    const auto paid = terminal.run(cent, call(180s));
    ASSERT_TRUE(paid) << paid.error();
    ASSERT_EQ(paid->outcome, ports::terminal_outcome::approved) << paid->code << " " << paid->text;
    if (terminal.capabilities().tells_last && before && *before != "none") {
        ports::terminal_doubt doubt(cent, *before);
        EXPECT_EQ(terminal.recover(doubt, call(60s)).outcome, ports::terminal_outcome::approved)
            << "asked again, it says the same";
    }
    if (!terminal.capabilities().void_payment) return;
    const auto undone =
        terminal.run(ports::terminal_request(ports::terminal_verb::void_payment, one, paid->receipt), call(180s));
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->outcome, ports::terminal_outcome::approved) << undone->code << " " << undone->text;
}

} // namespace
} // namespace cipherlane
