#include "fail.hpp"

#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/sm_requests.hpp>
#include <cipherlane/hsm/unit_requests.hpp>

namespace cipherlane::hsm {
namespace {

using literals::operator""_f;

bytes copy(byte_view data) {
    return {data.begin(), data.end()};
}

std::string copy_text(std::string_view text) {
    return std::string(text);
}

/// Nothing where the unit found a value wrong; the error of any other refusal.
result<bool> compared(const reply& of) {
    auto status = check_status(of);
    if (status) return true;
    if (status.error().code() == make_error_code(hsm_errc::verification)) return false;
    return status.error();
}

/// The code of an answer that is whole but not plain success; empty of others.
fixed_text<4> warning_of(const reply& of) {
    return of.status.what == answer_status::kind::warning ? of.status.code : fixed_text<4>();
}

/// The check value that the caller expects against the one that came: the shorter length counts.
result<void> compare_check_value(const reply& of, byte_view came) {
    const auto expected = of.asked.value("expected_check_value"_f);
    const auto size = std::min(expected.size(), came.size());
    if (size == 0 || equal_in_constant_time(expected.first(size), came.first(size))) return {};
    return fail(hsm_errc::verification).during(of.command->code).in_field("check_value");
}

} // namespace

result<diagnosis> diagnosis::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return diagnosis{short_bytes(of.values.value("lmk_check"_f)), copy_text(of.values.text("firmware"_f)),
        copy_text(of.values.text("serial"_f))};
}

result<echoed> echoed::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return echoed{copy(of.values.value("data"_f))};
}

result<random_bytes> random_bytes::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return random_bytes{secret_bytes(of.values.value("data"_f))};
}

result<key_result> key_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    const auto& values = of.values;
    key_result made{key(values.text("key"_f)), key(values.text("exported_key"_f)),
        short_bytes(values.value("check_value"_f)), warning_of(of)};
    // A unit that only says "right" has confirmed what it was asked.
    if (made.check_value.empty() && made.under_lmk.empty() && made.exported.empty()) {
        made.check_value = short_bytes(of.asked.value("check_value"_f));
    }
    CIPHERLANE_CHECK(compare_check_value(of, made.check_value.view()));
    return made;
}

result<stored_key> stored_key::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    const auto& values = of.values;
    return stored_key{copy_text(values.text("key_type"_f)), copy_text(values.text("scheme"_f)),
        copy_text(values.text("label"_f)), short_bytes(values.value("check_value"_f))};
}

result<translated_pin> translated_pin::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return translated_pin{short_bytes(of.values.value("pin_block"_f))};
}

result<verification> verification::from(const reply& of) {
    CIPHERLANE_TRY(const bool right, compared(of));
    if (!right) return verification{};
    const auto expected = of.asked.value("expected_mac"_f);
    auto made = of.values.value("full_mac"_f);
    const bool local = of.how != nullptr && of.how->method == "compare";
    if (local) made = of.values.value("mac"_f);
    if (!local && made.empty()) return verification{true, warning_of(of)};
    // At least four bytes must agree; a unit that gives fewer has proved nothing.
    const auto size = std::min(expected.size(), made.size());
    const bool same =
        size >= 4 && expected.size() <= made.size() && equal_in_constant_time(expected.first(size), made.first(size));
    return verification{same, warning_of(of)};
}

result<pin_offset> pin_offset::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return pin_offset{copy_text(of.values.text("offset"_f)), warning_of(of)};
}

result<mac_result> mac_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return mac_result{short_bytes(of.values.value("mac"_f))};
}

result<data_result> data_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return data_result{secret_bytes(of.values.value("data"_f)), copy(of.values.value("iv"_f))};
}

result<cvv_result> cvv_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return cvv_result{copy_text(of.values.text("cvv"_f))};
}

result<cryptogram_result> cryptogram_result::from(const reply& of) {
    CIPHERLANE_TRY(const bool right, compared(of));
    if (!right) return cryptogram_result{};
    return cryptogram_result{true, short_bytes(of.values.value("arpc"_f)), warning_of(of)};
}

result<signature_result> signature_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return signature_result{copy(of.values.value("signature"_f))};
}

result<digest_result> digest_result::from(const reply& of) {
    CIPHERLANE_CHECK(check_status(of));
    return digest_result{copy(of.values.value("digest"_f))};
}

} // namespace cipherlane::hsm
