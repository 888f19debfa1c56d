#include "../../refusals.hpp"
#include "keypad_loader.hpp"
#include "shipped_texts.hpp"

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_description.hpp>

namespace cipherlane::drivers {

result<secret_bytes> keypad_description::line_of(const keypad_step& step, const keypad_data& values) const {
    CIPHERLANE_TRY(auto content, step.send.fill_in(values));
    if (step.how == keypad_step::packed::as_is || content.empty()) return content;
    const auto& packed_by = layout_of(step);
    if (content.size() > packed_by.most_content()) return refused(drivers_errc::too_long);
    auto packed = packed_by.pack(content.expose());
    secret_bytes whole(packed);
    wipe(packed);
    return whole;
}

result<keypad_description> parse_keypad_description(std::string_view text, std::string_view source) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, description_faults(), source));
    return keypad_loader(root, source).load();
}

result<keypad_description> load_keypad_description(const std::string& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, description_faults()));
    return keypad_loader(root, file).load();
}

std::vector<std::string_view> shipped_keypads() {
    std::vector<std::string_view> names;
    for (const auto& one : shipped_texts())
        names.push_back(one.name);
    return names;
}

result<keypad_description> shipped_keypad(std::string_view name) {
    for (const auto& one : shipped_texts()) {
        if (one.name == name) return parse_keypad_description(one.text, std::string(name) + ".toml");
    }
    return unknown_driver(name, shipped_keypads());
}

} // namespace cipherlane::drivers
