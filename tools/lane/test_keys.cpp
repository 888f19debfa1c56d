#include "lane/test_keys.hpp"

#include "hsm-sim/keys/lmk.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>

namespace cipherlane::sim {

namespace {

error no_test_key() {
    return error(make_error_code(boost::system::errc::invalid_argument), layer::tools).during("test key");
}

} // namespace

result<std::string> sm4_master_under_test_lmk(std::string_view profile, std::string_view clear_hex) {
    const bool tass = profile == "sjj1310";
    if (!tass && profile != "sjl05" && profile != "sjl06") return no_test_key();
    CIPHERLANE_TRY(const auto clear, from_hex(clear_hex));
    std::array<std::uint8_t, 16> wrapped{};
    if (clear.size() != wrapped.size()) return no_test_key();
    hsm_sim::lmk_set::test()->wrap(hsm_sim::slots::tpk, hsm_sim::part_rule::ecb, clear, wrapped);
    return (tass ? "R" : "S") + to_hex(wrapped);
}

result<std::string> under_test_lmk(std::string_view profile, std::string_view type, std::string_view clear_hex) {
    const bool westone = profile == "sjj1312";
    // A Westone unit holds transport keys under the slot of zone masters; a Racal unit has one for terminal masters.
    const auto slot = type == "zpk" ? hsm_sim::slots::zpk : westone ? hsm_sim::slots::zmk : hsm_sim::slots::tpk;
    CIPHERLANE_TRY(const auto clear, from_hex(clear_hex));
    std::array<std::uint8_t, 16> wrapped{};
    if (clear.size() != wrapped.size()) return no_test_key();
    const auto rule = westone ? hsm_sim::part_rule::ecb : hsm_sim::part_rule::variant;
    hsm_sim::lmk_set::test()->wrap(slot, rule, clear, wrapped);
    return (westone ? "" : "U") + to_hex(wrapped);
}

} // namespace cipherlane::sim
