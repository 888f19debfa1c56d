// What a call through the C interface takes beyond the same call in C++: two cheap calls that share all their work, a
// question to a message and the XOR of a MAC. The bar is 50 ns a call.
#include "side_by_side.hpp"

#include <cipherlane/c/crypto.h>
#include <cipherlane/c/iso8583.h>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/message.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace cipherlane;

constexpr double bar_ns = 50;

void keep(const void* value) {
    asm volatile("" : : "r"(value) : "memory");
}

void must(bool good) {
    if (!good) std::abort();
}

bool row(const char* name, const bench::measured& figures) {
    const double over = 1e9 / figures.value - 1e9 / figures.limit;
    const bool met = over <= bar_ns;
    std::printf("%-32s C %7.1f ns  C++ %7.1f ns  over %6.1f ns  bar %4.0f ns %s\n", name, 1e9 / figures.value,
        1e9 / figures.limit, over, bar_ns, met ? "ok" : "MISSED");
    return met;
}

bool field_of_a_message() {
    constexpr std::string_view value = "000000001234";
    std::array<std::uint8_t, 16> room{};
    iso8583::message message("0200");
    message.set(4, value);
    cipherlane_iso8583_message handle = nullptr;
    must(cipherlane_iso8583_message_create(&handle, nullptr) == CIPHERLANE_OK);
    must(cipherlane_iso8583_set_field(handle, 4, value.data(), value.size(), nullptr) == CIPHERLANE_OK);
    cipherlane_status why;
    const auto figures = bench::side_by_side(
        [&] {
            cipherlane_buffer out{room.data(), room.size(), 0};
            must(cipherlane_iso8583_field(handle, 4, &out, &why) == CIPHERLANE_OK);
            keep(&out);
        },
        [&] {
            const auto found = message.binary(4);
            std::copy(found.begin(), found.end(), room.begin());
            keep(room.data());
        });
    cipherlane_iso8583_message_close(handle, nullptr);
    return row("a field of a message", figures);
}

bool mac_of_a_message() {
    const std::array<std::uint8_t, 8> material{0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22};
    const std::array<std::uint8_t, 64> data{};
    auto key = crypto::mac_key::create(crypto::algorithm::des, material, crypto::legacy_policy).value();
    cipherlane_key handle = nullptr;
    must(cipherlane_key_create(CIPHERLANE_KEY_MAC, CIPHERLANE_DES, material.data(), material.size(), "legacy",
             &handle, nullptr) == CIPHERLANE_OK);
    cipherlane_status why;
    cipherlane_block mac;
    const auto figures = bench::side_by_side(
        [&] {
            must(cipherlane_mac_make(handle, CIPHERLANE_MAC_UNIONPAY_ASCII, 0, data.data(), data.size(), &mac,
                     &why) == CIPHERLANE_OK);
            keep(&mac);
        },
        [&] {
            const auto made = crypto::unionpay_mac(key, data, crypto::unionpay_mac_form::ascii8);
            must(made.has_value());
            keep(&*made);
        });
    cipherlane_key_close(handle, nullptr);
    return row("a MAC of a message", figures);
}

} // namespace

int main() {
    const bool field = field_of_a_message();
    const bool mac = mac_of_a_message();
    return field && mac ? 0 : 1;
}
