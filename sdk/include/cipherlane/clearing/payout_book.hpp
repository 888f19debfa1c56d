#pragma once

#include <cipherlane/clearing/fee_schedule.hpp>
#include <cipherlane/core/business_calendar.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/reconcile/entry.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::clearing {

/// One party's part of an order (分账), as a weight: 70 and 30, or 2 and 1.
struct share {
    std::string party;
    std::uint32_t weight = 0;
};

/// Of money given back: the payment that it is of.
struct payment_given_back {
    std::int64_t minor = 0;  ///< the payment
    std::int64_t before = 0; ///< what was given back of it earlier
};

/// A payment, or money given back, that is to be paid out.
struct clearing_item {
    std::string merchant;
    std::string category; ///< MCC
    std::int64_t day = 0; ///< since 1970-01-01, of China's civil time
    reconcile::direction way = reconcile::direction::payment;
    std::int64_t minor = 0; ///< never negative
    currency unit = cny;    ///< must be the book's
    /// Where it is known. Else a fee that comes back is bounded by this item alone: several of one payment can bring
    /// back more than was taken of it.
    std::optional<payment_given_back> of;
    bool free = false;         ///< no fee: it was voided, or voids
    std::vector<share> shares; ///< empty: all is the merchant's
    std::uint64_t record = 0;
};

/// A record that moved money as an item, without shares; nothing of all others.
/// @param category of its merchant.
[[nodiscard]] std::optional<clearing_item> item_of(const ports::journal_record& record, std::string_view category);

/// What an item comes to. All are signed as the merchant sees them: a payment is positive, its fee is taken.
struct cleared {
    std::int64_t gross = 0;
    std::int64_t fee = 0; ///< positive: taken
    std::int64_t net = 0; ///< gross - fee
    std::vector<std::pair<std::string, std::int64_t>>
        parts; ///< of the net, in the order of the shares; they add up to it
};

/// A merchant's day.
struct merchant_day {
    std::string merchant;
    std::int64_t day = 0;
    std::chrono::sys_days pay_day{}; ///< when it is paid out
    std::uint64_t payments = 0;
    std::uint64_t give_backs = 0;
    std::int64_t gross = 0;                      ///< of payments
    std::int64_t refunds = 0;                    ///< of money given back, positive
    std::int64_t fees = 0;                       ///< taken, less what came back
    currency unit = cny;                         ///< of all sums
    std::int64_t net = 0;                        ///< gross - refunds - fees; negative: the merchant owes it
    std::map<std::string, std::int64_t> parties; ///< add up to the net
};

/// Adds up what each merchant is paid for each day. Exact: every item is rounded once, when its fee is taken, and
/// divided by largest remainder, so that all parts of all items add up to the journal. Holds a row for each merchant
/// and day and nothing of the items. One thread at a time. What it refers to must outlive it.
class payout_book {
  public:
    /// @param days after which working day a day is paid out: 1 is T+1.
    /// @param money the currency of all items: a book has one.
    payout_book(const fee_schedule& fees, const business_calendar& calendar, unsigned days = 1, currency money = cny);
    payout_book(payout_book&&) noexcept;
    payout_book& operator=(payout_book&&) noexcept;
    ~payout_book();

    /// @return `clearing_errc::no_fee`, `bad_shares` (a party without a name, or weights that are all 0 or more than
    /// `most_weight` together), `too_much`, `other_currency`; nothing is added
    /// then
    [[nodiscard]] result<cleared> add(const clearing_item& item);
    /// All merchants' days, by day and merchant.
    /// @return `core_errc::out_of_range` where the calendar ends before a pay day
    [[nodiscard]] result<std::vector<merchant_day>> finish() const;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

/// A line of a statement for each item, and one for each merchant's day; CSV after RFC 4180, amounts such as 12.34.
[[nodiscard]] std::string item_names();
[[nodiscard]] std::string to_csv(const clearing_item& item, const cleared& what);
[[nodiscard]] std::string day_names();
[[nodiscard]] std::string to_csv(const merchant_day& day);

/// An amount with its sign: "-12.34".
[[nodiscard]] std::string signed_text(std::int64_t minor, const currency& unit = cny);

} // namespace cipherlane::clearing
