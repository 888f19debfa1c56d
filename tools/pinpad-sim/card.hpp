#pragma once

#include <cipherlane/core/bytes.hpp>

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace cipherlane::sim {

/// A card as the rig presents it: nothing about it is a constant of the simulator.
struct test_card {
    enum class kind { magnetic, chip, contactless };
    enum class pin_kind { online, offline, none };

    kind what = kind::magnetic;
    std::string pan;
    std::string track1, track2, track3; ///< '=' as separator
    std::string expiry;                 ///< YYMMDD
    std::string sequence = "01";
    std::string label, holder;
    pin_kind pin = pin_kind::online;
    std::string offline_pin;
    std::map<std::string, bytes> objects; ///< by tag in upper-case hex
    bool offline = false;                 ///< approves by itself where the host cannot be asked
    bool believes_issuer = true;          ///< otherwise it says so behind the approval (tag 95, byte 5, bit 7)
    bool accepts = true;                  ///< what it says after the host's approval

    /// From the control command `card`. Throws `std::invalid_argument` naming what is wrong.
    [[nodiscard]] static test_card from(const nlohmann::json& request);

    /// The GCR answer's data block for this card (ABECS 3.6.1).
    [[nodiscard]] std::string answer_block() const;
};

} // namespace cipherlane::sim
