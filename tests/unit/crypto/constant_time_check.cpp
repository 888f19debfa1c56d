// Run under valgrind, which takes the secrets below for uninitialised memory: a branch or an address that depends on
// one is an error. Covers this layer's own code; what OpenSSL does with its tables is not looked at. With the
// argument "leak" it branches on a secret on purpose, to show that the method sees it.
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
    expect(computed.matches(from_hex("A1C72E74").value()), "MAC");
    expect(!computed.matches(from_hex("A1C72E75").value()), "wrong MAC");
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
    return failures == 0 ? 0 : 1;
}
