#pragma once

#include "hsm-sim/keys/key_block.hpp"
#include "hsm-sim/racal/command.hpp"
#include "hsm-sim/unit/unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/profile.hpp>
#include <cipherlane/hsm/types.hpp>

#include <string>

namespace cipherlane::hsm::tests {

/// Clear keys as a simulated unit under the published local master keys would hand them out. A real unit's keys are
/// not known, so what hangs on them cannot be asked of one.
class known_keys {
  public:
    explicit known_keys(std::shared_ptr<const profile> dialect)
        : dialect_(std::move(dialect))
        , keys_(hsm_sim::lmk_set::test()) {}

    [[nodiscard]] key field(key_type type, const std::string& clear_hex) const {
        const auto clear = from_hex(clear_hex).value();
        const std::string name(to_string(type));
        if (dialect_->raw_keys) {
            const auto code = *dialect_->code("key_type", name);
            const auto slot = hsm_sim::settings_of("sjj1312")->raw_key_types.at(code);
            return key(wrapped(slot, hsm_sim::part_rule::ecb, clear));
        }
        if (dialect_->scheme('S') != nullptr && dialect_->scheme('S')->wrap == key_wrap::thales_block) {
            const hsm_sim::block_attributes what{*dialect_->code("key_usage", name), 'T', 'N', "00", 'E'};
            return key("S" + hsm_sim::wrap_block(
                                 hsm_sim::block_kind::thales, keys_->block_key(), what, hsm_sim::clear_key(clear)));
        }
        const auto slot = hsm_sim::slot_of_key_type(*dialect_->code("key_type", name)).value();
        return key("U" + wrapped(slot, hsm_sim::part_rule::variant, clear));
    }

  private:
    [[nodiscard]] std::string wrapped(hsm_sim::lmk_slot slot, hsm_sim::part_rule rule, const bytes& clear) const {
        bytes out(clear.size());
        keys_->wrap(slot, rule, clear, out);
        return to_hex(out);
    }

    std::shared_ptr<const profile> dialect_;
    std::shared_ptr<const hsm_sim::lmk_set> keys_;
};

} // namespace cipherlane::hsm::tests
