#pragma once

#include "simulation/fingerprint.hpp"
#include "simulation/wire.hpp"

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::simulation {

/// How the bank behaves where hosts differ.
struct bank_manners {
    bool entombs = true;     ///< refuses a trade whose reversal came before it
    std::string code = "00"; ///< what it answers to trades that it could book
    bool header_asks_sign_in = false;
    int trades_unanswered = 0; ///< so many are heard and not answered
    int miscounts = 0;         ///< so many totals it finds other than its own, though they are not
    bool partly = false;       ///< approves half of what is asked for
    bool offers_rate = false;  ///< lets cardholders pay in a currency of their own
};

/// What the bank has booked. Who it was for is known to the world, not to the bank.
struct booking {
    std::string terminal;
    std::uint32_t batch = 0;
    std::uint32_t trace = 0;
    std::int64_t minor = 0;
    std::int64_t converted = 0; ///< in the cardholder's currency; zero: in the shop's
    /// 'S' sale, 'V' void, 'R' refund, 'P' pre-authorisation, 'W' its void, 'C' completion, 'X' its void; what the
    /// till has done before it tells: 'A' completion, 'O' offline sale, 'L' sale by telephone, 'J' adjustment, 'T'
    /// tip, 'F' refund.
    char what = '?';
    enum class state : std::uint8_t { standing, reversed, declined, tomb } at = state::standing;
    std::optional<std::size_t> original;
    std::int64_t taken = 0; ///< of it, by refunds or a completion
    bool undone = false;    ///< by a void that stands
    std::string key;        ///< the till's name for the payment, told by the world
    std::string reference;
    std::string authorization;
};

/// An acquirer's host and its books, in memory: the judge's witness of what cards were charged. A model of its own,
/// from the fact sheet: it shares neither codec nor table of required fields with the till.
class bank {
  public:
    /// The answer to a message; nothing for one that it cannot read, and where its manners say so.
    /// @param key whose payment this is: kept with what is booked for it.
    /// @param now "YYYYMMDDhhmmss" in China.
    [[nodiscard]] std::optional<bytes> handle(byte_view request, const std::string& key, std::string_view now);

    [[nodiscard]] const std::vector<booking>& books() const noexcept { return books_; }
    /// New trades that bear the number of another payment.
    [[nodiscard]] std::uint32_t numbers_used_twice() const noexcept { return used_twice_; }

    /// Whether a batch is at its end there, as its totals were told and nothing more is counted into it; and whether
    /// those were the bank's.
    enum class batch_end : std::uint8_t { open, equal, different };
    [[nodiscard]] batch_end end_of(std::string_view terminal, std::uint32_t batch) const;

    /// All that it will go by.
    void add_to(fingerprint& state) const;

    /// Whose a trade is that is told later, perhaps while the till is at another payment: by its amount.
    std::map<std::int64_t, std::string> told_later;
    bank_manners manners;
    std::string says_instead;  ///< the code of the next answer, whatever was done
    bool does_nothing = false; ///< with the next message

  private:
    struct work;
    void decide(work& on);
    void trade(work& on);
    void book(work& on, booking made);
    void reverse(work& on);
    void settle(work& on);
    void upload(work& on);
    void end_upload(work& on);
    void offer_rate(work& on);
    [[nodiscard]] std::optional<std::size_t> find(
        std::string_view terminal, std::uint32_t batch, std::uint32_t trace) const;
    [[nodiscard]] std::string code_for(const booking& wish) const;
    [[nodiscard]] std::string code_for(const booking& wish, const booking& original) const;
    /// What a payment code's trade must carry, and what it is given.
    [[nodiscard]] bool fits_code(work& on, const booking& made) const;
    void carry_out(const booking& what, int direction);
    /// What it knows of a batch whose totals it was told.
    struct closed_batch {
        bool equal = false;               ///< they were its own
        bool ended = false;               ///< by the end message: it takes no records any more
        std::set<std::uint32_t> uploaded; ///< by trace
    };
    [[nodiscard]] closed_batch* closed(const work& on);
    [[nodiscard]] std::string totals_of(std::string_view terminal, std::uint32_t batch) const;

    std::vector<booking> books_;
    std::map<std::pair<std::string, std::uint32_t>, closed_batch, std::less<>> closed_; ///< by terminal and number
    std::uint32_t used_twice_ = 0;
    std::uint64_t references_ = 0;
};

/// Published keys of the dialect (fact sheet, K1): what the bank gives out at sign-in.
inline constexpr std::string_view bank_master_key = "CA5D92598DCA48CE8A4C76361A9269E9";

} // namespace cipherlane::simulation
