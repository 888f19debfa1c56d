#pragma once

#include <cipherlane/clearing/payout_book.hpp>
#include <cipherlane/core/language.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace cipherlane::clearing {

/// A line of a printed statement: a payment, or money given back.
struct statement_entry {
    std::uint64_t record = 0;
    std::int64_t moment = 0; ///< seconds of China's civil time since 1970-01-01, as of `reconcile::entry`
    ports::trade kind = ports::trade::sale;
    reconcile::direction way = reconcile::direction::payment;
    std::string reference;  ///< what the merchant knows it by; printed as far as it fits
    std::int64_t gross = 0; ///< as of `cleared`: negative where money was given back
    std::int64_t fee = 0;
    std::int64_t net = 0;
};

struct document_settings {
    std::string issuer; ///< who pays out: printed above the title
    language speech = language::chinese;
    std::string font_file; ///< empty: the first of `usual_fonts` that is there
};

/// Statements for print (对账单), as PDF of A4 pages: for each merchant's day its sums, its parties, and every
/// payment, with sums carried from page to page. The letters that are used are embedded, so that it looks the same
/// everywhere, and text can be searched and copied.
///
/// It adds up: a day whose lines are not what it comes to is refused, and then there is no file. The file appears
/// under its name when all of it is written. Pages are written as they fill: a day of a million payments needs no
/// more memory than one of ten. The same statement gives the same bytes. One thread at a time.
class statement_document {
  public:
    /// @return `clearing_errc::no_font`, `cannot_write`
    [[nodiscard]] static result<statement_document> create(
        const std::filesystem::path& file, const document_settings& settings = {});
    statement_document(statement_document&&) noexcept;
    statement_document& operator=(statement_document&&) noexcept;
    ~statement_document(); ///< without `finish` nothing is left

    /// A merchant's day, on a page of its own: as `payout_book::finish` has it.
    void begin(const merchant_day& day);
    void add(const statement_entry& line);
    /// @return `clearing_errc::does_not_add_up`: the lines since `begin` are not those of the day
    [[nodiscard]] result<void> end();
    /// @return `does_not_add_up` if a day was refused or is not ended, `cannot_write`
    [[nodiscard]] result<void> finish();

  private:
    struct state;
    explicit statement_document(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::clearing
