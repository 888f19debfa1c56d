#include "guard.hpp"

#include <cipherlane/core/condition_words.hpp>
#include <cipherlane/core/error_category.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <cstring>

namespace cipherlane::c {
namespace {

constexpr errc_row faults[] = {
    {c_errc::null_argument, condition::misuse, "an argument is null"},
    {c_errc::bad_handle, condition::misuse, "the handle is closed, of another kind, or none of ours"},
    {c_errc::in_use, condition::misuse, "the handle is in use by another thread"},
    {c_errc::bad_argument, condition::misuse, "an argument has a value that it cannot have"},
    {c_errc::no_room, condition::misuse, "the buffer is too small"},
    {c_errc::no_field, condition::misuse, "there is no field of that name"},
    {c_errc::no_memory, condition::local_fault, "there is no memory"},
    {c_errc::fault, condition::local_fault, "something inside failed"},
    {c_errc::outcome_unknown, condition::outcome_unknown, "the payment began and its outcome could not be told"},
};
constexpr table_category category("cipherlane.c", faults);

template <std::size_t N>
void put(char (&to)[N], std::string_view text) noexcept {
    const auto size = std::min(text.size(), N - 1);
    std::copy_n(text.data(), size, to);
    to[size] = 0;
}

std::int64_t or_none(const auto& number) noexcept {
    return number ? static_cast<std::int64_t>(*number) : -1;
}

bool is_own(const error& what) noexcept {
    return what.code().category() == category;
}

/// Our own errors have no layer of the SDK to stand for them.
std::string words_of(const error& what) {
    if (!is_own(what)) return what.to_string();
    auto text = "c: " + what.code().message();
    if (!what.field().empty()) text.append(": ").append(printable_text(what.field()));
    if (what.offset())
        text.append(what.counts_lines() ? ", line " : ", byte ").append(std::to_string(*what.offset()));
    if (!what.hint().empty()) text.append(": ").append(printable_text(what.hint()));
    return text;
}

void describe(const error& what, cipherlane_status& why) noexcept {
    why.code = what.code().value();
    const bool lines = what.counts_lines();
    why.offset = lines ? -1 : or_none(what.offset());
    why.line = lines ? or_none(what.offset()) : -1;
    why.trace = or_none(what.trace());
    put(why.layer, is_own(what) ? "c" : to_string(what.where()));
    put(why.operation, what.operation());
    put(why.endpoint, what.endpoint());
    put(why.field, what.field());
    put(why.peer_code, what.peer_code());
    put(why.peer_text, what.untrusted_peer_text());
    put(why.hint, what.hint());
    try {
        put(why.text, words_of(what));
    } catch (...) {
        put(why.text, "no memory for the words");
    }
}

} // namespace

boost::system::error_code make_error_code(c_errc value) noexcept {
    return category.code(value);
}

error refuse(c_errc why, std::string_view argument) noexcept {
    return error(why, layer::till).in_field(argument);
}

cipherlane_condition condition_of(const error& why) noexcept {
    return static_cast<cipherlane_condition>(find_condition(why).value_or(condition::local_fault));
}

void tell_ok(cipherlane_status* why) noexcept {
    if (why == nullptr) return;
    why->condition = CIPHERLANE_OK;
    why->code = 0;
    why->offset = why->line = why->trace = -1;
    for (char* text : {why->layer, why->operation, why->endpoint, why->field, why->peer_code, why->peer_text,
             why->hint, why->text}) {
        *text = 0;
    }
}

cipherlane_condition tell(const error& what, cipherlane_status* why) noexcept {
    const auto told = condition_of(what);
    if (why != nullptr) {
        why->condition = told;
        describe(what, *why);
    }
    return told;
}

error current_fault() noexcept {
    try {
        throw;
    } catch (const error_exception& why) {
        return why.why();
    } catch (const std::bad_alloc&) {
        return refuse(c_errc::no_memory, {});
    } catch (...) {
        return refuse(c_errc::fault, {});
    }
}

} // namespace cipherlane::c

using namespace cipherlane;

const char* cipherlane_version(void) {
    return CIPHERLANE_C_VERSION;
}

const char* cipherlane_condition_name(cipherlane_condition condition) {
    if (condition == CIPHERLANE_OK) return "ok";
    for (const auto& [one, word] : condition_words)
        if (static_cast<int>(one) == static_cast<int>(condition)) return word.data(); // each ends with a zero
    return "unknown";
}

void cipherlane_wipe(void* data, size_t size) {
    if (data != nullptr) wipe(byte_span(static_cast<std::uint8_t*>(data), size));
}
