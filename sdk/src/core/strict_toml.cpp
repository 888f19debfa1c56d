#include <cipherlane/core/nearest_word.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/strict_toml.hpp>

#include <algorithm>

namespace cipherlane {
namespace {

std::string list_of(std::span<const std::string_view> words) {
    std::string made;
    for (const auto word : words) {
        if (!made.empty()) made += ", ";
        made += word;
    }
    return made;
}

/// `what`, then the word that was probably meant, or all that would be right.
std::string suggestion(
    std::string what, std::string_view given, std::span<const std::string_view> words, std::string_view all) {
    if (const auto near = nearest_word(given, words); !near.empty()) {
        return what.append("; did you mean \"").append(near).append("\"?");
    }
    if (words.empty()) return what;
    return what.append("; ").append(all).append(list_of(words));
}

bool has_controls(std::string_view text) {
    return std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

} // namespace

std::string toml_reader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml_value* toml_reader::take(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    return table_->find(key);
}

void toml_reader::need(std::string_view key) {
    if (!has(key)) report_->missing(path_of(key), line());
}

void toml_reader::unlike(const toml_value& found, std::string_view key, std::string_view expected) {
    std::string hint("found ");
    hint.append(to_string(found.what())).append(", expected ").append(expected);
    report_->fail(report_->faults().value, path_of(key), found.line(), hint);
}

void toml_reader::text(std::string_view key, std::string& to) {
    const auto* found = take(key);
    if (found == nullptr) return;
    if (const auto* text = found->text()) {
        to = *text;
    } else {
        unlike(*found, key, "text");
    }
}

std::optional<std::string> toml_reader::text(std::string_view key, std::size_t longest) {
    const auto* found = take(key);
    if (found == nullptr) return std::nullopt;
    const auto* text = found->text();
    if (text != nullptr && !text->empty() && text->size() <= longest && !has_controls(*text)) return *text;
    if (text == nullptr) {
        unlike(*found, key, "text");
    } else {
        fail(key, "expected 1 to " + std::to_string(longest) + " printable characters");
    }
    return std::nullopt;
}

void toml_reader::texts(std::string_view key, std::vector<std::string>& to) {
    const auto* all = list(key);
    if (all == nullptr) return;
    to.clear();
    for (const auto& each : all->items()) {
        const auto* text = each.text();
        if (text == nullptr) return unlike(each, key, "text");
        to.push_back(*text);
    }
}

void toml_reader::character(std::string_view key, char& to) {
    std::string value(1, to);
    text(key, value);
    if (value.size() == 1) {
        to = value[0];
    } else {
        fail(key, "expected one character");
    }
}

void toml_reader::flag(std::string_view key, bool& to) {
    const auto* found = take(key);
    if (found == nullptr) return;
    if (const auto value = found->flag()) {
        to = *value;
    } else {
        unlike(*found, key, "true or false");
    }
}

std::optional<std::int64_t> toml_reader::whole(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto* found = take(key);
    if (found == nullptr) return std::nullopt;
    const auto value = found->whole();
    if (value && *value >= least && *value <= most) return value;
    const auto expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (value) {
        fail(key, "found " + std::to_string(*value) + ", expected " + expected);
    } else {
        unlike(*found, key, expected);
    }
    return std::nullopt;
}

std::optional<std::size_t> toml_reader::one_of(std::string_view key, std::span<const std::string_view> allowed) {
    const auto* found = take(key);
    if (found == nullptr) return std::nullopt;
    const auto* text = found->text();
    if (text == nullptr) {
        unlike(*found, key, "one of " + list_of(allowed));
        return std::nullopt;
    }
    const auto at = std::find(allowed.begin(), allowed.end(), *text);
    if (at != allowed.end()) return static_cast<std::size_t>(at - allowed.begin());
    fail(key, suggestion("found \"" + printable_text(*text, 24) + "\"", *text, allowed, "allowed: "));
    return std::nullopt;
}

const toml_value* toml_reader::table(std::string_view key) {
    const auto* found = take(key);
    if (found != nullptr && found->table() == nullptr) unlike(*found, key, "a table");
    return found != nullptr ? found->table() : nullptr;
}

const toml_value* toml_reader::list(std::string_view key) {
    const auto* found = take(key);
    if (found != nullptr && found->list() == nullptr) unlike(*found, key, "a list");
    return found != nullptr ? found->list() : nullptr;
}

toml_reader toml_reader::section(std::string_view key) {
    static const toml_value nothing(toml_value::kind::table, {}, 0);
    const auto* found = table(key);
    return {found != nullptr ? *found : nothing, path_of(key), *report_};
}

std::vector<toml_reader> toml_reader::sections(std::string_view key) {
    std::vector<toml_reader> made;
    const auto* all = list(key);
    if (all == nullptr) return made;
    for (const auto& each : all->items()) {
        if (each.table() == nullptr) {
            unlike(each, key, "a table");
            return {};
        }
        made.emplace_back(each, path_of(key), *report_);
    }
    return made;
}

void toml_reader::fail(std::string_view key, std::string_view hint) {
    fail(report_->faults().value, key, hint);
}

void toml_reader::fail(const boost::system::error_code& why, std::string_view key, std::string_view hint) {
    const auto* found = table_->find(key);
    report_->fail(why, path_of(key), found != nullptr ? found->line() : line(), hint);
}

void toml_reader::finish() {
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    for (const auto& item : table_->items()) {
        if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
        const auto hint = suggestion("unknown", item.key(), known, "known here: ");
        report_->unknown(path_of(item.key()), item.line(), hint);
    }
}

} // namespace cipherlane
