#pragma once

#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/error.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/describe.hpp>

#include <string>
#include <vector>

namespace cipherlane::cli {

/// What the subcommands of `iso8583` share.
struct iso8583_options {
    std::string subcommand; ///< for messages: "iso8583 explain"
    std::vector<std::string> dialects{"cup-pos"};
    std::vector<std::string> inputs;
    input_form form = input_form::automatic;
    output_form output = output_form::text;
    iso8583::reading reading = iso8583::reading::strict;
    iso8583::reveal reveal = iso8583::reveal::masked;
    bool no_length = false; ///< the input has none, whatever the dialect says
    std::vector<std::string> keys;
    std::string cipher;
    std::string algorithm;

    /// Tells the fault and ends the program; input that cannot be read is the user's.
    [[noreturn]] void stop(const error& why, std::string_view advice = {}) const;
    /// Tells words of our own as wrong use.
    [[noreturn]] void stop(const std::string& why) const;
    template <class T>
    T value_or_stop(result<T> from) const {
        if (!from) stop(from.error());
        return *std::move(from);
    }

    /// The dialect of that name, or from a file; it lives until the program ends.
    [[nodiscard]] const iso8583::dialect& dialect_named(const std::string& name) const;
    [[nodiscard]] const iso8583::dialect& dialect() const { return dialect_named(dialects.front()); }
    /// The keys, each as `key_forms` says. Before the input: where both come from standard input the key comes first.
    [[nodiscard]] std::vector<secret_bytes> read_keys(std::string_view option) const;
    /// An argument's content; see `take_input`.
    [[nodiscard]] std::string given(std::size_t index = 0) const;
    [[nodiscard]] found_messages messages(const iso8583::dialect& format, std::size_t index = 0) const;
};

/// What to do about a message of these that cannot be read.
[[nodiscard]] std::string advice_on(const found_messages& found);

/// `iso8583 explain` and `iso8583 mac`: they print, and say how the program ends.
[[nodiscard]] ending explain_messages(const iso8583_options& chosen);
[[nodiscard]] ending search_macs(const iso8583_options& chosen);

} // namespace cipherlane::cli
