// A terminal at work changes from 3DES to SM4: host and cipher machine serve both, and what was open before goes on.
#include "lane/demo_till.hpp"
#include "lane/test_keys.hpp"
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto machine = "sjl06"; // knows keys of both ciphers
constexpr auto card_pin = "135790";

/// A pad whose cardholder types the PIN: it holds the master key and unwraps what the host has given.
class typing_reader final : public table_reader {
  public:
    crypto::algorithm cipher = crypto::algorithm::tdes;
    std::string master{sim::test_keys::terminal_master};

    [[nodiscard]] result<ports::card_data> read_card(
        const ports::card_request& request, const call& bounds) override {
        CIPHERLANE_TRY(auto card, table_reader::read_card(request, bounds));
        card.pin_required = true;
        return card;
    }
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& /*bounds*/) override {
        CIPHERLANE_TRY(const auto above_key, from_hex(master));
        CIPHERLANE_TRY(auto above, crypto::block_cipher::create(cipher, above_key));
        bytes clear(request.key.cryptogram.size());
        CIPHERLANE_CHECK(above.decrypt_ecb(request.key.cryptogram, clear));
        CIPHERLANE_TRY(auto key, crypto::pin_key::create(cipher, clear, crypto::cup_pos_policy));
        CIPHERLANE_TRY(const auto pin, crypto::clear_pin::parse(card_pin));
        const auto format = cipher == crypto::algorithm::sm4 ? crypto::pin_block_format::unionpay_sm4
                                                             : crypto::pin_block_format::iso_0;
        CIPHERLANE_TRY(const auto block, crypto::encrypt_pin_block(key, format, pin, number));
        return secret_bytes(block.view());
    }
};

class Sm4Change : public testing::Test {
  protected:
    Sm4Change() {
        pad.number = lane.reader.number;
        lane.pad = &pad;
        of_tdes = terminal().keys;
        terminal().reversal.sends = 1;
        tdes_file = lane.settings.sealer.key_file;
    }
    acquiring::terminal_settings& terminal() { return lane.settings.terminals.front(); }
    void offer(const char* code) {
        lane.host({{"cmd", "sm4_terminal"}, {"terminal_id", terminal().terminal_id},
            {"tmk", sim::sm4_master_under_test_lmk(machine, sim::test_keys::sm4_terminal_master).value()},
            {"sign_in_code", code}});
    }
    void use_sm4(const char* code) {
        terminal().keys.algorithm = acquiring::key_algorithm::sm4;
        terminal().keys.master_slot = 1;
        terminal().keys.sign_in_code = code;
        lane.settings.sealer.key_file = lane.keys.file("sm4.key");
        sim::write_private_file(lane.settings.sealer.key_file, sim::test_keys::sm4_terminal_master);
        pad.cipher = crypto::algorithm::sm4;
        pad.master = sim::test_keys::sm4_terminal_master;
    }
    void use_tdes() {
        terminal().keys = of_tdes;
        lane.settings.sealer.key_file = tdes_file;
        pad.cipher = crypto::algorithm::tdes;
        pad.master = sim::test_keys::terminal_master;
    }
    static payment sold(till& at, const std::string& key, std::int64_t minor) {
        const auto end = at.sale({key, amount(minor)}, call(20s));
        EXPECT_TRUE(end) << end.error();
        return end ? *end : payment{};
    }
    std::int64_t paid() { return simulated_lane::balance_at_first - lane.balance(); }

    simulated_lane lane{"", machine};
    typing_reader pad;
    acquiring::key_settings of_tdes;
    std::string tdes_file;
};

TEST_F(Sm4Change, OfAWorkingTerminalKeepsWhatIsOpenAndItsBatch) {
    std::uint64_t first = 0;
    {
        auto till = lane.open();
        first = sold(till, "first", 700).handle;
        EXPECT_TRUE(sold(till, "second", 300).ok());
        lane.host_faults({{{"kind", "no_answer"}, {"match", "sale"}},
            {{"kind", "lost_request"}, {"match", "reversal"}, {"times", -1}}});
        EXPECT_EQ(sold(till, "on its way", 500).outcome, verdict::unknown);
        EXPECT_EQ(paid(), 1500) << "the host has taken it, and no reversal has come";
    }
    lane.host_faults(nlohmann::json::array());
    offer("005");
    use_sm4("005");
    auto till = lane.open();
    const auto recovered = till.recover(call(20s));
    ASSERT_TRUE(recovered) << recovered.error();
    const auto was_reversed = [](const payment& one) { return one.outcome == verdict::reversed; };
    EXPECT_EQ(std::count_if(recovered->begin(), recovered->end(), was_reversed), 1) << "by the keys of SM4";
    EXPECT_EQ(paid(), 1000);
    EXPECT_TRUE(sold(till, "third", 50).ok()) << "its PIN came through two ciphers";
    const auto undone = till.void_payment({"void", first}, call(20s));
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_TRUE(undone->ok()) << *undone;
    const auto settled = till.settle(call(20s));
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(paid(), 350);
}

TEST_F(Sm4Change, IsTheHostsToOfferAndCanBeUndone) {
    use_sm4("005");
    {
        auto till = lane.open();
        const auto early = till.sale({"early", amount(1)}, call(20s));
        ASSERT_FALSE(early);
        EXPECT_EQ(early.error().code(), acquiring_errc::check_value_wrong) << "it answers as for 3DES";
    }
    offer("005");
    {
        auto till = lane.open();
        EXPECT_TRUE(sold(till, "sm4", 10).ok());
        const auto fresh = till.ask_host(acquiring::service::master_key, call(20s));
        ASSERT_TRUE(fresh) << fresh.error();
    }
    // The new master key is of SM4, too, and stays in the till's chain; the one of 3DES is as it was.
    use_tdes();
    auto till = lane.open();
    EXPECT_TRUE(sold(till, "tdes", 10).ok());
    EXPECT_EQ(paid(), 20);
}

TEST_F(Sm4Change, RefusesWhatIsNoKeyOfSm4) {
    const auto told = [&](const nlohmann::json& command) -> std::string {
        try {
            return lane.host(command).dump();
        } catch (const std::invalid_argument& why) {
            return why.what();
        }
    };
    nlohmann::json command{{"cmd", "sm4_terminal"}, {"terminal_id", terminal().terminal_id},
        {"tmk", sim::under_test_lmk(machine, "tmk", sim::test_keys::terminal_master).value()}};
    EXPECT_EQ(told(command), "tmk: no SM4 key of this cipher machine");
    command["tmk"] = sim::sm4_master_under_test_lmk(machine, sim::test_keys::sm4_terminal_master).value();
    command["sign_in_code"] = "5";
    EXPECT_EQ(told(command), "sign_in_code must be three digits");
    command["terminal_id"] = "OTHER001";
    EXPECT_EQ(told(command), "no such terminal");
}

} // namespace
} // namespace cipherlane::tests
