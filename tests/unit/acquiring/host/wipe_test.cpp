// What the host's answers leave behind in memory: a program of its own, since it looks into all that is freed.
#include "support/freed_memory.hpp"
#include "support/lane/lane_rig.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace cipherlane::tests {
namespace {

/// The fake pad's card as messages have it: packed, two digits a byte.
constexpr std::string_view packed_card("\x62\x22\0\0\0\0\0\0\0", 9);

/// A host whose own work is not looked at: what the till is handed and does with it is.
class handing_host final : public ports::host {
  public:
    explicit handing_host(fake_host& behind)
        : behind_(behind) {}
    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override {
        freed_memory::watching = false;
        auto answer = behind_.exchange(request, filter, bounds);
        if (answer && freed_memory::holds_secret(answer->data(), answer->size())) ++cards_handed;
        freed_memory::watching = true;
        return answer;
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override {
        return behind_.response_time();
    }

    int cards_handed = 0;

  private:
    fake_host& behind_;
};

/// A sale's answer names its card; so do those to its void and to the reversal of what could not be believed.
TEST(HostExchange, LeavesNoCopyOfAnAnswersCard) {
    lane_rig rig;
    handing_host host(rig.host);
    acquiring::lane_ports with(*rig.guarded);
    with.host = &host;
    with.sealer = rig.sealer.get();
    with.pinpad = &rig.pinpad;
    with.clock = &rig.clock;
    auto lane = acquiring::lane::open(rig.settings, with, soon(), logger::none()).value();

    const freed_memory::watch eyes(packed_card);
    const auto sold = acquiring::sale(lane).run({"sale-1", amount(1234)}, soon());
    ASSERT_TRUE(sold && sold->ok());
    ASSERT_TRUE(acquiring::void_payment(lane).run({"void-1", sold->handle}, soon())->ok());
    for (const auto seal : {host_mood::mac::wrong, host_mood::mac::missing}) {
        rig.host.mood.seal = seal;
        rig.host.mood.spoiled_answers = 1;
        const auto key = seal == host_mood::mac::wrong ? "sale-2" : "sale-3";
        EXPECT_EQ(acquiring::sale(lane).run({key, amount(5)}, soon())->outcome, acquiring::verdict::reversed);
    }
    freed_memory::watching = false;
    EXPECT_GE(host.cards_handed, 4) << "or there was nothing to wipe";
    EXPECT_EQ(eyes.seen(), 0);
}

} // namespace
} // namespace cipherlane::tests
