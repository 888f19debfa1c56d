#include "hsm-sim/keys/mac.hpp"

#include "hsm-sim/westone/commands.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::hsm_sim {
namespace {

struct mac_request {
    std::uint8_t algorithm = 0;
    raw_key key;
    byte_view iv;
    byte_view given;
    byte_view data;
};

/// 01 XOR and encrypt, 02 X9.9 with the whole key, 03 X9.19.
void run_mac_request(westone_exchange& x, const mac_request& asked, std::array<std::uint8_t, 8>& state) {
    if (!x.ready()) return;
    static constexpr mac_method methods[] = {mac_method::xor_fold, mac_method::cbc, mac_method::retail};
    if (asked.algorithm < 1 || asked.algorithm > std::size(methods)) return x.fail(westone_error::algorithm);
    const auto key = x.open(asked.key, x.type_named("12"));
    if (!x.ready()) return;
    if (asked.data.empty()) return x.fail(westone_error::input_length);
    std::copy(asked.iv.begin(), asked.iv.end(), state.begin());
    (void)run_mac(key, methods[asked.algorithm - 1], mac_padding::zeros, true, asked.data, state);
}

/// D1 32
void make_mac(westone_exchange& x) {
    mac_request asked;
    asked.algorithm = x.byte();
    asked.key = x.key_by_length();
    asked.iv = x.take(8);
    asked.data = x.data();
    std::array<std::uint8_t, 8> mac{};
    run_mac_request(x, asked, mac);
    if (x.ready()) x.put(mac);
}

/// D1 34
void verify_mac(westone_exchange& x) {
    mac_request asked;
    asked.algorithm = x.byte();
    asked.key = x.key_by_length();
    asked.iv = x.take(8);
    asked.given = x.take(4);
    asked.data = x.data();
    std::array<std::uint8_t, 8> mac{};
    run_mac_request(x, asked, mac);
    if (!x.ready()) return;
    if (!equal_in_constant_time(byte_view(mac).first(4), asked.given)) return x.fail(westone_error::mac);
    x.put(mac);
}

constexpr westone_row westone_mac_table[] = {
    {0xD1, 0x32, make_mac},
    {0xD1, 0x34, verify_mac},
};

} // namespace

std::span<const westone_row> westone_mac_commands() noexcept {
    return westone_mac_table;
}

} // namespace cipherlane::hsm_sim
