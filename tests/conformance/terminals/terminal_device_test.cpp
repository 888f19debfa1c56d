// A real terminal that the environment names (CIPHERLANE_DEVICE_ZVT=tcp:HOST:PORT, with
// CIPHERLANE_DEVICE_ZVT_PASSWORD where it is not the usual one): somebody holds a card to it when it asks. It must be
// a test terminal: cents are charged, and undone where it can.
#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/link.hpp>
#include <cipherlane/net/errc.hpp>

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
    void SetUp() override {
        if (told().empty()) GTEST_SKIP() << "no real terminal is named for this family";
        options_.password = told("_PASSWORD");
        options_.description_file = told("_DESCRIPTION");
        if (GetParam() == "mispos") options_.unit = {156, 2};
    }
    std::unique_ptr<ports::terminal> opened() {
        auto made = drivers::open_terminal(io_.get_executor(), GetParam(), told(), options_, call(60s));
        if (!made) throw std::runtime_error(made.error().to_string());
        return *std::move(made);
    }
    [[nodiscard]] amount cents(std::int64_t count = 1) const { return amount(count, options_.unit); }
    /// The receipt number of what was approved; empty where it was not.
    static std::string approved(ports::terminal& at, const ports::terminal_request& wish) {
        const auto end = at.run(wish, call(180s));
        EXPECT_TRUE(end) << end.error();
        if (!end) return {};
        EXPECT_EQ(end->outcome, ports::terminal_outcome::approved)
            << to_string(wish.what) << ": " << end->code << " " << end->text;
        return end->outcome == ports::terminal_outcome::approved ? end->receipt : std::string();
    }

    boost::asio::io_context io_;
    drivers::terminal_options options_;
};

/// A link whose cable is pulled at the end of what a payment says: at one of its reads.
class cut_link final : public net::transport {
  public:
    /// @param left reads that come through, counted down
    cut_link(std::unique_ptr<net::transport> link, int& left)
        : link_(std::move(link))
        , left_(left) {}
    result<void> write(byte_view data, const call& bounds) override { return link_->write(data, bounds); }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        auto read = link_->read_some(into, bounds);
        if (!read || left_-- > 0) return read;
        left_ = never;
        link_->close();
        return error(make_error_code(net_errc::lost), layer::net);
    }
    void async_write(byte_view data, net::completion<void> done) override {
        link_->async_write(data, std::move(done));
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        link_->async_read_some(into, std::move(done));
    }
    void cancel() noexcept override { link_->cancel(); }
    void close() noexcept override { link_->close(); }
    bool is_open() const noexcept override { return link_->is_open(); }
    boost::asio::any_io_executor get_executor() override { return link_->get_executor(); }
    std::string_view endpoint() const noexcept override { return link_->endpoint(); }

    static constexpr int never = 1'000'000;

  private:
    std::unique_ptr<net::transport> link_;
    int& left_;
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
    const auto terminal = opened();
    const auto health = terminal->status(call(30s));
    EXPECT_TRUE(health) << health.error();
    const ports::terminal_request cent(ports::terminal_verb::authorise, cents());
    const auto before = terminal->last_done(call(30s));
    const auto receipt = approved(*terminal, cent);
    ASSERT_FALSE(receipt.empty());
    if (terminal->capabilities().tells_last && before && *before != "none") {
        ports::terminal_doubt doubt(cent, *before);
        EXPECT_EQ(terminal->recover(doubt, call(60s)).outcome, ports::terminal_outcome::approved)
            << "asked again, it says the same";
    }
    if (!terminal->capabilities().void_payment) return;
    approved(*terminal, {ports::terminal_verb::void_payment, cents(), receipt});
}

TEST_P(real_terminal, DoesEachTradeThatItSaysItCan) {
    using verb = ports::terminal_verb;
    const auto terminal = opened();
    const auto can = terminal->capabilities();
    if (can.pre_authorise) {
        const auto reserved = approved(*terminal, {verb::pre_authorise, cents(2)});
        if (can.complete && !reserved.empty()) approved(*terminal, {verb::complete, cents(), reserved});
        const auto other = can.void_pre_authorisation ? approved(*terminal, {verb::pre_authorise, cents()}) : "";
        if (!other.empty()) approved(*terminal, {verb::void_pre_authorisation, cents(), other});
    }
    if (can.refund) {
        approved(*terminal, {verb::authorise, cents()});
        approved(*terminal, {verb::refund, cents()});
    }
    const auto works = [](const auto& done, const char* what) { EXPECT_TRUE(done) << what << ": " << done.error(); };
    if (can.print_again) works(terminal->print_again(call(60s)), "print again");
    if (can.tells_totals) works(terminal->totals(call(60s)), "totals");
    if (can.verifies_cards) works(terminal->verify_card(call(180s)), "verify card");
    if (can.diagnoses) works(terminal->diagnosis(call(60s)), "diagnosis");
    if (can.settle && told("_SETTLES") == "yes") works(terminal->settle(call(300s)), "settle");
}

/// The cable is pulled at the terminal's last words of a payment: it is found again, and no other is taken for it.
TEST_P(real_terminal, IsAskedWhatBecameOfAPaymentWhoseCableWasPulled) {
    int left = cut_link::never;
    const auto* const family = drivers::find_terminal_family(GetParam());
    const auto where = family->address(told()).value();
    drivers::link_options with;
    with.line = family->line;
    const auto open = [&](const call& bounds) -> result<std::unique_ptr<net::transport>> {
        CIPHERLANE_TRY(auto link, drivers::open_link(io_.get_executor(), where, with, bounds));
        return std::unique_ptr<net::transport>(std::make_unique<cut_link>(std::move(link), left));
    };
    const auto terminal = family->make(open, where.kind, options_).value();
    if (!terminal->capabilities().tells_last) GTEST_SKIP() << "it tells no last transaction";
    const ports::terminal_request cent(ports::terminal_verb::authorise, cents());
    ASSERT_TRUE(terminal->last_done(call(30s)));
    left = cut_link::never;
    ASSERT_FALSE(approved(*terminal, cent).empty());
    const int reads = cut_link::never - left;
    const auto before = terminal->last_done(call(30s));
    ASSERT_TRUE(before) << before.error();
    ASSERT_NE(*before, "none");
    left = reads - 1;
    const ports::terminal_request more(ports::terminal_verb::authorise, cents(2));
    auto end = terminal->run(more, call(180s));
    ASSERT_TRUE(end) << end.error();
    if (end->outcome == ports::terminal_outcome::unknown)
        *end = terminal->recover(ports::terminal_doubt(more, *before), call(400s));
    ASSERT_NE(end->outcome, ports::terminal_outcome::unknown) << end->why.value();
    const auto now = terminal->last_done(call(30s));
    ASSERT_TRUE(now) << now.error();
    EXPECT_EQ(*now != *before, end->outcome == ports::terminal_outcome::approved) << "as the terminal has it";
    if (end->outcome != ports::terminal_outcome::approved || !terminal->capabilities().void_payment) return;
    approved(*terminal, {ports::terminal_verb::void_payment, cents(2), end->receipt});
}

} // namespace
} // namespace cipherlane
