#pragma once

#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>
#include <string>

namespace cipherlane::hsm_sim::tests {

/// A unit with the test keys, asked without a network.
class racal_unit {
  public:
    explicit racal_unit(unit_settings settings)
        : device(std::move(settings), lmk_set::test())
        , processor(device) {}
    explicit racal_unit(const std::string& profile = "payshield")
        : racal_unit(*settings_of(profile)) {}

    std::string ask(std::string_view request) {
        std::string out;
        processor.answer(request, out);
        return out;
    }

    /// A clear key in hex as a field of a request: under the slot's local master key, behind the tag.
    std::string field(lmk_slot slot, char tag, const std::string& clear_hex) {
        const auto clear = *from_hex(clear_hex);
        std::string out;
        command(device, *device.lmks(), {}, 32, out).put_key(slot, tag, clear_key(clear));
        return out;
    }

    unit device;
    racal_processor processor;
};

} // namespace cipherlane::hsm_sim::tests
