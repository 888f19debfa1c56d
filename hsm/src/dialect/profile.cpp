#include <cipherlane/hsm/profile.hpp>

#include <algorithm>

namespace cipherlane::hsm {
namespace {

template <class Range, class Match>
auto find_ptr(const Range& range, Match match) noexcept -> decltype(&*range.begin()) {
    auto at = std::find_if(range.begin(), range.end(), match);
    return at == range.end() ? nullptr : &*at;
}

std::string_view look_up(const std::map<std::string, std::string, std::less<>>& in, std::string_view key) noexcept {
    auto at = in.find(key);
    return at == in.end() ? std::string_view{} : std::string_view(at->second);
}

} // namespace

const command_spec* profile::command(std::string_view code) const noexcept {
    return find_ptr(commands, [&](const command_spec& c) { return c.code == code; });
}

const command_spec* profile::command_on_wire(byte_view start) const noexcept {
    if (start.size() < 2) return nullptr;
    const std::pair<std::uint16_t, std::uint16_t> wanted{load_be16(start.data()), 0};
    auto at = std::lower_bound(wire_index.begin(), wire_index.end(), wanted);
    return at == wire_index.end() || at->first != wanted.first ? nullptr : &commands[at->second];
}

const key_scheme* profile::scheme(char tag) const noexcept {
    return find_ptr(schemes, [&](const key_scheme& s) { return s.tag == tag; });
}

const key_type_spec* profile::key_type(std::string_view wanted) const noexcept {
    return find_ptr(key_types, [&](const key_type_spec& k) { return k.name == wanted; });
}

const key_type_spec* profile::key_type_by_code(std::string_view wanted) const noexcept {
    return find_ptr(key_types, [&](const key_type_spec& k) { return k.code == wanted; });
}

const key_type_spec* profile::key_type_by_short_code(std::string_view wanted) const noexcept {
    return find_ptr(key_types, [&](const key_type_spec& k) { return k.short_code == wanted; });
}

const std::string* profile::code(std::string_view domain, std::string_view wanted) const noexcept {
    auto table = codes.find(domain);
    if (table == codes.end()) return nullptr;
    auto at = table->second.find(wanted);
    return at == table->second.end() ? nullptr : &at->second;
}

std::string_view profile::name_of(std::string_view domain, std::string_view wanted) const noexcept {
    auto table = codes.find(domain);
    if (table == codes.end()) return {};
    for (const auto& [word, code] : table->second) {
        if (code == wanted) return word;
    }
    return {};
}

std::string_view profile::quirk(std::string_view wanted) const noexcept {
    return look_up(quirks, wanted);
}

std::string_view profile::meaning(const command_spec& of, std::string_view status) const noexcept {
    auto own = look_up(of.errors, status);
    return own.empty() ? look_up(errors, status) : own;
}

bool profile::supports(operation what) const noexcept {
    return std::any_of(bindings.begin(), bindings.end(), [&](const binding& b) { return b.what == what; });
}

bool profile::can(operation what, std::string_view table, std::string_view wanted) const noexcept {
    if (code(table, wanted) != nullptr) return supports(what);
    return std::any_of(bindings.begin(), bindings.end(), [&](const binding& each) {
        return each.what == what && std::any_of(each.when.begin(), each.when.end(), [&](const auto& pair) {
            return pair.first == field_name(table) && as_text(pair.second) == wanted;
        });
    });
}

} // namespace cipherlane::hsm
