// A till of a shop over the fakes of the lane's tests: who may do what, what may be taken, what nobody may forget.
#pragma once

#include "support/lane/lent_parts.hpp"

#include <cipherlane/ports/risk_judge.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/errc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace cipherlane::tests {

using namespace std::chrono_literals;

inline constexpr crypto::scrypt_cost cheap{8, 8, 1}; ///< for tests alone

inline secret_bytes secret_of(std::string_view text) {
    return secret_bytes(as_bytes(text));
}

class fixed_judge final : public ports::risk_judge {
  public:
    [[nodiscard]] result<ports::risk_opinion> judge(
        const ports::journal_record& payment, const call& bounds) override {
        ++asked;
        seen = payment.masked_pan;
        if (throws) throw std::runtime_error("no such scorer");
        while (waits && !bounds.stopped())
            std::this_thread::sleep_for(1ms);
        return opinion;
    }
    ports::risk_opinion opinion;
    std::atomic<bool> waits = false;
    bool throws = false;
    std::atomic<int> asked{0};
    std::string seen;
};

/// A till of a shop over the fakes of the lane's tests, with the rig's journal.
class Shop : public testing::Test {
  protected:
    Shop() {
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig_settings();
        settings.journal.file = folder.file("own.db");
    }
    void employ() {
        clerk_book all;
        ASSERT_TRUE(all.put({"07", "Li", {right::sell}}, as_bytes(std::string_view("1234")), cheap));
        ASSERT_TRUE(all.put({"99", "Wang", {right::sell, right::undo, right::refund, right::decide, right::settle}},
            as_bytes(std::string_view("tea house")), cheap));
        settings.clerks.file = folder.file("clerks.toml");
        ASSERT_TRUE(all.save(settings.clerks.file));
    }
    void rule(const std::string& text) {
        settings.rules.file = folder.file("rules.toml");
        std::ofstream(settings.rules.file) << "[[rule]]\nname = \"micro\"\nsource = \"the law\"\nsince = "
                                              "\"2018-04-01\"\naction = \"refuse\"\n"
                                           << text;
    }
    till open() {
        auto with = lent(rig);
        with.journal = lend(*rig.journal);
        with.observer = lend(rig.seen);
        if (judged) with.risk = lend(judge);
        if (log) with.log = *log;
        return till::open(settings, std::move(with), soon()).value();
    }
    [[nodiscard]] std::ptrdiff_t sent_totals() const {
        return std::count_if(rig.host.requests.begin(), rig.host.requests.end(),
            [](const bytes& one) { return one.size() > 12 && one[11] == 0x05 && one[12] == 0x00; });
    }
    static void expect_refused(const result<payment>& end, till_errc why, std::string_view field) {
        ASSERT_FALSE(end) << *end;
        EXPECT_EQ(end.error().code(), why) << end.error();
        EXPECT_EQ(end.error().field(), field);
    }

    lane_rig rig;
    memory_folder folder;
    till_settings settings;
    fixed_judge judge;
    bool judged = false;
    std::optional<logger> log; ///< of the tills that are opened from now on
};

} // namespace cipherlane::tests
