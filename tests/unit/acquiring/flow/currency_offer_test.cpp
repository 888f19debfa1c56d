// The cardholder's choice of a currency (DCC): offer, choice, and what keeps it.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace cipherlane::tests {
namespace {

using acquiring::stage;
using acquiring::verdict;
using ports::currency_choice;
using ports::trade;

const currency usd = find_currency(840).value();

class chooser final : public ports::currency_chooser {
  public:
    [[nodiscard]] result<currency_choice> choose(
        const amount& local, const ports::conversion& offer, const call& bounds) override {
        ++asked;
        left = bounds.until().left();
        shown_local = local;
        shown = offer;
        if (refuses) return error(boost::system::errc::make_error_code(*refuses), layer::drivers);
        return answer;
    }
    currency_choice answer = currency_choice::converted;
    std::optional<boost::system::errc::errc_t> refuses;
    int asked = 0;
    std::chrono::milliseconds left{};
    amount shown_local;
    ports::conversion shown;
};

struct offering_rig {
    offering_rig() {
        auto settings = rig_settings();
        settings.conversion.offered = true;
        rig.emplace(settings);
        rig->chooser = &cardholder;
        rig->host.offer = "000000000171" // 1.71 USD
                          "60138600"     // at 0.138600
                          "840";
    }
    /// "6 10 51" of the last request of a message type; "-" where a field is not there.
    [[nodiscard]] std::string said(const std::string& mti) const {
        std::string last = "no " + mti;
        for (const auto& one : rig->host.requests) {
            const auto view = iso8583::decode_body(iso8583::cup_pos(), one).value();
            if (view.mti() != mti || view.equals(3, "330000")) continue;
            last.clear();
            for (const int field : {6, 10, 51})
                last += view.has(field) ? view.value(field) + " " : "- ";
        }
        return last;
    }
    chooser cardholder;
    std::optional<lane_rig> rig;
};

constexpr auto converted = "000000000171 60138600 840 ";
constexpr auto local_alone = "- - - ";

TEST(CurrencyOffer, SendsTheEnquiryLaidOutByHand) {
    offering_rig of;
    come_to_trace_three(*of.rig);
    of.rig->host.offer.clear();
    ASSERT_TRUE(of.rig->sell("sale", 1000)->ok());
    const auto wanted = std::string(pos_exchange_of("rate enquiry").request);
    ASSERT_EQ(of.rig->host.requests.size(), 3U);
    EXPECT_EQ(hex_without_mac(of.rig->host.requests[1], mac_size), wanted.substr(0, wanted.size() - 2 * mac_size));
    EXPECT_EQ(of.cardholder.asked, 0) << "no offer, no question";
    EXPECT_EQ(of.said("0200"), local_alone);
}

TEST(CurrencyOffer, ThatIsChosenIsSentPrintedAndKept) {
    offering_rig of;
    auto& rig = *of.rig;
    const auto sold = rig.sell("sale", 1234);
    ASSERT_TRUE(sold && sold->ok());
    EXPECT_EQ(of.cardholder.shown_local, amount(1234));
    EXPECT_EQ(of.cardholder.shown.converted, amount(171, usd));
    EXPECT_EQ(of.said("0200"), converted);
    EXPECT_EQ(sold->conversion.choice, currency_choice::converted);
    EXPECT_EQ(rig.booked(), 1234) << "the merchant's books are in the terminal's currency";
    const auto text = acquiring::receipt_text(*sold, rig.settings, acquiring::receipt_copy::cardholder);
    for (const char* line : {"RMB 12.34", "USD 1.71", "0.138600", "CHOSEN BY THE CARDHOLDER", "持卡人自选币种"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
    bool seen = false;
    for (const auto& one : rig.seen.stages()) {
        if (one.at != stage::currency) continue;
        seen = true;
        EXPECT_EQ(one.cancel, acquiring::cancelling::possible);
    }
    EXPECT_TRUE(seen);
    rig.restart();
    ASSERT_TRUE(rig.give_back("part", sold->handle, 500)->ok());
    EXPECT_EQ(of.said("0220"), "000000000069 60138600 840 ") << "its share, at the same rate";
    const auto other = rig.sell("other", 1234);
    ASSERT_TRUE(rig.undo("void", other->handle)->ok());
    EXPECT_EQ(of.said("0200"), converted);
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(1234)});
    EXPECT_EQ(of.said("0100"), converted);
    of.cardholder.asked = 0;
    ASSERT_TRUE(do_trade(rig, {trade::completion, "bill", amount(1000), held->handle})->ok());
    EXPECT_EQ(of.said("0200"), "000000000139 60138600 840 ");
    EXPECT_EQ(of.cardholder.asked, 0) << "the choice was made at the arrival";
}

/// The host approves another converted amount, rate or currency than the cardholder has chosen.
TEST(CurrencyOffer, ThatIsAnsweredByAnotherOneIsNotBooked) {
    offering_rig of;
    auto& rig = *of.rig;
    rig.host.converted = "00000000017160138600840";
    ASSERT_TRUE(rig.sell("the same", 1234)->ok());
    const std::pair<std::string, std::string> others[] = {
        {"00000000017260138600840", "6"}, {"00000000017160138700840", "10"}, {"00000000017160138600978", "51"}};
    for (const auto& [told, field] : others) {
        rig.host.converted = told;
        const auto end = rig.sell("sale " + told, 1234);
        ASSERT_TRUE(end);
        EXPECT_EQ(end->outcome, verdict::reversed);
        ASSERT_TRUE(end->why);
        EXPECT_EQ(end->why->field(), field);
    }
    rig.host.converted.clear();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(rig.booked(), 1234);
    EXPECT_EQ(rig.books.taken(), 1234) << "the others are reversed";
}

TEST(CurrencyOffer, OfAPaymentThatIsApprovedForAPartIsOfThatPart) {
    offering_rig of;
    auto& rig = *of.rig;
    const auto sell_part = [&](const std::string& key) {
        rig.host.mood.code = "10";
        rig.host.mood.partial = 500;
        const auto sold = rig.sell(key, 1234, acquiring::partial_approval::accept).value();
        rig.host.mood = host_mood();
        EXPECT_EQ(sold.approved, amount(500)) << key;
        return sold;
    };
    const auto sold = sell_part("sale");
    EXPECT_EQ(of.said("0200"), converted) << "what was asked for";
    EXPECT_EQ(sold.conversion.converted, amount(69, usd));
    const auto text = acquiring::receipt_text(sold, rig.settings, acquiring::receipt_copy::cardholder);
    EXPECT_NE(text.find("USD 0.69"), std::string::npos) << text;
    const auto back = rig.give_back("all of it", sold.handle, 500);
    ASSERT_TRUE(back && back->ok());
    EXPECT_EQ(of.said("0220"), "000000000069 60138600 840 ");
    EXPECT_EQ(back->conversion.converted, amount(69, usd));
    ASSERT_TRUE(rig.undo("void", sell_part("other").handle)->ok());
    EXPECT_EQ(of.said("0200"), "000000000069 60138600 840 ");
}

TEST(CurrencyOffer, ThatIsRefusedLeavesTheSaleInTheTerminalsCurrency) {
    offering_rig of;
    of.cardholder.answer = currency_choice::local;
    const auto sold = of.rig->sell("sale", 1234);
    ASSERT_TRUE(sold && sold->ok());
    EXPECT_EQ(of.said("0200"), local_alone);
    EXPECT_EQ(sold->conversion.choice, currency_choice::local);
    const auto text = acquiring::receipt_text(*sold, of.rig->settings, acquiring::receipt_copy::cardholder);
    EXPECT_EQ(text.find("USD"), std::string::npos);
    of.cardholder.refuses = boost::system::errc::timed_out;
    EXPECT_TRUE(of.rig->sell("nobody chose", 1234)->ok());
    EXPECT_EQ(of.said("0200"), local_alone);
    of.cardholder.refuses = boost::system::errc::operation_canceled;
    const auto cancelled = of.rig->sell("cancelled", 1234);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code(), acquiring_errc::cardholder_cancelled);
    EXPECT_EQ(of.rig->booked(), 2468) << "nothing has left for it";
}

TEST(CurrencyOffer, LeavesThePaymentTheTimeThatItNeeds) {
    using namespace std::chrono_literals;
    offering_rig of;
    of.rig->host.time = 5s;
    ASSERT_TRUE(of.rig->sell("sale", 1234)->ok());
    EXPECT_LE(of.cardholder.left, soon().until().left() - 5s - of.rig->settings.timers.device);
    offering_rig other;
    other.rig->settings.conversion.choice = 1s;
    ASSERT_TRUE(other.rig->sell("sale", 1234)->ok());
    EXPECT_LE(other.cardholder.left, 1s);
}

TEST(CurrencyOffer, ThatDoesNotHoldTogetherOrDoesNotComeIsNotShown) {
    offering_rig of;
    auto& rig = *of.rig;
    const std::string offers[] = {"000000000999"
                                  "60138600"
                                  "840",
        "000000001234"
        "61000000"
        "156",
        "000000000171"
        "90138600"
        "840",
        "000000000171"
        "60138600"
        "001"};
    int number = 0;
    for (const auto& one : offers) {
        rig.host.offer = one;
        EXPECT_TRUE(rig.sell("sale " + std::to_string(++number), 1234)->ok()) << one;
    }
    rig.host.mood.rate_code = "57";
    EXPECT_TRUE(rig.sell("no rate", 1234)->ok());
    rig.host.mood = host_mood();
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.equals(3, "330000"); };
    EXPECT_TRUE(rig.sell("silence", 1234)->ok()) << "it moves no money: nothing is reversed";
    EXPECT_EQ(of.cardholder.asked, 0);
    EXPECT_EQ(of.said("0200"), local_alone);
    EXPECT_EQ(of.said("0400"), "no 0400");
}

TEST(CurrencyOffer, IsNotAskedForWhereNobodyWantsIt) {
    const auto enquiries = [](const acquiring::terminal_settings& settings, ports::currency_chooser* asks) {
        lane_rig rig(settings);
        rig.chooser = asks;
        EXPECT_TRUE(rig.sell("sale", 1234)->ok());
        std::size_t count = 0;
        for (const auto& one : rig.host.requests)
            count += iso8583::decode_body(iso8583::cup_pos(), one)->equals(3, "330000") ? 1 : 0;
        return count;
    };
    chooser anybody;
    auto settings = rig_settings();
    EXPECT_EQ(enquiries(settings, &anybody), 0U) << "as the settings are by themselves";
    settings.conversion.offered = true;
    EXPECT_EQ(enquiries(settings, nullptr), 0U) << "nobody can ask";
    settings.conversion.own_cards = "4 622";
    EXPECT_EQ(enquiries(settings, &anybody), 0U) << "a card of the terminal's currency";
    settings.conversion.own_cards = "4";
    EXPECT_EQ(enquiries(settings, &anybody), 1U);
}

/// From the journal alone: a reversal says what its trade has said.
TEST(CurrencyOffer, IsSaidByTheReversal) {
    offering_rig of;
    auto& rig = *of.rig;
    rig.settings.reversal.when = acquiring::reversal_time::before_next_trade;
    ASSERT_TRUE(rig.sign_in());
    rig.host.watch = [&](const iso8583::message_view& view) {
        rig.host.mood.seal = view.mti() == "0200" ? host_mood::mac::wrong : host_mood::mac::right;
    };
    (void)rig.sell("sale", 1234);
    rig.host.watch = {};
    rig.host.mood = host_mood();
    rig.restart();
    ASSERT_TRUE(rig.recover());
    EXPECT_EQ(of.said("0400"), converted);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(CurrencyOffer, MayStandInATagOfTheAcquirersOwn) {
    auto settings = rig_settings();
    settings.conversion.offered = true;
    settings.conversion.form = acquiring::conversion_form::tag59;
    settings.conversion.tag = "D1";
    EXPECT_TRUE(settings.validate());
    settings.conversion.tag = "A3";
    EXPECT_EQ(settings.validate().error().field(), "conversion.tag") << "the payment code's";
    settings.conversion.tag = "D1";
    lane_rig rig(settings);
    chooser cardholder;
    rig.chooser = &cardholder;
    rig.host.voucher = "D1023000000000171"
                       "60138600"
                       "840";
    rig.host.watch = [&](const iso8583::message_view& view) {
        if (view.mti() == "0200") {
            EXPECT_TRUE(view.equals(59, rig.host.voucher)) << view.value(59);
        }
    };
    rig.host.tags_enquiries = true;
    ASSERT_TRUE(rig.sell("sale", 1234)->ok());
    EXPECT_EQ(cardholder.asked, 1);
}

TEST(CurrencyOffer, InATagStandsBesideTheVoucherInTheOrderOfTags) {
    const std::string value = "000000000171"
                              "60138600"
                              "840";
    for (const auto& [tag, wanted] :
        {std::pair("D1", "A4010V000000003D1023" + value), std::pair("91", "91023" + value + "A4010V000000003")}) {
        auto settings = rig_settings();
        settings.conversion.offered = true;
        settings.conversion.form = acquiring::conversion_form::tag59;
        settings.conversion.tag = tag;
        lane_rig rig(settings);
        ASSERT_TRUE(rig.sell("sale", 1234)->ok());
        // As a host leaves it that gives a voucher to a payment by card.
        auto record = rig.records()[0];
        record.id = 0;
        record.idempotency_key = "with a voucher";
        record.state = ports::record_state::prepared;
        record.conversion = {currency_choice::converted, amount(171, usd), "60138600"};
        const auto begun = rig.journal->begin(record, nullptr, soon()).value();
        ports::journal_verdict approved(ports::record_state::approved, ports::decider::host);
        approved.approved = amount(1234);
        approved.voucher = "V000000003";
        ASSERT_TRUE(rig.journal->decide(begun.id, approved, soon()));
        std::string told;
        rig.host.watch = [&](const iso8583::message_view& view) {
            if (view.mti() == "0220") told = view.value(59);
        };
        ASSERT_TRUE(rig.give_back("back", begun.id, 1234));
        EXPECT_EQ(told, wanted);
    }
}

} // namespace
} // namespace cipherlane::tests
