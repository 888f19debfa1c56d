#pragma once

#include <cipherlane/core/result.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::service {

enum class value_kind : std::uint8_t {
    text,   ///< `least` to `most` bytes
    number, ///< a whole one, `least` to `most`
    flag,
    payment, ///< one by its key, a text, or by its handle, a number
};

enum class presence : std::uint8_t { needed, optional };

/// What a request may say: a member of its body, or a word of its query. The OpenAPI document is made of these.
struct member {
    std::string_view name;
    std::string_view about;
    value_kind kind = value_kind::text;
    presence is = presence::optional;
    std::int64_t least = 1;
    std::int64_t most = 64;
    std::string_view choices = {}; ///< with blanks between them; empty: any
};

/// The words of `choices`.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view choices);

/// Reads a JSON object, in which no member stands twice; an empty text is an empty object.
/// @return `misuse` (`acquiring_errc::bad_request`) with what was found and what is expected.
[[nodiscard]] result<nlohmann::json> read_object(std::string_view text);
/// Whether an object is of these members: each as it must be, none that is not known, none missing.
/// @return likewise, with the member as its field.
[[nodiscard]] result<void> judge(const nlohmann::json& object, std::span<const member> may_have);
/// The same of one member, whatever else there is.
[[nodiscard]] result<void> judge(const nlohmann::json& object, const member& one);
/// `read_object`, then `judge`.
[[nodiscard]] result<nlohmann::json> read_body(std::string_view text, std::span<const member> may_have);
/// The same of a query, whose values are texts.
[[nodiscard]] result<nlohmann::json> read_query(
    std::span<const std::pair<std::string, std::string>> query, std::span<const member> may_have);

/// JSON schema of these members as one object that has no others.
[[nodiscard]] nlohmann::ordered_json schema_of(std::span<const member> members);
/// The same of one value.
[[nodiscard]] nlohmann::ordered_json schema_of(const member& one);

/// Overwrites a text, or all texts of an object or an array.
void wipe_texts(nlohmann::json& object) noexcept;

/// What may hold a payment code: its texts are overwritten whatever becomes of it.
class private_wish {
  public:
    explicit private_wish(nlohmann::json&& value) noexcept
        : value_(std::move(value)) {}
    private_wish(private_wish&&) noexcept = default;
    private_wish& operator=(private_wish&&) = delete;
    ~private_wish() { wipe_texts(value_); }

    [[nodiscard]] const nlohmann::json& operator*() const noexcept { return value_; }
    [[nodiscard]] const nlohmann::json* operator->() const noexcept { return &value_; }

  private:
    nlohmann::json value_;
};

} // namespace cipherlane::service
