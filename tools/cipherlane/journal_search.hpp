#pragma once

#include <cipherlane/ports/journal_record.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace cipherlane::cli {

/// What a payment is looked for by: all that is given must fit. Texts fit as a whole; of a card the last four digits.
struct journal_search {
    std::string key;
    std::string reference; ///< field 37 or the gateway's number; the number of an order or voucher, too
    std::string card;      ///< last four digits
    std::string operator_id;
    std::string total; ///< "12.34", in the currency of the record
    std::string from;  ///< "2026-11-30", "2026-11-30 09:30" or with seconds, of China's civil time
    std::string to;    ///< likewise, and all that is in that day, minute or second

    /// Throws `tool_complaint` for a value that cannot be.
    void prepare();
    [[nodiscard]] bool is_given() const;
    [[nodiscard]] bool fits(const ports::journal_record& record) const;

  private:
    std::optional<std::chrono::system_clock::time_point> begin_;
    std::optional<std::chrono::system_clock::time_point> end_; ///< the first moment that does not fit
};

void add_search_options(CLI::App& app, journal_search& to);

} // namespace cipherlane::cli
