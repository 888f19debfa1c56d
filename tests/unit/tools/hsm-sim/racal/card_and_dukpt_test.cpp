#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/emv.hpp"
#include "racal_answers.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace cipherlane::hsm_sim::tests {
namespace {

using cipherlane::tests::load_vectors;

const std::string zpk = "C7152C20BC2C830EA7EC9E8334ABE3FE";

std::string text(const std::string& hex) {
    return std::string(as_text(*from_hex(hex)));
}

/// Twelve account digits without the check digit.
std::string account_of(const std::string& pan) {
    return pan.substr(pan.size() - 13, 12);
}

TEST(Dukpt, TranslatesPublishedBlocks) {
    racal_unit unit;
    int rows = 0;
    for (const auto& row : load_vectors("dukpt_tdes.csv")) {
        if (!row.ok() || row["enc_pin_block"].empty()) continue;
        const auto answer =
            unit.ask("G0" + unit.field(slots::bdk1, 'U', row["bdk"]) + unit.field(slots::zpk, 'U', zpk) + "A05" +
                     row["ksn"] + row["enc_pin_block"] + "0101" + account_of(row["pan"]));
        ASSERT_EQ(answer.size(), 24U) << row["id"];
        clear_pin pin;
        EXPECT_TRUE(open_pin_block(
            clear_key(*from_hex(zpk)), pin_format::iso0, *from_hex(answer.substr(6, 16)), account_of(row["pan"]), pin)
                        .ok());
        EXPECT_EQ(pin.view(), row["pin"]) << row["id"];
        // The other way: CA to a DUKPT key.
        std::array<std::uint8_t, 8> block{};
        ASSERT_TRUE(
            seal_pin_block(clear_key(*from_hex(zpk)), pin_format::iso0, pin, account_of(row["pan"]), block).ok());
        EXPECT_EQ(unit.ask("CA" + unit.field(slots::tpk, 'U', zpk) + "*" + unit.field(slots::bdk1, 'U', row["bdk"]) +
                           "A05" + row["ksn"] + "12" + to_hex(block) + "0101" + account_of(row["pan"])),
            "CB000" + std::to_string(row["pin"].size()) + row["enc_pin_block"] + "01");
        ++rows;
    }
    EXPECT_GT(rows, 10);
}

TEST(Dukpt, MakesAndVerifiesPublishedMacs) {
    racal_unit unit;
    for (const auto& row : load_vectors("dukpt_tdes.csv")) {
        if (!row.ok() || row["mac_request"].empty()) continue;
        const auto bdk = unit.field(slots::bdk1, 'U', row["bdk"]);
        const auto data = text(row["mac_data"]);
        char length[5];
        std::snprintf(length, sizeof length, "%04zX", data.size());
        EXPECT_EQ(unit.ask("GW51" + bdk + "A05" + row["ksn"] + length + data), "GX00" + row["mac_request"])
            << row["id"];
        EXPECT_EQ(unit.ask("GW21" + bdk + "A05" + row["ksn"] + row["mac_request"] + length + data), "GX00");
        EXPECT_EQ(unit.ask("GW21" + bdk + "A05" + row["ksn"] + "00000000" + length + data), "GX01");
    }
}

TEST(Dukpt, EnciphersPublishedData) {
    racal_unit unit;
    for (const auto& row : load_vectors("dukpt_tdes.csv")) {
        if (!row.ok() || row["enc_data_request"].empty()) continue;
        char length[5];
        std::snprintf(length, sizeof length, "%04zX", row["data"].size());
        const auto& expected = row["enc_data_request"];
        EXPECT_EQ(unit.ask("M00111009" + unit.field(slots::bdk1, 'U', row["bdk"]) + "A05" + row["ksn"] +
                           std::string(16, '0') + length + row["data"]),
            "M100" + expected.substr(expected.size() - 16) + length + expected)
            << row["id"];
    }
}

TEST(Dukpt, DerivesTheInitialKey) {
    racal_unit unit;
    const auto row = load_vectors("dukpt_tdes.csv").front();
    auto initial = clear_key(*from_hex(row["ik"]));
    force_odd_parity(initial.span());
    EXPECT_EQ(
        unit.ask("A0A302U01" + unit.field(slots::bdk1, 'U', row["bdk"]) + row["ksn"].substr(0, 15)).substr(4, 33),
        unit.field(slots::ipek, 'U', to_hex(initial.view())));
}

TEST(Emv, VerifiesPublishedCryptograms) {
    racal_unit payshield;
    racal_unit tass("sjj1310");
    int rows = 0;
    for (const auto& row : load_vectors("emv_ac.csv")) {
        if (!row.ok() || row["mk_option"] != "A" || row["arqc"].empty()) continue;
        std::string digits = row["pan"] + (row["psn"].empty() ? "00" : row["psn"]);
        digits =
            digits.size() > 16 ? digits.substr(digits.size() - 16) : std::string(16 - digits.size(), '0') + digits;
        const auto card = card_key(clear_key(*from_hex(row["imk"])), *from_hex(digits));
        EXPECT_EQ(to_hex(card.view()), row["icc_mk"]) << row["id"];
        const auto data = *from_hex(row["data"]);
        char length[3];
        std::snprintf(length, sizeof length, "%02zX", data.size());
        if (row["skd"] == "PBOC") {
            auto master = clear_key(*from_hex(row["imk"])); // one row's has even bytes, which no unit keeps
            force_odd_parity(master.span());
            const auto body = tass.field(slots::mk_ac, 'U', to_hex(master.view())) + digits +
                              row["atc_or_r"].substr(0, 4) + length + row["data"];
            EXPECT_EQ(tass.ask("K60" + body + row["arqc"]), "K700") << row["id"];
            EXPECT_EQ(tass.ask("K60" + body + "0000000000000000"), "K701") << row["id"];
            EXPECT_EQ(tass.ask("K61" + body + row["arqc"] + row["arc_or_csu"]), "K700" + row["arpc"]) << row["id"];
            ++rows;
        }
        if (row["skd"].starts_with("NONE") && data.size() % 8 == 0) ++rows;
    }
    EXPECT_GT(rows, 0);
    // Visa: the card key over data filled with zeros, and the answer to it; a wrong cryptogram shows the right one.
    const std::string imk = "0123456789ABCDEFFEDCBA9876543210";
    const auto pan = *from_hex("0123456789012345");
    const auto card = card_key(clear_key(*from_hex(imk)), pan);
    const std::string head = "KQ10" + payshield.field(slots::mk_ac, 'U', imk) + std::string(as_text(pan)) +
                             text("000112345678") + "08" + text("0102030405060708") + ";";
    const auto shown = payshield.ask(head + text("0000000000000000") + "00");
    ASSERT_EQ(shown.substr(0, 4), "KR01");
    ASSERT_EQ(shown.size(), 12U);
    const auto arqc = shown.substr(4);
    EXPECT_EQ(payshield.ask(head + arqc + "00"),
        "KR00" + std::string(as_text(response_cryptogram(card, as_bytes(arqc), as_bytes("00")))));
    payshield.device.set_authorised(false);
    EXPECT_EQ(payshield.ask(head + text("0000000000000000") + "00"), "KR01");
}

TEST(Pins, VerifyAndOffsetAgree) {
    racal_unit unit;
    const std::string pvk = "0123456789ABCDEFFEDCBA9876543210";
    const auto tpk_field = unit.field(slots::tpk, 'U', zpk);
    const auto pvk_field = unit.field(slots::tpk, 'U', pvk);
    const std::string account = "100000000123";
    const clear_pin pin("1234");
    std::array<std::uint8_t, 8> block{};
    ASSERT_TRUE(seal_pin_block(clear_key(*from_hex(zpk)), pin_format::iso0, pin, account, block).ok());
    // Published: PVV 6629 of PIN 1234, PAN 4321000000001234, key index 1.
    EXPECT_EQ(unit.ask("DG" + pvk_field + "01234" + "100000000123" + "1"), "DH006629");
    EXPECT_EQ(unit.ask("DC" + tpk_field + pvk_field + to_hex(block) + "01" + account + "16629"), "DD00");
    EXPECT_EQ(unit.ask("DC" + tpk_field + pvk_field + to_hex(block) + "01" + account + "16628"), "DD01");
    EXPECT_EQ(unit.ask("FW002" + tpk_field + pvk_field + to_hex(block) + "01" + account + "1"), "FX006629");
    EXPECT_EQ(unit.ask("CU002" + tpk_field + pvk_field + to_hex(block) + "01" + account + "16629" + to_hex(block)),
        "CV006629");

    const std::string tables = "04" + account + "0123456789012345" + "1000000N0000";
    const auto offset = unit.ask("DE" + pvk_field + "01234" + tables);
    ASSERT_EQ(offset.size(), 16U) << offset;
    EXPECT_EQ(unit.ask("EE" + pvk_field + offset.substr(4) + tables), "EF0001234");
    EXPECT_EQ(
        unit.ask("DA" + tpk_field + pvk_field + "12" + to_hex(block) + "01" + tables + offset.substr(4)), "DB00");
    EXPECT_EQ(unit.ask("DA" + tpk_field + pvk_field + "12" + to_hex(block) + "01" + tables + "0000FFFFFFFF"), "DB01");
    EXPECT_EQ(unit.ask("BK002" + tpk_field + pvk_field + to_hex(block) + "01" + tables), "BL00" + offset.substr(4));
    EXPECT_EQ(
        unit.ask("DU002" + tpk_field + pvk_field + to_hex(block) + "01" + tables + offset.substr(4) + to_hex(block)),
        "DV00" + offset.substr(4));
    // A single-length key is told as a warning, with the offset.
    EXPECT_EQ(
        unit.ask("DE" + unit.field(slots::tpk, '0', "0123456789ABCDEF") + "01234" + tables).substr(0, 4), "DF02");
}

TEST(Pins, PolicyOfPci) {
    auto settings = *settings_of("payshield");
    settings.policy = pin_policy::pci;
    racal_unit unit(settings);
    EXPECT_EQ(
        unit.ask("CCBAB32D775A38E4ABU1EF828AA8F6B80EB83E19FBC373F3A8512F7808F2CBEC631680301550000025321"), "CD69");
    for (const auto& row : load_vectors("pin_translation_policy.csv")) {
        const auto format = [](const std::string& name) {
            const std::string digits = name.substr(name.find_first_of("0123456789"));
            return digits == "0"   ? pin_format::iso0
                   : digits == "1" ? pin_format::iso1
                   : digits == "2" ? pin_format::iso2
                   : digits == "3" ? pin_format::iso3
                   : digits == "4" ? pin_format::iso4
                                   : pin_format::none;
        };
        if (row["from_format"].find_first_of("01234") == std::string::npos ||
            row["to_format"].find_first_of("01234") == std::string::npos) {
            continue;
        }
        if (row["pan_changes"] == "yes") continue; // the commands that may change it say so themselves
        EXPECT_EQ(may_translate(pin_policy::pci, format(row["from_format"]), format(row["to_format"])), row.ok())
            << row["id"];
    }
}

TEST(Strict, RefusesWhatIsOutOfUse) {
    auto settings = *settings_of("payshield");
    settings.strict = true;
    racal_unit unit(settings);
    EXPECT_EQ(unit.ask("BU0200406FBB23A5214DF"), "BV27");
    EXPECT_EQ(unit.ask("BU021" + unit.field(slots::tpk, 'U', "0123456789ABCDEF0123456789ABCDEF")), "BV75");
    EXPECT_EQ(unit.ask("JCU8463435FC4B4DAA0C49025272C29B12C028DCC093FB0471F03550000025321"), "JD69");
}

} // namespace
} // namespace cipherlane::hsm_sim::tests
