#include "dialect/profile_words.hpp"

#include "fail.hpp"

#include <cipherlane/core/nearest_word.hpp>

namespace cipherlane::hsm {

const toml_faults& profile_faults() noexcept {
    static const toml_faults faults{layer::hsm, "load profile",
        make_error_code(boost::system::errc::no_such_file_or_directory), make_error_code(hsm_errc::profile_syntax),
        make_error_code(hsm_errc::profile_value)};
    return faults;
}

error profile_fault(std::string_view path, const toml_value* at, std::string_view hint) {
    auto why = fail(hsm_errc::profile_value).during(profile_faults().operation).in_field(path).with_hint(hint);
    // Entries of a base stand in no text of the caller.
    if (at == nullptr || at->line() == 0) return why;
    return std::move(why).at_line(at->line());
}

void read_words(toml_reader& in, std::string_view key, text_map& into) {
    const auto* from = in.table(key);
    if (from == nullptr) return;
    auto words = in.section(key);
    for (const auto& item : from->items()) {
        std::string value;
        words.text(item.key(), value);
        into.insert_or_assign(item.key(), value);
    }
}

std::string unknown_word(std::string_view word, std::span<const std::string_view> known, std::string_view what) {
    std::string made(what);
    if (const auto near = nearest_word(word, known); !near.empty()) {
        made.append("; did you mean \"").append(near).append("\"?");
    }
    made.append("; allowed:");
    for (const auto each : known) {
        made.append(" ").append(each);
    }
    return made;
}

} // namespace cipherlane::hsm
