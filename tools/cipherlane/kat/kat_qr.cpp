#include "cipherlane/kat/kat.hpp"

#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/mpm_check.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace cipherlane::cli {
namespace {

using qr::mpm_rule;

/// Words by which the files call objects.
struct object_word {
    std::string_view word;
    std::string_view object;
};
constexpr std::array object_words{
    object_word{"mcc", "52"},
    object_word{"category", "52"},
    object_word{"currency", "53"},
    object_word{"amount", "54"},
    object_word{"tip", "55"},
    object_word{"country", "58"},
    object_word{"name", "59"},
    object_word{"city", "60"},
    object_word{"postal", "61"},
    object_word{"account", "02-51"},
    object_word{"language", "64"},
};

/// Words that say how an object breaks the rules, and the rules that this can be.
struct fault_word {
    std::string_view word;
    std::array<mpm_rule, 3> rules;
};
constexpr std::array fault_words{
    fault_word{"missing", {mpm_rule::missing, mpm_rule::missing, mpm_rule::missing}},
    fault_word{"absent", {mpm_rule::missing, mpm_rule::missing, mpm_rule::missing}},
    fault_word{"zero", {mpm_rule::zero, mpm_rule::zero, mpm_rule::zero}},
    fault_word{"longer", {mpm_rule::too_long, mpm_rule::wrong_size, mpm_rule::wrong_size}},
    fault_word{"rfu", {mpm_rule::reserved, mpm_rule::reserved, mpm_rule::reserved}},
    fault_word{"reserved", {mpm_rule::reserved, mpm_rule::reserved, mpm_rule::reserved}},
    fault_word{"with", {mpm_rule::combination, mpm_rule::combination, mpm_rule::combination}},
    fault_word{"without", {mpm_rule::combination, mpm_rule::missing, mpm_rule::missing}},
};

/// Words after which a number is a value or a limit, not an object.
constexpr std::array<std::string_view, 6> value_words{"than", "=", "is", "not", "of", "over"};

/// One violation as the file words it: the objects it names, and the fault if a known word says it.
struct clause {
    std::vector<std::string> objects;
    const fault_word* fault = nullptr;
};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    bool open = false;
    for (const char c : text) {
        if (c == '=') {
            words.emplace_back("=");
            open = false;
        } else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (c == '-' && open)) {
            if (!open) words.emplace_back();
            words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            open = true;
        } else {
            open = false;
        }
    }
    return words;
}

/// "62-09" or "59" as the check's path "62/09" or "59"; empty for any other word.
std::string path_of(std::string word) {
    if (word.size() == 5 && word[2] == '-') word[2] = '/';
    const auto form = word.size() == 5 ? std::string_view("dd/dd") : std::string_view("dd");
    const bool fits = std::equal(word.begin(), word.end(), form.begin(), form.end(), [](char c, char wanted) {
        return wanted == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == wanted;
    });
    return fits ? word : std::string();
}

clause read_clause(std::string_view text) {
    clause read;
    std::string before;
    for (const auto& word : words_of(text)) {
        const bool value = std::find(value_words.begin(), value_words.end(), before) != value_words.end();
        if (auto path = path_of(word); !path.empty() && !value) read.objects.push_back(std::move(path));
        for (const auto& row : object_words) {
            if (word == row.word) read.objects.emplace_back(row.object);
        }
        for (const auto& row : fault_words) {
            if (word == row.word && read.fault == nullptr) read.fault = &row;
        }
        before = word;
    }
    return read;
}

bool reported(const std::vector<qr::mpm_violation>& found, const clause& wanted) {
    auto fits = [&](const qr::mpm_violation& one) {
        return wanted.fault == nullptr || std::find(wanted.fault->rules.begin(), wanted.fault->rules.end(),
                                              one.rule) != wanted.fault->rules.end();
    };
    if (wanted.objects.empty()) return std::any_of(found.begin(), found.end(), fits);
    return std::all_of(wanted.objects.begin(), wanted.objects.end(), [&](const std::string& object) {
        return std::any_of(found.begin(), found.end(), [&](const qr::mpm_violation& one) {
            return fits(one) && std::find(one.objects.begin(), one.objects.end(), object) != one.objects.end();
        });
    });
}

/// The file names violations in words: each must be among those that the strict check reports, by object and fault.
std::optional<std::string> check_strictness(const qr::mpm_payload& payload, std::string_view wanted) {
    const auto found = qr::check_mpm(payload);
    while (!wanted.empty()) {
        const auto end = std::min(wanted.find(';'), wanted.size());
        const auto text = wanted.substr(0, end);
        if (!reported(found, read_clause(text))) {
            return "strict check does not report \"" + std::string(text) + "\" but \"" + qr::to_string(found) + "\"";
        }
        wanted.remove_prefix(std::min(end + 1, wanted.size()));
    }
    return std::nullopt;
}

std::string with_upper_crc(std::string text) {
    for (auto c = text.end() - 4; c != text.end(); ++c)
        *c = static_cast<char>(std::toupper(static_cast<unsigned char>(*c)));
    return text;
}

std::optional<std::string> run_qr_mpm(const kat_row& row, const kat_target& /*target*/) {
    const auto& text = row["payload"];
    const auto& expect = row["expect"];
    const auto payload = qr::mpm_payload::parse(text);
    if (expect == "ok") {
        if (!payload) return "refused: " + payload.error().to_string();
        if (payload->to_text() != with_upper_crc(text)) return "written again as " + payload->to_text();
        return check_strictness(*payload, row["strict_violation"]);
    }
    if (expect != "crc" && expect != "syntax") return "unknown expectation " + expect;
    if (payload) return "accepted";
    const bool crc = payload.error().code() == qr::qr_errc::crc_mismatch;
    if (crc != (expect == "crc")) return "refused for another reason: " + payload.error().to_string();
    return std::nullopt;
}

constexpr std::array qr_entries{kat_entry{"qr_mpm", run_qr_mpm}};

} // namespace

std::span<const kat_entry> qr_kats() {
    return qr_entries;
}

} // namespace cipherlane::cli
