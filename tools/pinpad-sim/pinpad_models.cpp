#include "pinpad-sim/pinpad_models.hpp"

#include "pinpad-sim/keypad/escape_model.hpp"
#include "pinpad-sim/keypad/framed_models.hpp"
#include "pinpad-sim/keypad/visa_model.hpp"

#include <array>
#include <memory>
#include <utility>

namespace cipherlane::sim {
namespace {

using with_keys = std::unique_ptr<simulated_device> (*)(keypad_model::settings, master_keys, surroundings);

template <auto Which, class Model>
std::unique_ptr<simulated_device> make_variant(keypad_model::settings with, master_keys keys, surroundings around) {
    return std::make_unique<Model>(Which, with, std::move(keys), std::move(around));
}

template <class Model>
std::unique_ptr<simulated_device> make_only(keypad_model::settings with, master_keys keys, surroundings around) {
    return std::make_unique<Model>(with, std::move(keys), std::move(around));
}

using escape_set = escape_model::set;
using bare_set = bare_model::set;
using visa_make = visa_model::make;

constexpr std::array<std::pair<std::string_view, with_keys>, 10> keypads{{
    {"psbc", make_variant<escape_set::postal, escape_model>},
    {"psbc-sm4", make_variant<escape_set::postal_sm4, escape_model>},
    {"psbc-sm4-serial", make_variant<escape_set::postal_sm4, escape_model>},
    {"h002", make_variant<escape_set::h002, escape_model>},
    {"guoguang", make_variant<bare_set::guoguang, bare_model>},
    {"start", make_variant<bare_set::plain, bare_model>},
    {"zt588", make_only<zt588_model>},
    {"epp", make_only<epp_model>},
    {"pp1000se", make_variant<visa_make::verifone, visa_model>},
    {"pp791", make_variant<visa_make::uic, visa_model>},
}};

constexpr std::string_view abecs = "abecs";

} // namespace

std::vector<std::string_view> pinpad_models() {
    std::vector<std::string_view> names{abecs};
    for (const auto& one : keypads)
        names.push_back(one.first);
    return names;
}

device_simulator::maker pinpad_maker(
    std::string_view family, pad_model::settings with, master_keys keys, const logger& log) {
    const auto kept = std::make_shared<master_keys>(std::move(keys));
    if (family == abecs) {
        return [kept, with, log](surroundings around) {
            return std::make_unique<pad_model>(with, std::move(*kept), std::move(around), log);
        };
    }
    for (const auto& [name, make] : keypads) {
        if (name != family) continue;
        return [kept, make = make, idle = with.idle](
                   surroundings around) { return make({idle}, std::move(*kept), std::move(around)); };
    }
    return nullptr;
}

} // namespace cipherlane::sim
