#include "command/bind.hpp"

#include "dialect/field_size.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

bool matches(const binding& each, const operation_request& request) {
    if (each.what != request.what()) return false;
    return std::all_of(each.when.begin(), each.when.end(),
        [&](const auto& pair) { return as_text(pair.second) == request.values().text(pair.first); });
}

field_name source_of(const field_spec& field, const field_set& given) {
    const auto other = stand_in_for(field);
    return given.has(field.name) || other == field_name() ? field.name : other;
}

/// Account digits of a PAN: the rightmost without the check digit.
byte_view account_of(byte_view card, std::size_t digits) {
    if (card.size() < digits + 1) return {};
    return card.subspan(card.size() - 1 - digits, digits);
}

/// As wide accounts want them: all digits but the check digit, the rightmost if they are too many, F to the left of
/// fewer.
void fill_wide_account(byte_view digits, byte_span into) {
    const auto used = digits.last(std::min(digits.size(), into.size()));
    const auto gap = into.size() - used.size();
    std::fill_n(into.begin(), gap, std::uint8_t{'F'});
    std::copy(used.begin(), used.end(), into.begin() + static_cast<std::ptrdiff_t>(gap));
}

class request_binder {
  public:
    request_binder(const operation_request& request, reply& into)
        : request_(&request)
        , given_(&request.values())
        , into_(&into)
        , asked_(&into.asked) {}

    result<void> bind() {
        const auto& dialect = *into_->dialect;
        for (const auto& each : dialect.bindings) {
            if (!matches(each, *request_)) continue;
            into_->how = &each;
            into_->command = &dialect.commands[each.index];
            return fill();
        }
        const auto name = to_string(request_->what());
        return fail(hsm_errc::unsupported).during(name).in_field(dialect.name);
    }

  private:
    result<void> fill() {
        asked_->clear();
        CIPHERLANE_CHECK(check_own_type());
        for (const auto& [name, value] : into_->how->preset) {
            asked_->set(name, value);
        }
        for (const auto& field : into_->command->request) {
            if (field.kind == field_kind::group || field.kind == field_kind::literal) continue;
            if (!asked_->has(field.name)) CIPHERLANE_CHECK(fill_field(field));
        }
        keep_for_comparison();
        return {};
    }

    /// Where the command carries no key type, the unit has one of its own.
    [[nodiscard]] result<void> check_own_type() const {
        const bool imports = request_->what() == operation::import_key;
        const auto fixed = into_->dialect->quirk(imports ? "import_key_type" : "form_key_type");
        if ((!imports && request_->what() != operation::form_key) || fixed.empty()) return {};
        const auto* own = into_->dialect->code("key_type", fixed);
        const auto* wanted = into_->dialect->code("key_type", given_->text("key_type"_f));
        if (own != nullptr && wanted != nullptr && *own == *wanted) return {};
        return lacks("key_type");
    }

    result<void> fill_field(const field_spec& field) {
        if (field.name == "account"_f) return fill_account(field, "card"_f, "account"_f);
        if (field.name == "target_account"_f) return fill_target_account(field);
        if (field.name == "length_flag"_f) return fill_length_flag(field);
        if (field.name == "size"_f && given_->has("mac"_f))
            return put_number(field, given_->value("mac"_f).size() > 4);
        const auto value = given_->get(source_of(field, *given_));
        if (!value) return {};
        if (!field.domain.empty()) return fill_code(field, as_text(*value));
        return put(field, *value);
    }

    result<void> fill_code(const field_spec& field, std::string_view word) {
        const auto* code = into_->dialect->code(field.domain, word);
        if (code == nullptr) return lacks(field.domain + " " + std::string(word));
        CIPHERLANE_TRY(auto value, parse_field_value(field, *code));
        asked_->set(field.name, value);
        return {};
    }

    result<void> fill_account(const field_spec& field, field_name card, field_name exact) {
        const auto digits_given = given_->value(exact);
        const auto whole = given_->value(card);
        if (digits_given.empty() && whole.empty()) return {};
        if (is_wide(field)) {
            fill_wide_account(digits_given.empty() ? whole.first(whole.size() - 1) : digits_given,
                asked_->add(field.name, field.wide));
            return {};
        }
        if (!digits_given.empty()) return put(field, digits_given);
        const auto digits = account_of(whole, into_->dialect->account_digits);
        if (digits.empty()) return fail(hsm_errc::bad_length).during(into_->command->code).in_field("account");
        return put(field, digits);
    }

    [[nodiscard]] bool is_wide(const field_spec& field) const {
        const condition_scope scope{&into_->command->request, asked_};
        return field.wide != 0 && choose_size(*into_->dialect, field, scope) == size_choice::wide;
    }

    result<void> fill_target_account(const field_spec& field) {
        CIPHERLANE_CHECK(fill_account(field, "target_card"_f, "target_account"_f));
        if (asked_->has(field.name)) return {};
        return fill_account(field, "card"_f, "account"_f);
    }

    /// 0, 1, 2 for single, double, triple keys.
    result<void> fill_length_flag(const field_spec& field) {
        const auto text = given_->text("key"_f);
        std::size_t digits = text.size();
        if (!text.empty() && hex_value(text[0]) < 0) {
            const auto* scheme = into_->dialect->scheme(text[0]);
            digits = scheme == nullptr || scheme->digits == 0 ? 32 : scheme->digits;
        }
        return put_number(field, digits <= 16 ? 0 : digits / 16 - 1);
    }

    result<void> put_number(const field_spec& field, std::size_t number) {
        return put(field, as_bytes(std::to_string(number)));
    }

    /// Numbers get leading zeros; a MAC or check value longer than the field is cut.
    result<void> put(const field_spec& field, byte_view value) {
        const bool fixed = field.rule == length_rule::fixed;
        if (field.kind == field_kind::digits && fixed && value.size() < field.least && !value.empty()) {
            auto room = asked_->add(field.name, field.least);
            const auto zeros = field.least - value.size();
            std::fill_n(room.begin(), zeros, std::uint8_t{'0'});
            std::copy(value.begin(), value.end(), room.begin() + static_cast<std::ptrdiff_t>(zeros));
            return {};
        }
        const bool cut = (field.name == "mac"_f || field.name == "check_value"_f) && field.kind == field_kind::binary;
        asked_->set(field.name, cut ? value.first(std::min<std::size_t>(value.size(), field.most)) : value);
        return {};
    }

    void keep_for_comparison() {
        if (const auto mac = given_->get("mac"_f)) asked_->set("expected_mac"_f, *mac);
        if (const auto kcv = given_->get("check_value"_f)) asked_->set("expected_check_value"_f, *kcv);
    }

    [[nodiscard]] error lacks(std::string_view what) const {
        return fail(hsm_errc::unsupported).during(to_string(request_->what())).in_field(what);
    }

    const operation_request* request_;
    const field_set* given_;
    reply* into_;
    field_set* asked_;
};

/// "wrapped_key U 48" where the digits do not fit; the schemes that were asked for otherwise.
std::string describe_key(const field_spec& field, std::string_view text) {
    const bool tagged = !text.empty() && hex_value(text[0]) < 0;
    const auto tag = tagged ? std::string(1, text[0]) : std::string("untagged");
    return field.label + " " + tag + " " + std::to_string(text.size() - (tagged ? 1 : 0));
}

/// The key that the unit was to take or give and the scheme that was asked for it: where they do not go together the
/// unit refuses. Short, since an error has little room.
std::string key_and_scheme(const reply& of) {
    std::string key_text;
    std::string scheme;
    for (const auto& field : of.command->request) {
        const bool is_scheme = field.domain == "scheme" || field.domain == "export_scheme";
        const auto value = of.asked.get(field.name);
        if (field.kind == field_kind::key && value) key_text = describe_key(field, as_text(*value));
        if (is_scheme && value) scheme = field.label + " " + std::string(as_text(*value));
    }
    return key_text.empty() || scheme.empty() ? key_text + scheme : key_text + ", " + scheme;
}

/// Clear keys and components, whose parity the caller can mend: how many bytes have an even number of one-bits.
std::string even_parity(const reply& of) {
    for (const auto& field : of.command->request) {
        if (field.kind != field_kind::key || !field.label.starts_with("clear_")) continue;
        auto digits = of.asked.text(field.name);
        if (!digits.empty() && hex_value(digits[0]) < 0) digits.remove_prefix(1);
        secret_bytes clear(digits.size() / 2);
        if (clear.empty() || !from_hex(digits, clear.expose())) continue;
        const auto all = std::as_const(clear).expose();
        const auto even =
            std::count_if(all.begin(), all.end(), [](std::uint8_t b) { return std::popcount(b) % 2 == 0; });
        if (even != 0) {
            return field.label + ": " + std::to_string(even) + " bytes even";
        }
    }
    return {};
}

} // namespace

field_name stand_in_for(const field_spec& field) noexcept {
    if (field.domain == "key_usage" || field.domain == "key_type2" || field.domain == "mac_key" ||
        field.domain == "key_type1")
        return "key_type"_f;
    if (field.domain == "algorithm") return "scheme"_f;
    if (field.name == "source_role"_f) return "source_type"_f;
    return {};
}

result<void> bind_request(const operation_request& request, reply& into) {
    return request_binder(request, into).bind();
}

std::string local_finding(const reply& of) {
    // A refusal over a scheme, a length or a parity is about keys: say what the request itself shows of them.
    const auto code = of.status.code.view();
    if (of.command == nullptr) return {};
    const bool raw = of.dialect->raw_keys;
    if (raw || code == "10" || code == "11") {
        if (auto found = even_parity(of); !found.empty()) return found;
    }
    if (raw) return {};
    if (code == "26" || code == "27") return key_and_scheme(of);
    const bool about_one = code == "10" || code == "11" || code == "02";
    if (!about_one) return {};
    std::string found;
    for (const auto& field : of.command->request) {
        if (field.kind != field_kind::key || !of.asked.has(field.name)) continue;
        // 10 speaks of the first key, 11 and the others of the last.
        found = describe_key(field, of.asked.text(field.name));
        if (code == "10") break;
    }
    return found;
}

} // namespace cipherlane::hsm
