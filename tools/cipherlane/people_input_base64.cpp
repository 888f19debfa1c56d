// Base64, alone or among other signs, in one line or broken into several.
#include "cipherlane/people_input_forms.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace cipherlane::cli {
namespace {

constexpr std::size_t shortest_base64_inside = 24;
constexpr std::size_t shortest_base64_line = 16; ///< of a value in several: else a word above it would begin it

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/// Letters of base64 in a line, and what stands around them.
struct base64_run {
    std::string_view letters;
    std::string_view before;
    std::string_view behind;
};

bool only_base64_signs(std::string_view text, std::string_view signs) {
    return text.find_first_not_of(signs) == std::string_view::npos;
}

/// The run that begins at a place; empty where none does.
base64_run base64_at(std::string_view line, std::size_t at) {
    auto end = at;
    while (end < line.size() && base64_value(line[end]) >= 0)
        ++end;
    while (end < line.size() && end != at && line[end] == '=')
        ++end;
    return {line.substr(at, end - at), line.substr(0, at), line.substr(end)};
}

base64_run longest_base64(std::string_view line) {
    base64_run longest;
    for (std::size_t at = 0; at < line.size();) {
        const auto one = base64_at(line, at);
        if (one.letters.size() > longest.letters.size()) longest = one;
        at += std::max<std::size_t>(one.letters.size(), 1);
    }
    return longest;
}

/// The run by which a line goes on with what the line before has begun; empty where it does not.
base64_run base64_next(const base64_run& before, std::string_view line) {
    constexpr std::string_view around = " \t\"'+,;\\>|&";
    constexpr std::string_view closing = "\"'<,;)]}";
    if (before.letters.ends_with('=') || before.letters.size() % 4 != 0 || !only_base64_signs(before.behind, around))
        return {};
    // At the line's beginning, or under the run before it: behind the same words of a log.
    const auto first = std::min(line.find_first_not_of(" \t\"'>|"), line.size());
    for (const auto at : {first, std::min(before.before.size(), line.size())}) {
        const auto one = base64_at(line, at);
        const bool ends =
            only_base64_signs(one.behind, around) || closing.find(one.behind.front()) != std::string_view::npos;
        const bool begins = at == first || at == 0 || base64_value(line[at - 1]) < 0;
        if (!one.letters.empty() && begins && ends) return one;
    }
    return {};
}

/// Escaped line ends of JSON and XML as line ends.
std::string with_line_ends(std::string_view text) {
    std::string made(text);
    for (const std::string_view sign : {"\\r\\n", "\\n", "&#13;", "&#xD;", "&#10;", "&#xA;"}) {
        for (auto at = made.find(sign); at != std::string::npos; at = made.find(sign, at + 1))
            made.replace(at, sign.size(), "\n");
    }
    return made;
}

/// The runs that may be one value, from a line on: each goes on with what the one before it has begun.
std::vector<base64_run> runs_from(std::span<const std::string_view> lines, std::size_t first) {
    std::vector<base64_run> runs{longest_base64(lines[first])};
    if (runs.front().letters.size() < shortest_base64_line) return {};
    for (auto at = first + 1; at < lines.size(); ++at) {
        const auto next = base64_next(runs.back(), lines[at]);
        // All lines of a value are equally long but the first, which words may shorten, and the last.
        const bool fits = runs.size() < 2 || (runs.back().letters.size() == runs[1].letters.size() &&
                                                 next.letters.size() <= runs[1].letters.size());
        if (next.letters.empty() || !fits) break;
        runs.push_back(next);
    }
    return runs;
}

/// Lines that look like a value's and are none: a word, a trace id or a ruler above it, a word below.
struct base64_edges {
    std::size_t above = 0;
    std::size_t below = 0;
};

/// The value that begins in a line, with as many of the lines behind it as belong to it; `behind`: the first that
/// does not.
std::optional<bytes> base64_from(
    std::span<const std::string_view> lines, std::size_t first, base64_edges edges, std::size_t& behind) {
    auto runs = runs_from(lines, first);
    const auto all = runs.size();
    if (all > edges.above + edges.below) {
        runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(edges.above));
        runs.resize(runs.size() - edges.below);
    } else if (all > 1) {
        return {};
    }
    const auto skipped = all > 1 ? edges.above : 0;
    for (; !runs.empty(); runs.pop_back()) {
        std::string letters;
        for (const auto& one : runs)
            letters += one.letters;
        if (letters.size() < shortest_base64_inside) break;
        if (auto made = read_base64(letters)) {
            behind = first + skipped + runs.size();
            return std::move(made->whole);
        }
    }
    return {};
}

/// The longest run of each line that is a value by itself.
std::vector<bytes> values_of_lines(std::span<const std::string_view> lines) {
    std::vector<bytes> values;
    for (const auto line : lines) {
        const auto run = longest_base64(line).letters;
        auto one = run.size() < shortest_base64_inside ? std::nullopt : read_base64(run);
        if (one) values.push_back(std::move(one->whole));
    }
    return values;
}

std::vector<bytes> values_within(std::span<const std::string_view> lines, base64_edges edges) {
    std::vector<bytes> values;
    for (std::size_t at = 0; at < lines.size();) {
        auto behind = at + 1;
        if (auto one = base64_from(lines, at, edges, behind)) values.push_back(*std::move(one));
        at = behind;
    }
    return values;
}

input_reading base64_reading(std::vector<bytes> values) {
    input_reading made{.form = input_form::base64};
    for (const auto& one : values)
        made.whole.insert(made.whole.end(), one.begin(), one.end());
    if (values.size() > 1) made.parts = std::move(values);
    return made;
}

} // namespace

std::optional<input_reading> read_base64(std::string_view text, std::size_t least) {
    std::string letters;
    for (const char c : text) {
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') letters.push_back(c);
    }
    while (letters.ends_with('='))
        letters.pop_back();
    if (letters.size() < least || letters.size() % 4 == 1) return {};
    input_reading made{.form = input_form::base64};
    unsigned held = 0;
    int bits = 0;
    for (const char c : letters) {
        const int value = base64_value(c);
        if (value < 0) return {};
        held = held << 6U | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            made.whole.push_back(static_cast<std::uint8_t>(held >> static_cast<unsigned>(bits)));
            held &= (1U << static_cast<unsigned>(bits)) - 1U;
        }
    }
    // Bits that carry nothing are zero in what a machine has written.
    if (held != 0) return {};
    return made;
}

std::vector<input_reading> read_base64_inside(std::string_view text) {
    constexpr base64_edges edges[] = {{1, 0}, {2, 0}, {0, 1}, {1, 1}};
    const auto broken = with_line_ends(text);
    auto lines = lines_of(broken);
    std::erase_if(lines, [](std::string_view line) { return only_base64_signs(line, " \t"); });
    if (lines.size() == 1 && longest_base64(lines[0]).letters.size() == text.size()) return {};
    std::vector<input_reading> all;
    const auto add = [&](std::vector<bytes> values) {
        if (values.empty()) return;
        auto made = base64_reading(std::move(values));
        const bool known = std::any_of(all.begin(), all.end(),
            [&](const auto& each) { return each.whole == made.whole && each.parts == made.parts; });
        if (!known) all.push_back(std::move(made));
    };
    add(values_within(lines, {}));
    // Before any line is taken for none: what is left out is not seen.
    add(values_of_lines(lines));
    for (const auto each : edges)
        add(values_within(lines, each));
    // Words may look like values, too: then the longest is the likeliest.
    for (std::size_t i = 0, before = all.size(); i < before; ++i) {
        const auto& values = all[i].parts;
        const auto longest = std::max_element(
            values.begin(), values.end(), [](const bytes& a, const bytes& b) { return a.size() < b.size(); });
        if (longest != values.end()) add({bytes(*longest)});
    }
    return all;
}

} // namespace cipherlane::cli
