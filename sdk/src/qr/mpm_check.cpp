#include "characters.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/qr/mpm_check.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace cipherlane::qr {
namespace {

constexpr std::size_t advised_characters = 512;
constexpr std::size_t longest_guid = 32;
constexpr std::uint8_t guid = 0;

std::string id_text(std::uint8_t id) {
    return {static_cast<char>('0' + id / 10), static_cast<char>('0' + id % 10)};
}

/// What characters a value may have.
enum class charset : std::uint8_t {
    digits,
    letters, ///< upper-case, A to Z
    common,  ///< the Common Character Set: printable ASCII
    decimal, ///< digits and at most one point, not zero
    any,
};

/// One row: how long a value may be, and of what.
struct value_rule {
    std::uint8_t id;
    const char* name;
    std::uint8_t least;
    std::uint8_t most;
    charset chars;
};

// EMVCo QRCPS MPM v1.1, tables 3.3 to 3.8.
constexpr std::array root_rules{
    value_rule{mpm_id::initiation, "point of initiation", 2, 2, charset::digits},
    value_rule{mpm_id::category, "merchant category", 4, 4, charset::digits},
    value_rule{mpm_id::currency, "currency", 3, 3, charset::digits},
    value_rule{mpm_id::amount, "amount", 1, 13, charset::decimal},
    value_rule{mpm_id::tip, "tip indicator", 2, 2, charset::digits},
    value_rule{mpm_id::fixed_fee, "fixed fee", 1, 13, charset::decimal},
    value_rule{mpm_id::percent_fee, "percentage fee", 1, 5, charset::decimal},
    value_rule{mpm_id::country, "country", 2, 2, charset::letters},
    value_rule{mpm_id::name, "name", 1, 25, charset::common},
    value_rule{mpm_id::city, "city", 1, 15, charset::common},
    value_rule{mpm_id::postal_code, "postal code", 1, 10, charset::common},
};

constexpr std::array additional_rules{
    value_rule{1, "bill number", 1, 25, charset::any},
    value_rule{2, "mobile number", 1, 25, charset::any},
    value_rule{3, "store label", 1, 25, charset::any},
    value_rule{4, "loyalty number", 1, 25, charset::any},
    value_rule{5, "reference label", 1, 25, charset::any},
    value_rule{6, "customer label", 1, 25, charset::any},
    value_rule{7, "terminal label", 1, 25, charset::any},
    value_rule{8, "purpose", 1, 25, charset::any},
};

constexpr std::array language_rules{
    value_rule{0, "language", 2, 2, charset::any},
    value_rule{1, "local name", 1, 25, charset::any},
    value_rule{2, "local city", 1, 15, charset::any},
};

constexpr std::array mandatory{mpm_id::category, mpm_id::currency, mpm_id::country, mpm_id::name, mpm_id::city};

bool all_in(std::string_view text, bool (*allowed)(char)) noexcept {
    return std::all_of(text.begin(), text.end(), allowed);
}

bool has_chars(std::string_view value, charset chars) noexcept {
    switch (chars) {
    case charset::digits: return all_in(value, is_digit);
    case charset::letters: return all_in(value, [](char c) { return c >= 'A' && c <= 'Z'; });
    case charset::common: return all_in(value, [](char c) { return c >= ' ' && c <= '~'; });
    case charset::decimal:
        return all_in(value, [](char c) { return is_digit(c) || c == '.'; }) &&
               std::count(value.begin(), value.end(), '.') <= 1 && value != ".";
    case charset::any: break;
    }
    return true;
}

bool is_zero(std::string_view value) noexcept {
    return all_in(value, [](char c) { return c == '0' || c == '.'; });
}

const value_rule* rule_for(std::span<const value_rule> rules, std::uint8_t id) noexcept {
    const auto at = std::find_if(rules.begin(), rules.end(), [&](const value_rule& rule) { return rule.id == id; });
    return at == rules.end() ? nullptr : &*at;
}

/// Collects what a payload breaks.
class checker {
  public:
    explicit checker(const mpm_payload& payload)
        : payload_(payload) {}

    std::vector<mpm_violation> run() {
        check_mandatory();
        auto objects = payload_.level().objects();
        std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
        for (const auto& object : objects)
            check_object(object);
        check_fees();
        if (payload_.crc() == mpm_crc::wrong) add(mpm_rule::crc, {"63"}, "CRC wrong");
        if (payload_.crc() == mpm_crc::absent) add(mpm_rule::crc, {"63"}, "CRC missing");
        return std::move(found_);
    }

  private:
    void add(mpm_rule rule, std::vector<std::string> objects, std::string text) {
        found_.push_back({rule, std::move(objects), std::move(text)});
    }

    void check_mandatory() {
        const auto& objects = payload_.level().objects();
        const bool account = std::any_of(objects.begin(), objects.end(),
            [](const mpm_object& object) { return object.id >= 2 && object.id <= mpm_id::last_template; });
        if (!account) add(mpm_rule::missing, {"02-51"}, "merchant account (02-51) missing");
        std::vector<std::string> absent;
        std::string text;
        for (const auto id : mandatory) {
            if (payload_.find(id)) continue;
            absent.push_back(id_text(id));
            text += (text.empty() ? "" : ", ") + id_text(id);
        }
        if (absent.empty()) return;
        if (absent.size() == 1) {
            for (const auto id : mandatory) {
                if (!payload_.find(id)) text = rule_for(root_rules, id)->name;
            }
        }
        add(mpm_rule::missing, std::move(absent), text + " missing");
    }

    void check_value(const value_rule& rule, const std::string& path, std::string_view value) {
        const std::size_t size = utf8_length(value).value_or(0);
        if (rule.least == rule.most && size != rule.least) {
            add(mpm_rule::wrong_size, {path}, std::string(rule.name) + " not of length " + std::to_string(rule.most));
        } else if (size > rule.most) {
            add(mpm_rule::too_long, {path}, std::string(rule.name) + " longer than " + std::to_string(rule.most));
        }
        if (!has_chars(value, rule.chars)) {
            const char* what = rule.chars == charset::common ? " not in the common character set" : " malformed";
            add(mpm_rule::bad_value, {path}, rule.name + std::string(what));
        } else if (rule.chars == charset::decimal && is_zero(value)) {
            add(mpm_rule::zero, {path}, std::string(rule.name) + " zero");
        }
    }

    void check_object(const mpm_object& object) {
        const std::string id = id_text(object.id);
        if (const auto* rule = rule_for(root_rules, object.id)) check_value(*rule, id, object.value);
        if (object.id == mpm_id::format && object.value != "01") {
            add(mpm_rule::reserved, {id}, "00 is not 01");
        } else if (object.id == mpm_id::initiation && object.value != "11" && object.value != "12") {
            add(mpm_rule::reserved, {id}, "01 is neither 11 nor 12");
        } else if (object.id >= 2 && object.id < mpm_id::first_template &&
                   !has_chars(object.value, charset::common)) {
            add(mpm_rule::bad_value, {id}, "merchant account " + id + " not in the common character set");
        } else if (object.id >= mpm_id::first_template && object.id <= mpm_id::last_template) {
            check_guid(object.value, id);
        } else if (object.id == mpm_id::additional) {
            check_additional(object.value);
        } else if (object.id == mpm_id::language) {
            check_language(object.value);
        } else if (object.id > mpm_id::language && object.id < 80) {
            add(mpm_rule::reserved, {id}, "RFU " + id + " present");
        } else if (object.id >= 80) {
            check_guid(object.value, id);
        }
    }

    std::optional<mpm_level> open(std::string_view value, const std::string& path) {
        auto level = mpm_level::parse(value);
        if (level) return *std::move(level);
        add(mpm_rule::no_template, {path}, path + " is no template");
        return std::nullopt;
    }

    void check_guid(std::string_view value, const std::string& path) {
        const auto level = open(value, path);
        if (!level) return;
        const auto unique = level->find(guid);
        if (!unique) {
            add(mpm_rule::missing, {path + "/00"}, path + "-00 missing");
        } else if (utf8_length(*unique).value_or(0) > longest_guid) {
            add(mpm_rule::too_long, {path + "/00"}, path + "-00 longer than 32");
        }
    }

    void check_additional(std::string_view value) {
        const auto level = open(value, "62");
        if (!level) return;
        for (const auto& object : level->objects()) {
            const std::string path = "62/" + id_text(object.id);
            if (const auto* rule = rule_for(additional_rules, object.id)) {
                check_value(*rule, path, object.value);
            } else if (object.id == 9) {
                const bool known = all_in(object.value, [](char c) { return c == 'A' || c == 'M' || c == 'E'; });
                if (!known) add(mpm_rule::bad_value, {path}, "62-09 not of A, M, E");
                const std::set<char> distinct(object.value.begin(), object.value.end());
                if (known && distinct.size() != object.value.size()) {
                    add(mpm_rule::bad_value, {path}, "62-09 repeats a letter");
                }
            } else if (object.id >= 50) {
                check_guid(object.value, path);
            } else {
                add(mpm_rule::reserved, {path}, "RFU 62-" + id_text(object.id) + " present");
            }
        }
    }

    void check_language(std::string_view value) {
        const auto level = open(value, "64");
        if (!level) return;
        for (const std::uint8_t id : {std::uint8_t{0}, std::uint8_t{1}}) {
            if (!level->find(id)) {
                add(mpm_rule::missing, {"64/" + id_text(id)}, "64-" + id_text(id) + " missing");
            }
        }
        for (const auto& object : level->objects()) {
            const std::string path = "64/" + id_text(object.id);
            if (const auto* rule = rule_for(language_rules, object.id)) {
                check_value(*rule, path, object.value);
            } else {
                add(mpm_rule::reserved, {path}, "RFU 64-" + id_text(object.id) + " present");
            }
        }
    }

    /// 56 only and always with 55 = 02, 57 only and always with 55 = 03.
    void check_fees() {
        const auto tip = payload_.find(mpm_id::tip);
        const std::string stated = tip ? "55=" + std::string(*tip) : "no 55";
        std::vector<std::string> extra;
        if (payload_.find(mpm_id::fixed_fee) && tip != "02") extra.emplace_back("56");
        if (payload_.find(mpm_id::percent_fee) && tip != "03") extra.emplace_back("57");
        if (!extra.empty()) {
            std::string text = stated + " with " + extra.front();
            if (extra.size() == 2) text += " and " + extra.back();
            extra.insert(extra.begin(), "55");
            add(mpm_rule::combination, std::move(extra), std::move(text));
        }
        if (tip == "02" && !payload_.find(mpm_id::fixed_fee)) {
            add(mpm_rule::combination, {"55", "56"}, "55=02 without 56");
        }
        if (tip == "03" && !payload_.find(mpm_id::percent_fee)) {
            add(mpm_rule::combination, {"55", "57"}, "55=03 without 57");
        }
        if (tip && *tip != "01" && *tip != "02" && *tip != "03") {
            add(mpm_rule::reserved, {"55"}, "55 is none of 01, 02, 03");
        }
    }

    const mpm_payload& payload_;
    std::vector<mpm_violation> found_;
};

} // namespace

std::vector<mpm_violation> check_mpm(const mpm_payload& payload) {
    return checker(payload).run();
}

std::vector<std::string> mpm_advice(const mpm_payload& payload) {
    std::vector<std::string> advice;
    if (utf8_length(payload.to_text()).value_or(0) > advised_characters) {
        advice.emplace_back("longer than 512 characters: some readers give up");
    }
    const auto total = payload.find(mpm_id::amount);
    if (total && !payload.total()) advice.emplace_back("decimals of 54 do not fit the currency of 53");
    if (total && payload.find(mpm_id::initiation) == "11") {
        advice.emplace_back("a code that is used again (01=11) carries an amount");
    }
    return advice;
}

std::string to_string(std::span<const mpm_violation> violations) {
    std::string text;
    for (const auto& violation : violations) {
        if (!text.empty()) text += "; ";
        text += violation.text;
    }
    return text;
}

std::string_view mpm_object_name(std::uint8_t id) noexcept {
    if (id == mpm_id::format) return "payload format";
    if (id == mpm_id::crc) return "CRC";
    if (id == mpm_id::additional) return "additional data";
    if (id == mpm_id::language) return "language template";
    if (const auto* rule = rule_for(root_rules, id)) return rule->name;
    struct range {
        std::uint8_t first, last;
        const char* name;
    };
    static constexpr std::array ranges{
        range{2, 3, "Visa account"},
        range{4, 5, "Mastercard account"},
        range{6, 8, "account (EMVCo)"},
        range{9, 10, "Discover account"},
        range{11, 12, "Amex account"},
        range{13, 14, "JCB account"},
        range{15, 16, "UnionPay account"},
        range{17, 25, "account (EMVCo)"},
        range{26, 51, "merchant account"},
        range{65, 79, "reserved"},
        range{80, 99, "unreserved template"},
    };
    for (const auto& row : ranges) {
        if (id >= row.first && id <= row.last) return row.name;
    }
    return {};
}

std::string_view mpm_object_name(std::uint8_t id, std::uint8_t sub) noexcept {
    const value_rule* rule = nullptr;
    if (id == mpm_id::additional) rule = rule_for(additional_rules, sub);
    if (id == mpm_id::language) rule = rule_for(language_rules, sub);
    if (rule != nullptr) return rule->name;
    if (id == mpm_id::additional && sub == 9) return "consumer data request";
    return sub == guid && id != mpm_id::additional && id != mpm_id::language ? "globally unique identifier"
                                                                             : std::string_view();
}

} // namespace cipherlane::qr
