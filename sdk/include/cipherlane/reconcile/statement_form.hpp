#pragma once

#include <cipherlane/core/currency.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ledger/enum_set.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::reconcile {

/// Where a value stands in a row: under a name (CSV), or in bytes of the line (fixed width).
struct value_place {
    std::string name;
    std::size_t at = 0; ///< the first byte, from 0
    std::size_t size = 0;
    [[nodiscard]] bool given() const noexcept { return !name.empty() || size != 0; }
};

/// Words of a column and what they mean. A word that is not listed is a fault of the file: nothing is guessed.
template <class Meaning>
struct word_column {
    value_place place;
    std::vector<std::pair<std::string, std::optional<Meaning>>> words; ///< without a meaning: the row does not count
};

/// The columns of a row of one direction.
struct row_places {
    value_place time;
    value_place amount;
    value_place fee;
    std::array<value_place, key_fields> keys;
    word_column<standing> status;
};

/// A number that the file states behind its rows, and what of the rows it must be.
struct stated_total {
    enum class of_rows : std::uint8_t { all, payments, give_backs };
    std::string line;    ///< the line begins with this
    std::size_t nth = 1; ///< the number in that line, counted from 1
    value_place sum;     ///< the column that is added up; none: rows are counted
    of_rows of = of_rows::all;
};

/// How a statement of an acquirer or a gateway is read (对账文件的格式). A plain value.
struct statement_form {
    enum class layout : std::uint8_t { csv, fixed };
    enum class text_set : std::uint8_t { utf8, gbk };
    enum class unit : std::uint8_t { major, minor };

    std::string name;
    std::string title;
    std::string source; ///< where the form is published
    layout shape = layout::csv;
    text_set encoding = text_set::utf8;
    char separator = ',';
    char quote = '"';          ///< 0: the form has no quotes
    std::string lead;          ///< stands before each value, as ` does in WeChat's
    std::string comment;       ///< a line that begins so, before the line of names, says nothing
    std::string end;           ///< a line that begins so ends the rows; empty: the file's end does
    std::size_t line_size = 0; ///< fixed width: bytes of a line without its end
    unit amounts = unit::major;
    currency money = cny;
    value_place row_money; ///< a column with the number of each row's own currency (ISO 4217)
    std::string time_form; ///< as "YYYY-MM-DD hh:mm:ss"; without a year it is that of the statement's day
    std::vector<key_field> match;
    std::vector<ledger::channel> channels; ///< which trades of the journal it is about; empty: all
    word_column<direction> kind; ///< no place: the sign of the amount says it, and a negative one is given back
    row_places payment;
    row_places give_back;
    bool fee_taken_minus = false; ///< a fee that the merchant pays stands there with a minus, as in Alipay's
    std::vector<stated_total> totals;
    /// Set by who reads, not by a description: a row counts only if it has these values. The form must have a place
    /// for each.
    std::vector<std::pair<key_field, std::string>> only;

    [[nodiscard]] const row_places& places(direction way) const noexcept {
        return way == direction::payment ? payment : give_back;
    }
    /// Whether a trade of the journal belongs into such a statement.
    [[nodiscard]] bool covers(ports::trade trade) const noexcept;
};

/// A description, strict: whatever it does not know is refused.
/// @param file for errors.
/// @return `reconcile_errc::bad_form` with file, line, key, what was found and what is allowed
[[nodiscard]] result<statement_form> parse_statement_form(std::string_view text, std::string_view file);
/// @return also `reconcile_errc::cannot_read`
[[nodiscard]] result<statement_form> load_statement_form(const std::filesystem::path& file);
/// One that is shipped, by its name: `wechat-bill`, `alipay-bill`, `unionpay-zm`, `journal-export`.
/// @return `reconcile_errc::bad_form` for another name, with those that there are
[[nodiscard]] result<statement_form> find_statement_form(std::string_view name);
[[nodiscard]] std::vector<std::string_view> statement_form_names();

} // namespace cipherlane::reconcile
