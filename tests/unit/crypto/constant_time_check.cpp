// Run under valgrind, which takes the secrets below for uninitialised memory: a branch or an address that depends on
// one is an error. Covers this layer's own code; what OpenSSL does with its tables is not looked at. With the
// argument "leak" it branches on a secret on purpose, to show that the method sees it.
#include "decimalize.hpp"
#include "mac_check.hpp"
#include "script_padding.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_policy.hpp>
#include <cipherlane/crypto/mac_value.hpp>
#include <cipherlane/crypto/pin_block.hpp>

#include <cstdio>
#include <cstring>
#include <string_view>
#include <valgrind/memcheck.h>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
    VALGRIND_MAKE_MEM_DEFINED(&holds, sizeof holds); // the test may know
    if (holds) return;
    std::printf("%s\n", what);
    ++failures;
}

bytes secret(std::string_view digits) {
    bytes data = from_hex(digits).value();
    VALGRIND_MAKE_MEM_UNDEFINED(data.data(), data.size());
    return data;
}

void pin_blocks() {
    constexpr const char* pan = "5555555551234567";
    const struct {
        pin_block_format format;
        const char* block;
        bool good;
    } rows[] = {
        {pin_block_format::iso_0, "041261AAAAEDCBA9", true},
        {pin_block_format::iso_0, "041261AAAAEDCBAA", false},
        {pin_block_format::iso_0, "0D1261AAAAEDCBA9", false},
        {pin_block_format::iso_1, "1512345EDCBA9876", true},
        {pin_block_format::iso_2, "241234FFFFFFFFFF", true},
        {pin_block_format::iso_3, "341261AAAAEDCBA9", true},
        {pin_block_format::iso_4, "441234AAAAAAAAAAFFFFFFFFFFFFFFFF", true},
        {pin_block_format::unionpay_sm4, "06123456FFFFFFFFFFFFAAAAAAEDCBA9", true},
        {pin_block_format::unionpay_sm4, "06123456FFFFFFFFFFFF0AAAAAEDCBA9", false},
    };
    for (const auto& row : rows) {
        const auto pin = pin_block_codec::decode(row.format, secret(row.block), pan);
        expect(pin.has_value() == row.good, row.block);
    }
    const auto pin = pin_block_codec::decode(pin_block_format::iso_0, secret("041261AAAAEDCBA9"), pan);
    const auto again = pin_block_codec::encode(pin_block_format::iso_0, *pin, pan); // a secret PIN of secret length
    expect(again.has_value(), "encode");
    expect(*pin == pin->clone(), "compare");
}

void keys() {
    for (const auto* policy : {&cup_pos_policy, &legacy_policy, &pci_policy}) {
        const auto judged =
            check_key(algorithm::tdes, secret("0123456789ABCDEFFEDCBA9876543210"), purpose::pin_encryption, *policy);
        expect(judged.has_value(), "check_key");
    }
    bytes material = secret("0023456789ABCDEF");
    set_odd_parity(material);
    expect(has_odd_parity(material), "parity");
}

void macs() {
    const mac_value computed(secret("A1C72E74EA3FA9B6"));
    expect(computed.matches(from_hex("A1C72E74").value(), 4), "MAC");
    expect(!computed.matches(from_hex("A1C72E75").value(), 4), "wrong MAC");
}

void comparisons() {
    const mac_value computed(secret("A1C72E74EA3FA9B6"));
    expect(check_mac(computed, from_hex("A1C72E74EA3FA9B6").value(), 8, "MAC").has_value(), "check_mac");
    expect(!check_mac(computed, from_hex("A1C72E74EA3FA9B7").value(), 8, "MAC").has_value(), "check_mac, wrong MAC");
    const secret_bytes one(secret("A1C72E74"));
    expect(one == one.clone(), "secret_bytes");
}

/// Text is compared as secrets are: the ordinary comparison ends where it differs.
void expect_digits(std::span<const char> got, std::string_view wanted, const char* what) {
    expect(equal_in_constant_time(as_bytes({got.data(), got.size()}), as_bytes(wanted)), what);
}

void digits() {
    std::array<char, 16> places{};
    decimalize_in_two_passes(secret("EAD4FCAAFAFF2E9C"), std::span(places).first(4));
    expect_digits(std::span(places).first(4), "4294", "decimalize in two passes");
    decimalize_by_table(secret("0123456789ABCDEF"), "9876543210123456", places);
    expect_digits(places, "9876543210123456", "decimalize by table");
    const bytes pin = secret("35363335"); // "5635"
    std::array<char, 4> sum{};
    add_digits(as_text(pin), "8888", sum);
    expect_digits(sum, "3413", "add digits");
    subtract_digits(as_text(pin), "1111", sum);
    expect_digits(sum, "4524", "subtract digits");
    std::array<std::uint8_t, 2> packed{};
    pack_hex_digits(as_text(pin), packed);
    expect(equal_in_constant_time(packed, from_hex("5635").value()), "pack digits");
}

void script_padding() {
    for (const auto& [data, size] :
        {std::pair{"0412348000000000", 5U}, std::pair{"8000000000000000", 8U}, std::pair{"0412340000000000", 0U},
            std::pair{"8000000000000001", 0U}, std::pair{"0412348000800080", 1U}}) {
        expect(script_padding_of(secret(data)) == size, data);
    }
}

void leak() {
    const bytes data = secret("01");
    if (data[0] == 1) std::puts("leaked");
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "leak") == 0) {
        leak();
        return 0;
    }
    pin_blocks();
    keys();
    macs();
    comparisons();
    digits();
    script_padding();
    return failures == 0 ? 0 : 1;
}
