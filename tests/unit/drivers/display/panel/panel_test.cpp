#include "display-sim/zbar_reader.hpp"
#include "support/bytes.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/display/panel/frame_changes.hpp>
#include <cipherlane/drivers/display/panel/panel_painter.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;
using tests::hex;

constexpr std::string_view sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

ports::qr_view view(std::string_view payload = sample_code) {
    ports::qr_view made;
    made.payload = payload;
    made.total = amount(1234);
    made.payee = "星光咖啡";
    made.valid_for = 60s;
    return made;
}

/// Both readers see this code and no other.
void expect_code(const frame& picture, std::string_view text) {
    EXPECT_TRUE(reads_as(picture, text)) << "zxing-cpp";
    EXPECT_EQ(sim::read_with_zbar(picture), std::vector<std::string>{std::string(text)}) << "zbar";
}

std::size_t bytes_of(const step_list& steps) {
    std::size_t all = 0;
    for (const auto& one : steps)
        all += one.out.size();
    return all;
}

/// A panel in memory that carries out the commands it is sent.
class panel {
  public:
    panel(int width, int height)
        : glass(width, height, rgb565(90, 90, 90)) {}

    void carry_out(const step_list& steps) {
        for (const auto& one : steps) {
            const auto& out = one.out;
            auto number = [&](std::size_t at) { return out[at] | (out[at + 1] << 8); };
            if (out[0] != 0x04 && out[0] != 0x05) continue;
            const rectangle where{number(1), number(3), number(5) - number(1) + 1, number(7) - number(3) + 1};
            ASSERT_EQ(common(where, glass.bounds()), where);
            if (out[0] == 0x04) {
                glass.fill(where, static_cast<colour>(number(9)));
                ASSERT_EQ(out.size(), 12U);
                continue;
            }
            ASSERT_EQ(out.size(), 10 + static_cast<std::size_t>(where.area()) * 2);
            std::size_t at = 10;
            for (int y = where.top; y < where.bottom(); ++y) {
                for (int x = where.left; x < where.right(); ++x, at += 2)
                    glass.set(x, y, static_cast<colour>(number(at)));
            }
        }
    }

    frame glass;
};

class weact_panel : public ::testing::Test {
  protected:
    weact_panel()
        : glass_(320, 480) {
        auto made = weact_protocol::create();
        EXPECT_TRUE(made) << made.error();
        protocol_ = *std::move(made);
    }
    step_list show(result<step_list> steps) {
        EXPECT_TRUE(steps) << steps.error();
        glass_.carry_out(*steps);
        protocol_->settled(screen_protocol::ending::done);
        return *std::move(steps);
    }

    static constexpr std::size_t whole = 320 * 480 * 2;
    panel glass_;
    std::unique_ptr<weact_protocol> protocol_;
};

TEST(Weact, MakesThePanelSCommands) {
    EXPECT_EQ(weact::set_orientation(weact_profile::turned::landscape), hex("02 02 0A"));
    EXPECT_EQ(weact::set_brightness(255, 1000ms), hex("03 FF E803 0A"));
    EXPECT_EQ(weact::fill({0, 0, 320, 480}, 0xF800), hex("04 0000 0000 3F01 DF01 00F8 0A"));
    frame picture(4, 4);
    picture.set(1, 2, 0x1234);
    EXPECT_EQ(weact::bitmap({1, 2, 2, 1}, picture), hex("05 0100 0200 0200 0200 0A 3412 FFFF"));
    EXPECT_EQ(weact::ask_version(), hex("C2 0A"));
    EXPECT_EQ(weact::ask_serial(), hex("C3 0A"));
}

TEST(Weact, ReadsItsVersion) {
    EXPECT_EQ(*weact_version(hex("C2 56312E302E302E30 000000000000000000 0A")), "V1.0.0.0");
    EXPECT_FALSE(weact_version(hex("C3 56312E302E302E30 000000000000000000 0A")));
    EXPECT_FALSE(weact_version(hex("C2 56312E302E302E30 0A")));
    EXPECT_FALSE(weact_version(hex("C2 5631FF302E302E30 000000000000000000 0A")));
}

TEST(Weact, ReadsItsSerialNumber) {
    EXPECT_EQ(*weact_serial_number(hex("C3 41423030303030303031 0000")), "AB00000001");
    EXPECT_FALSE(weact_serial_number(hex("C2 4142")));
    EXPECT_FALSE(weact_serial_number(hex("C3")));
    EXPECT_FALSE(weact_serial_number(hex("C3 0000")));
    EXPECT_FALSE(weact_serial_number(hex("C3 41FF42")));
    EXPECT_FALSE(weact_serial_number({}));
}

TEST_F(weact_panel, ShowsACodeThatReadsBack) {
    show(protocol_->show_qr(view()));
    expect_code(glass_.glass, sample_code);
    show(protocol_->show_outcome(ports::payment_outcome::approved, amount(1234)));
    EXPECT_TRUE(read_codes(glass_.glass).empty());
    show(protocol_->clear());
    EXPECT_EQ(glass_.glass, frame(320, 480));
}

TEST_F(weact_panel, SendsOnlyWhatChanged) {
    show(protocol_->show_qr(view()));
    auto countdown = show(protocol_->show_remaining(59s));
    EXPECT_LE(bytes_of(countdown), whole * 5 / 100);
    expect_code(glass_.glass, sample_code);
    auto same = show(protocol_->show_remaining(59s));
    EXPECT_TRUE(same.empty());
}

TEST_F(weact_panel, SendsATwentiethWhereOnlyTheAmountChanges) {
    const std::pair<std::int64_t, std::int64_t> totals[] = {
        {12'34, 99'88}, {12'34, 98'765'43}, {11'111'11, 98'765'43}};
    for (const auto& [first, second] : totals) {
        auto shown = view();
        shown.total = amount(first);
        show(protocol_->show_qr(shown));
        shown.total = amount(second);
        const auto money = show(protocol_->show_qr(shown));
        EXPECT_LE(bytes_of(money), whole * 5 / 100) << first << " to " << second;
        expect_code(glass_.glass, sample_code);
    }
}

TEST_F(weact_panel, ReplacesACodeInFewRectanglesAndHidesTheAmountMeanwhile) {
    show(protocol_->show_qr(view()));
    auto next = view("https://qr.95516.com/00010000/62999999999912345678901234567890");
    next.total = amount(5678);
    auto steps = show(protocol_->show_qr(next));
    EXPECT_EQ(steps.back().out, weact::ask_version()) << "whose answer says that all has arrived";
    steps.pop_back();
    EXPECT_LE(steps.size(), 9U); // at most 8 pictures after the fill
    EXPECT_EQ(steps.front().out[0], 0x04);
    EXPECT_LE(bytes_of(steps), whole * 42 / 100);
    expect_code(glass_.glass, next.payload);
    const auto last = steps.back().out;
    EXPECT_LT(last[3] + (last[4] << 8), 120); // the amount comes last, above the code
}

TEST_F(weact_panel, DrawsEverythingAfterAFailure) {
    show(protocol_->show_qr(view()));
    ASSERT_TRUE(protocol_->show_amount(amount(1)));
    protocol_->settled(screen_protocol::ending::failed);
    EXPECT_FALSE(protocol_->show_remaining(5s));
    auto steps = protocol_->show_qr(view());
    ASSERT_TRUE(steps);
    EXPECT_GT(bytes_of(*steps), whole);
}

/// Whatever was drawn when a code was given up, the next amount never stands beside it: at no step do the glass's old
/// code and a new amount meet.
TEST_F(weact_panel, ACodeThatWasGivenUpIsGoneBeforeTheNextAmountComes) {
    const auto first = *protocol_->show_qr(view());
    const auto layout = panel_painter::create(320, 480, wording::chinese())->layout();
    const auto is_blank = [&](const rectangle& where) {
        for (int y = where.top; y < where.bottom(); ++y) {
            const auto row = glass_.glass.row(y, where.left, where.width);
            if (!std::all_of(row.begin(), row.end(), [](auto pixel) { return pixel == white; })) return false;
        }
        return true;
    };
    for (std::size_t arrived = 0; arrived <= first.size(); ++arrived) {
        glass_.carry_out(step_list(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(arrived)));
        protocol_->settled(screen_protocol::ending::failed);
        auto next = view("https://qr.95516.com/00010000/62999999999912345678901234567890");
        next.total = amount(5678);
        const auto steps = *protocol_->show_qr(next);
        const auto picture =
            std::find_if(steps.begin(), steps.end(), [](const step& one) { return one.out.front() == 0x05; });
        ASSERT_NE(picture, steps.end());
        glass_.carry_out(step_list(steps.begin(), picture));
        EXPECT_TRUE(is_blank(layout.code) && is_blank(layout.money)) << arrived;
        glass_.carry_out(step_list(picture, steps.end()));
        expect_code(glass_.glass, next.payload);
        protocol_->settled(screen_protocol::ending::failed);
    }
}

TEST(PanelPainter, UsesTheLargestWholePixelsAModule) {
    auto painter = panel_painter::create(320, 480, wording::chinese());
    ASSERT_TRUE(painter);
    const auto& code = painter->layout().code;
    EXPECT_GE(std::min(code.width, code.height) / (41 + 8), 6); // version 6: six pixels a module on 320 x 480
    EXPECT_GE(std::min(code.width, code.height) / (33 + 8), 7);
}

TEST(PanelPainter, FitsCodesOnSmallPanels) {
    auto painter = panel_painter::create(160, 80, wording::chinese());
    ASSERT_TRUE(painter);
    auto picture = painter->code(view());
    ASSERT_TRUE(picture) << picture.error();
    expect_code(*picture, sample_code);
    auto large = view(std::string(900, 'x'));
    EXPECT_EQ(painter->code(large).error().code(), drivers_errc::does_not_fit);
    EXPECT_FALSE(panel_painter::create(10, 80, {}));
}

TEST(FrameChanges, CoverEveryDifferenceWithinTheirNumber) {
    frame before(40, 60);
    auto after = before;
    EXPECT_TRUE(changed_rectangles(before, after).empty());
    for (int i = 0; i < 60; ++i)
        after.set(i * 7 % 40, i, black);
    for (std::size_t most : {1U, 2U, 8U}) {
        auto parts = changed_rectangles(before, after, most);
        EXPECT_LE(parts.size(), most);
        auto copy = before;
        for (const auto& part : parts) {
            for (int y = part.top; y < part.bottom(); ++y)
                for (int x = part.left; x < part.right(); ++x)
                    copy.set(x, y, after.at(x, y));
        }
        EXPECT_EQ(copy, after);
    }
    auto one = before;
    one.fill({3, 4, 5, 6}, black);
    EXPECT_EQ(changed_rectangles(before, one), std::vector{(rectangle{3, 4, 5, 6})});
}

TEST(Font, DrawsChineseAndLatin) {
    auto with = font::open();
    ASSERT_TRUE(with);
    frame picture(200, 40);
    with->draw(picture, 2, 2, 24, "支付 Pay", black, picture.bounds());
    EXPECT_NE(picture, frame(200, 40));
    EXPECT_GT(with->width("支付", 24), with->width("支", 24));
    EXPECT_EQ(font::open("/nonexistent").error().code(), drivers_errc::font_missing);
}

} // namespace
} // namespace cipherlane::drivers
