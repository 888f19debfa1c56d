#include "crypto_test_support.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/cmac.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>
#include <cipherlane/crypto/key_block_keys.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::crypto {
namespace {

using version = key_block_version;

constexpr const char* tdes_kbpk = "89E88CF7931444F334BD7547FC3F380C";
constexpr const char* aes_kbpk = "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6";

key_block_protector protector_for(version which, std::string_view kbpk) {
    const auto cipher = which == version::d ? algorithm::aes : kbpk.size() == 16 ? algorithm::des : algorithm::tdes;
    const auto protection = test_key<key_block_protection_key>(cipher, kbpk);
    return key_block_protector::create(protection, which).value();
}

key_block_protector protector_for(version which) {
    return protector_for(which, which == version::d ? aes_kbpk : tdes_kbpk);
}

result<std::string> unwrapped(key_block_protector& by, std::string_view block) {
    bytes key(block.size() / 2);
    CIPHERLANE_TRY(const auto opened, by.unwrap(block, key));
    return to_hex(byte_view(key).first(opened.key_size));
}

struct sample {
    version which;
    const char* kbpk;
    const char* block;
    const char* key;
};

// psec's tests with the samples of TR-31:2018 A.7, and X9.143:2021 8.1.
constexpr std::array samples{
    sample{version::a, "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB",
        "A0088M3TC00E000062C2C14D8785A01A9E8283525CA96F490D0CC6346FC7C2AC1E6FF354468910379AA5BBA6",
        "EEEEEEEEEEEEEEEE"},
    sample{version::b, "89E88CF7931444F334BD7547FC3F380C",
        "B0120P0TE12E0100KS1800604B120F9292800000E6E28F097CB0350B2EB2DF520947F779FA34D9759CEE7E0DEEACF8353DB778D47FA4"
        "EC20DA3A9754",
        "F039121BEC83D26B169BDCD5B22AAF8F"},
    sample{version::c, "EFE0853B256B583D868F251CE99EA1D9",
        "C0072K0TN00N0000C9B875FF7A5316BF221C09ED52080DE0B45632A4EA9CE87699CB565E",
        "5DB50B454F8389ADCE573BE50861F2BF"},
    sample{version::d, aes_kbpk,
        "D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB54C48F4C4FEF7AC75"
        "E90FC47F1B77E7B19A73ED46E64410082557",
        "3F419E1CB7079442AA37474C2EFBF8B8"},
};

/// The fill of a published block, by deciphering it outside of the class under test.
bytes fill_of(const sample& from) {
    const std::string_view block = from.block;
    const auto header = key_block_header::parse(block).value();
    const auto cipher = from.which == version::d ? algorithm::aes : algorithm::tdes;
    const auto keys = derive_key_block_keys(from.which, cipher, hex(from.kbpk)).value();
    const std::size_t mac = 2 * key_block_mac_size(from.which);
    auto clear = hex(block.substr(header.text().size(), block.size() - header.text().size() - mac));
    const bool from_mac = from.which == version::b || from.which == version::d;
    const auto iv = from_mac ? hex(block.substr(block.size() - mac)) : bytes(block.begin(), block.begin() + 8);
    auto decipher = block_cipher::create(cipher, keys.encryption.expose()).value();
    EXPECT_TRUE(decipher.decrypt_cbc(iv, clear, clear).has_value());
    const std::size_t key_end = 2 + load_be16(clear.data()) / 8U;
    return {clear.begin() + static_cast<std::ptrdiff_t>(key_end), clear.end()};
}

TEST(KeyBlock, OpensAndMakesPublishedBlocks) {
    for (const auto& each : samples) {
        auto protector = protector_for(each.which, each.kbpk);
        EXPECT_EQ(unwrapped(protector, each.block).value(), each.key);
        const key_block_header_builder header(key_block_header::parse(each.block).value());
        EXPECT_EQ(protector.wrap_with_fill(header, hex(each.key), fill_of(each)).value(), each.block);
    }
}

/// Another character that may stand in the same place.
char other(char c) {
    return c == '1' ? '2' : '1';
}

TEST(KeyBlock, RefusesEveryChangeWithOneConditionAndShowsNothing) {
    for (const auto& each : samples) {
        auto protector = protector_for(each.which, each.kbpk);
        const std::string block = each.block;
        for (std::size_t at = 0; at < block.size(); ++at) {
            std::string changed = block;
            changed[at] = other(block[at]);
            bytes key(block.size(), 0x5A);
            const auto got = protector.unwrap(changed, key);
            ASSERT_FALSE(got.has_value()) << at;
            EXPECT_TRUE(got.error().is(condition::bad_message)) << at << " " << got.error();
            EXPECT_EQ(key, bytes(block.size(), 0x5A));
        }
        for (std::size_t size = 0; size < block.size(); ++size)
            EXPECT_TRUE(fails_with(unwrapped(protector, block.substr(0, size)), crypto_errc::bad_key_block));
        EXPECT_EQ(unwrapped(protector, block).value(), each.key); // and is ready for the next
    }
}

TEST(KeyBlock, NamesFieldAndOffset) {
    auto protector = protector_for(version::d);
    const std::string block = samples[3].block;
    const auto fault = [&](std::size_t at, char instead) {
        auto changed = block;
        changed[at] = instead;
        const auto got = unwrapped(protector, changed);
        return std::string(got.error().field()) + " " + std::to_string(got.error().offset().value_or(9999));
    };
    EXPECT_EQ(fault(0, 'B'), "version 0");
    EXPECT_EQ(fault(2, 'x'), "length 1");
    EXPECT_EQ(fault(4, '5'), "length 1");
    EXPECT_EQ(fault(6, '-'), "usage 5");
    EXPECT_EQ(fault(7, ' '), "algorithm 7");
    EXPECT_EQ(fault(12, 'A'), "number of optional blocks 12");
    EXPECT_EQ(fault(13, '1'), "cryptogram 135"); // the first 119 characters are taken for a block "2C"
    EXPECT_EQ(fault(20, 'G'), "cryptogram 20");
    EXPECT_EQ(fault(143, 'G'), "MAC 143");
}

TEST(KeyBlock, GoesThereAndBackWithEveryKey) {
    const struct {
        char letter;
        const char* usage;
        std::size_t size;
    } keys[] = {{'D', "D0", 8}, {'T', "P0", 16}, {'T', "P0", 24}, {'A', "D0", 16}, {'A', "D0", 24}, {'A', "D0", 32},
        {'H', "M7", 64}, {'R', "S0", 1200}};
    for (auto which : {version::a, version::b, version::c, version::d}) {
        auto protector = protector_for(which);
        auto again = protector.clone().value();
        for (const auto& each : keys) {
            bytes key(each.size);
            for (std::size_t i = 0; i < key.size(); ++i)
                key[i] = static_cast<std::uint8_t>(7 * i + each.size);
            for (auto hiding : {key_length_hiding::padded, key_length_hiding::none}) {
                const key_block_header_builder header(each.usage, each.letter, 'N');
                const auto block = protector.wrap(header, key, hiding).value();
                EXPECT_EQ(unwrapped(again, block).value(), to_hex(key));
                EXPECT_TRUE(check_key_block_shape(block).has_value());
            }
        }
    }
}

// SP 800-67: with both halves equal TDES is single DES, and so are their variants.
TEST(KeyBlock, SingleDesProtectionIsTdesWithEqualHalves) {
    for (auto which : {version::a, version::c}) {
        auto single = protector_for(which, "0123456789ABCDEF");
        auto twice = protector_for(which, "0123456789ABCDEF0123456789ABCDEF");
        const auto key = hex(samples[1].key);
        const key_block_header_builder header("P0", 'T', 'B');
        EXPECT_EQ(unwrapped(twice, single.wrap(header, key).value()).value(), samples[1].key);
        EXPECT_EQ(unwrapped(single, twice.wrap(header, key).value()).value(), samples[1].key);
    }
}

TEST(KeyBlock, HidesTheLengthOfTheKey) {
    for (auto which : {version::b, version::d}) {
        auto protector = protector_for(which);
        const auto size = [&](char letter, std::size_t key, key_length_hiding hiding) {
            return protector.wrap(key_block_header_builder("D0", letter, 'B'), bytes(key), hiding)->size();
        };
        EXPECT_EQ(size('D', 8, key_length_hiding::padded), size('T', 24, key_length_hiding::padded));
        EXPECT_EQ(size('A', 16, key_length_hiding::padded), size('A', 32, key_length_hiding::padded));
        EXPECT_LT(size('A', 16, key_length_hiding::none), size('A', 32, key_length_hiding::none));
    }
}

TEST(KeyBlock, RefusesWhatItCannotWrap) {
    auto protector = protector_for(version::d);
    const key_block_header_builder pin("P0", 'A', 'B');
    EXPECT_TRUE(fails_with(protector.wrap(pin, {}), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(protector.wrap(pin, bytes(17)), crypto_errc::bad_key_length));
    EXPECT_TRUE(fails_with(protector.wrap_with_fill(pin, bytes(16), bytes(1)), crypto_errc::bad_fill));
    const key_block_header_builder large("S0", 'R', 'S');
    EXPECT_TRUE(fails_with(protector.wrap(large, bytes(4990)), crypto_errc::bad_key_block));
    EXPECT_TRUE(fails_with(protector.wrap(large, bytes(9000)), crypto_errc::bad_key_length));
    const auto block = protector.wrap(pin, bytes(32)).value();
    bytes small(31);
    EXPECT_TRUE(fails_with(protector.unwrap(block, small), crypto_errc::buffer_too_small));
}

TEST(KeyBlock, AuthenticBlocksWithABadKeyLengthAreRefused) {
    // The vectors have them for B and D; here A, where the MAC covers the cryptogram.
    auto protector = protector_for(version::a);
    const auto keys = derive_key_block_keys(version::a, algorithm::tdes, hex(tdes_kbpk)).value();
    auto encipher = block_cipher::create(algorithm::tdes, keys.encryption.expose()).value();
    auto mac = block_cipher::create(algorithm::tdes, keys.authentication.expose()).value();
    const std::string header = "A0056P0TE00E0000";
    for (const char* length : {"0000", "0041", "0080", "FFF8"}) {
        auto inner = hex(std::string(length) + "0102030405060708090A0B0C0D0E");
        ASSERT_TRUE(encipher.encrypt_cbc(as_bytes(header).first(8), inner, inner).has_value());
        bytes all(header.begin(), header.end());
        all.insert(all.end(), inner.begin(), inner.end());
        bytes chain(8);
        ASSERT_TRUE(mac.cbc_checksum(chain, all).has_value());
        const auto got = unwrapped(protector, header + to_hex(inner) + to_hex(byte_view(chain).first(4)));
        EXPECT_TRUE(fails_with(got, crypto_errc::bad_key_block));
        EXPECT_EQ(got.error().field(), "key length");
    }
}

TEST(KeyBlock, EveryVersionTakesItsOwnProtectionKeys) {
    const auto make = [](algorithm cipher, const char* kbpk, version which) {
        return key_block_protector::create(test_key<key_block_protection_key>(cipher, kbpk), which);
    };
    EXPECT_TRUE(make(algorithm::des, "0123456789ABCDEF", version::a).has_value());
    EXPECT_TRUE(make(algorithm::des, "0123456789ABCDEF", version::c).has_value());
    EXPECT_TRUE(fails_with(make(algorithm::des, "0123456789ABCDEF", version::b), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(fails_with(make(algorithm::tdes, tdes_kbpk, version::d), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(fails_with(make(algorithm::aes, tdes_kbpk, version::b), crypto_errc::unsupported_algorithm));
    EXPECT_TRUE(fails_with(make(algorithm::sm4, tdes_kbpk, version::d), crypto_errc::unsupported_algorithm));
    auto other_version = protector_for(version::c);
    EXPECT_TRUE(fails_with(unwrapped(other_version, samples[0].block), crypto_errc::bad_key_block));
}

TEST(KeyBlockHeader, KeepsOptionalBlocksInOrder) {
    key_block_header_builder builder("B0", 'T', 'X');
    builder.set_key_version("12").set_exportability('S').set_reserved("01");
    builder.add_option("LB", "a label, \"printable\"").add_option("CT", std::string(1000, 'Q'));
    builder.add_option("KS", "00604B120F9292800000").add_option("LB", std::string(251, 'x')).add_option("42", "");
    for (auto which : {version::b, version::d}) {
        auto protector = protector_for(which);
        const auto block = protector.wrap(builder, bytes(16, 1)).value();
        const auto header = key_block_header::parse(block).value();
        std::vector<std::string> seen;
        for (const auto& option : header)
            seen.push_back(std::string(option.id) + std::to_string(option.data.size()));
        if (seen.back().starts_with("PB")) seen.pop_back();
        EXPECT_EQ(seen, (std::vector<std::string>{"LB20", "CT1000", "KS20", "LB251", "420"}));
        EXPECT_EQ(header.text().size() % key_block_unit(which), 0U);
        EXPECT_EQ(header.find_option("KS")->data, "00604B120F9292800000");
        EXPECT_FALSE(header.find_option("TS"));
        EXPECT_EQ(header.key_version(), "12");
        EXPECT_EQ(header.exportability(), 'S');
        EXPECT_EQ(header.reserved(), "01");
        EXPECT_EQ(header.block_length(), block.size());
        EXPECT_EQ(unwrapped(protector, block).value(), to_hex(bytes(16, 1)));
    }
}

TEST(KeyBlockHeader, CountsExtendedLengthsInCharacters) {
    // X9.143:2021 8.5 and 8.6 begin their certificate block so: 00, four digits, 1280 characters.
    const std::string text = "D1520S0RS00N0100CT00040500" + std::string(1270, 'M');
    const auto header = key_block_header::parse(text).value();
    EXPECT_EQ(header.begin()->size, 1280U);
    EXPECT_EQ(header.begin()->data, std::string(1270, 'M'));
    EXPECT_EQ(++header.begin(), header.end());
    EXPECT_TRUE(key_block_header::parse("D0000S0RS00N0100CT000309A" + std::string(145, 'M')).has_value());
    for (const char* bad : {"D0000S0RS00N0100CT00", "D0000S0RS00N0100CT0000", "D0000S0RS00N0100CT00050000A",
             "D0000S0RS00N0100CT00020X", "D0000S0RS00N0100CT000207", "D0000S0RS00N0100CT0004050"}) {
        EXPECT_TRUE(fails_with(key_block_header::parse(bad), crypto_errc::bad_key_block)) << bad;
    }
}

TEST(KeyBlockHeader, BuilderMakesNoHeaderThatBreaksTheStandard) {
    const auto field = [](const key_block_header_builder& builder) {
        const auto built = builder.build(version::d, 128);
        return built ? "built" : std::string(built.error().field());
    };
    using make = key_block_header_builder;
    EXPECT_EQ(field(make("P0", 'A', 'E')), "built");
    EXPECT_EQ(field(make("42", 'A', 'Y')), "built"); // proprietary
    EXPECT_EQ(field(make("Q0", 'A', 'E')), "usage");
    EXPECT_EQ(field(make("P", 'A', 'E')), "usage");
    EXPECT_EQ(field(make("P0", 'R', 'E')), "algorithm");
    EXPECT_EQ(field(make("P0", 'A', 'X')), "mode of use");
    EXPECT_EQ(field(make("P0", 'A', 'E').set_exportability('Q')), "exportability");
    EXPECT_EQ(field(make("P0", 'A', 'E').set_key_version("1")), "key version");
    EXPECT_EQ(field(make("P0", 'A', 'E').set_reserved("000")), "reserved");
    EXPECT_EQ(field(make("P0", 'A', 'E').add_option("T", "x")), "optional block");
    EXPECT_EQ(field(make("P0", 'A', 'E').add_option("LB", "\x01")), "optional block");
    EXPECT_EQ(field(make("P0", 'A', 'E').add_option("KC", "0")), "optional block");
    EXPECT_EQ(field(make("B1", 'A', 'X').add_option("KS", "00604B120F9292800000")), "optional block");
    EXPECT_EQ(field(make("B1", 'A', 'X').add_option("IK", "1234567890123456")), "built");
    EXPECT_EQ(field(make("P0", 'A', 'E').add_option("CT", std::string(9900, 'x'))), "length");
    make many("P0", 'A', 'E');
    for (int i = 0; i < 100; ++i)
        many.add_option("LB", "");
    EXPECT_EQ(field(many), "number of optional blocks");
}

TEST(KeyBlockHeader, CheckSaysWhatIsUnusualAndWhere) {
    const auto findings = [](std::string_view text) {
        std::string all;
        for (const auto& each : check_key_block_header(key_block_header::parse(text).value()))
            all += std::string(each.field) + "@" + std::to_string(each.offset) + " ";
        return all;
    };
    EXPECT_EQ(findings("D0144P0AE00E0000"), "");
    EXPECT_EQ(findings("A0144P0TE00E0000"), "version@0 ");
    EXPECT_EQ(findings("B0144zzZz00z0001"), "algorithm@7 mode of use@8 exportability@11 reserved@14 usage@5 ");
    EXPECT_EQ(findings("D0144P0AE00E0100ZZ0A123456"), "optional block@16 optional block@16 ");
    EXPECT_EQ(findings("D0144P0AE00E01009910123456789012"), "") << "left to proprietary use";
    EXPECT_EQ(findings("B0144M3TC00E0200KS050KS060A"), "optional block@16 optional block@21 optional block@16 ");
}

// What people get from service providers and want read: nothing here makes or opens them.
TEST(KeyBlockHeader, ExplainsThalesBlocksAndVersionE) {
    const auto thales = key_block_header::parse("10096P0TE00N0000").value();
    EXPECT_TRUE(is_thales_block(thales.version()));
    EXPECT_EQ(describe_key_block_version(thales.version()), "Thales' own, under an AES local master key");
    EXPECT_TRUE(check_key_block_header(thales).empty());
    const auto old = key_block_header::parse("0007271TB00S0001").value();
    EXPECT_EQ(describe_key_usage(old.usage(), old.version()), "terminal PIN key (TPK)");
    EXPECT_TRUE(check_key_block_header(old).empty()) << "the last two characters number the local master key";
    EXPECT_EQ(check_key_block_header(key_block_header::parse("00072X9TB00S0000").value()).front().field, "usage");
    const auto counter = key_block_header::parse("E0144P0AE00E0000").value();
    EXPECT_NE(describe_key_block_version(counter.version()).find("ISO 20038"), std::string_view::npos);
    EXPECT_TRUE(check_key_block_header(counter).empty());
    for (const auto which : {version::e, version::thales_tdes, version::thales_aes}) {
        for (const auto cipher : {algorithm::aes, algorithm::tdes}) {
            const auto protection =
                key_block_protection_key::create(cipher, hex("0123456789ABCDEFFEDCBA9876543210"), legacy_policy)
                    .value();
            EXPECT_FALSE(key_block_protector::create(protection, which));
        }
    }
    EXPECT_TRUE(fails_with(key_block_header::parse("F0144P0AE00E0000"), crypto_errc::bad_key_block));
}

TEST(KeyBlockHandles, CarryTheUsageOfTheBlock) {
    auto protector = protector_for(version::d);
    const auto pin = test_key<pin_key>(algorithm::aes, "00112233445566778899AABBCCDDEEFF");
    const auto block = wrap_key(protector, key_block_header_builder("P0", 'A', 'E'), pin, pci_policy).value();
    const auto back = unwrap_key<purpose::pin_encryption>(protector, block, key_block_use::forward, pci_policy);
    ASSERT_TRUE(back.has_value()) << back.error();
    EXPECT_EQ(back->check_value(kcv_method::cmac, 5).value(), pin.check_value(kcv_method::cmac, 5).value());
    const auto refused = [&](const auto& got, std::string_view field) {
        return fails_with(got, crypto_errc::key_use_refused) && got.error().field() == field;
    };
    constexpr auto both = key_block_use::both;
    EXPECT_TRUE(refused(unwrap_key<purpose::mac>(protector, block, both, pci_policy), "usage"));
    EXPECT_TRUE(refused(unwrap_key<purpose::pin_encryption>(protector, block, both, pci_policy), "mode of use"));
    EXPECT_TRUE(refused(
        unwrap_key<purpose::pin_encryption>(protector, block, key_block_use::reverse, pci_policy), "mode of use"));
    EXPECT_TRUE(refused(
        unwrap_key<purpose::pin_encryption>(protector, block, key_block_use::derive, pci_policy), "mode of use"));
    EXPECT_TRUE(refused(wrap_key(protector, key_block_header_builder("M6", 'A', 'C'), pin, pci_policy), "usage"));
    EXPECT_TRUE(refused(wrap_key(protector, key_block_header_builder("P0", 'T', 'B'), pin, pci_policy), "algorithm"));
    const auto sm4 = test_key<pin_key>(algorithm::sm4, "00112233445566778899AABBCCDDEEFF");
    EXPECT_TRUE(fails_with(wrap_key(protector, key_block_header_builder("P0", 'A', 'B'), sm4, cup_pos_policy),
        crypto_errc::unsupported_algorithm));
    const auto hmac = protector.wrap(key_block_header_builder("M7", 'H', 'C'), bytes(32, 1)).value();
    EXPECT_TRUE(refused(unwrap_key<purpose::mac>(protector, hmac, both, pci_policy), "usage"));
}

TEST(KeyBlockHandles, SingleDesTravelsAsTdesInOldBlocks) {
    auto protector = protector_for(version::b);
    const auto des = test_key<mac_key>(algorithm::des, "0123456789ABCDEF");
    const auto block = wrap_key(protector, key_block_header_builder("M1", 'T', 'C'), des, cup_pos_policy).value();
    const auto back = unwrap_key<purpose::mac>(protector, block, key_block_use::both, cup_pos_policy);
    EXPECT_EQ(back->cipher(), algorithm::des);
    EXPECT_TRUE(fails_with(
        unwrap_key<purpose::mac>(protector, block, key_block_use::both, pci_policy), crypto_errc::refused_by_policy));
}

TEST(KeyBlockHandles, WeakProtectionIsAMatterOfPolicy) {
    auto weak = protector_for(version::b);
    const auto strong = test_key<data_key>(algorithm::aes, "00112233445566778899AABBCCDDEEFF");
    const key_block_header_builder header("D0", 'A', 'B');
    EXPECT_TRUE(fails_with(wrap_key(weak, header, strong, pci_policy), crypto_errc::refused_by_policy));
    const auto block = wrap_key(weak, header, strong, legacy_policy).value();
    constexpr auto both = key_block_use::both;
    EXPECT_TRUE(unwrap_key<purpose::data_encryption>(weak, block, both, cup_pos_policy).has_value());
    EXPECT_TRUE(fails_with(
        unwrap_key<purpose::data_encryption>(weak, block, both, pci_policy), crypto_errc::refused_by_policy));
}

TEST(KeyBlockHandles, RewrappingKeepsTheHeaderAndTheExportability) {
    auto from = protector_for(version::b);
    auto to = protector_for(version::d);
    const std::string_view exportable = samples[1].block;
    const auto moved = rewrap_key_block(from, exportable, to, pci_policy).value();
    EXPECT_EQ(unwrapped(to, moved).value(), samples[1].key);
    const auto header = key_block_header::parse(moved).value();
    EXPECT_EQ(header.text().substr(5, 7), exportable.substr(5, 7));
    EXPECT_EQ(header.find_option("KS")->data, "00604B120F9292800000");
    const auto kept = from.wrap(key_block_header_builder("P0", 'T', 'B'), bytes(16, 1)).value();
    EXPECT_TRUE(fails_with(rewrap_key_block(from, kept, to, pci_policy), crypto_errc::key_use_refused));
    key_block_header_builder aes("D0", 'A', 'B');
    const auto block = to.wrap(aes.set_exportability('E'), bytes(16, 1)).value();
    EXPECT_TRUE(fails_with(rewrap_key_block(to, block, from, pci_policy), crypto_errc::refused_by_policy));
}

} // namespace
} // namespace cipherlane::crypto
