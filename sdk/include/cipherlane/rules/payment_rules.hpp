#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/currency.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/toml_value.hpp>
#include <cipherlane/ports/limit_totals.hpp>
#include <cipherlane/ports/order_payer.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::rules {

using ports::funding;
/// How the payer and the merchant come together.
enum class code_kind : std::uint8_t { none, static_code, dynamic_code, payment_code };
/// How well the payer's side makes sure of its payer (银发〔2017〕296号): by a certificate or an electronic signature
/// among two factors or more, by two without those, by fewer. A static code is of grade D, whatever else is done.
enum class payer_grade : std::uint8_t { unknown, a, b, c, d };
enum class rule_action : std::uint8_t { off, advise, refuse };
/// What a rule looks at.
enum class rule_kind : std::uint8_t {
    code_funding, ///< what may pay by code
    order_credit, ///< credit only where the order allows it
    static_code,  ///< the day's total of a payer at static codes
    micro_credit, ///< credit receipts of all micro merchants (小微商户) of one identity, by day and month
    payer_grade,  ///< the day's total of a payer of a grade, by code of any kind
    category,     ///< what may pay at merchants of a category (MCC)
    small_amount, ///< up to what a payment by card needs neither PIN nor signature (小额免密免签)
};

/// What is known of a payment when it is judged.
struct payment_facts {
    std::string payment; ///< its own name, as its idempotency key: totals take it once
    amount total;
    std::string day; ///< YYYYMMDD of China's civil time
    code_kind code = code_kind::none;
    funding pays = funding::unknown;
    bool order_allows_credit = true;
    bool without_pin = false;                 ///< taken with neither PIN nor signature
    payer_grade grade = payer_grade::unknown; ///< as the payer's side tells it; of a static code it is D
    /// Empty: not known, and in no payer's total; a payment that alone is more than a day's is found all the same.
    std::string payer;
    std::string category; ///< MCC
    /// Of a micro merchant: what stands for the identity document of its owner, best a digest; else empty.
    std::string micro_identity;
    /// Whoever takes the payment keeps credit out of this order by itself, where it allows none.
    bool credit_is_kept_out = false;
};

/// What a rule says of a payment.
struct rule_finding {
    std::string rule;
    std::string source;
    rule_action action = rule_action::advise;
    std::string found;   ///< what was found, in words
    std::string allowed; ///< what would be allowed
};

/// The rules of issuing and taking codes as data, from a strict TOML file: each has a name, a source, a date from
/// which it holds, and an action. A plain value; any thread.
class payment_rules {
  public:
    struct rule {
        std::string name;
        std::string source;
        std::string since; ///< YYYY-MM-DD
        rule_kind kind = rule_kind::code_funding;
        rule_action action = rule_action::advise;
        std::vector<funding> allowed;             ///< `code_funding`, `category`
        std::vector<std::string> categories;      ///< `category`
        payer_grade grade = payer_grade::unknown; ///< `payer_grade`
        std::int64_t day_minor = 0;   ///< `static_code`, `micro_credit`, `payer_grade`; 0: none is set (grade A)
        std::int64_t month_minor = 0; ///< `micro_credit`
        std::int64_t most_minor = 0;  ///< `small_amount`
        currency unit = cny;          ///< of all four
    };

    /// Cards whose numbers begin so, and what pays with them.
    struct card_range {
        std::string begins; ///< 1 to 6 digits: of a masked number no more are there
        funding pays = funding::unknown;
    };

    /// @return `core_errc::file_content` with file, line and key, `core_errc::no_file`
    [[nodiscard]] static result<payment_rules> parse(std::string_view text, std::string_view file);
    [[nodiscard]] static result<payment_rules> load(const std::filesystem::path& file);

    /// What the rules in force on the payment's day say, refusals first. Totals are taken where nothing refuses: give
    /// them back where the payment does not come to stand, or turns out not to be of the kind that is counted. A
    /// refusal or an error gives back what this judgement took, for at most two seconds beyond the call's end for
    /// each rule, and leaves what an earlier one of the same payment took; what cannot be given back stays counted.
    /// @return where nothing refuses: what the totals say when they fail (whether to go on then is the caller's
    /// decision), `core_errc::out_of_range` for an amount that is not positive or in another currency than a rule
    /// that counts it
    [[nodiscard]] result<std::vector<rule_finding>> judge(
        const payment_facts& facts, ports::limit_totals& totals, const call& bounds) const;

    /// Of a payment that has been made, once it is known who has paid, and from what: it cannot be refused any more.
    /// What the rules of that day find of it besides what they had found, refusals first; totals take it beyond their
    /// limits, too, and those that it turns out to be no part of let it go. Once for each payment: the same again
    /// changes nothing. @param judged as it was judged before. @return as `judge`, where a total fails; the others
    /// have it
    [[nodiscard]] result<std::vector<rule_finding>> settle(const payment_facts& judged, const payment_facts& known,
        ports::limit_totals& totals, const call& bounds) const;

    /// Gives back of all that a payment has taken: all of it where it was declined or reversed, a part for a refund.
    [[nodiscard]] result<void> give_back(
        std::string_view payment, std::int64_t minor, ports::limit_totals& totals, const call& bounds) const;

    /// Of a payment that gave all of it back and has been made after all (`ports::limit_totals::take_again`).
    /// @return whether any total has it again
    [[nodiscard]] result<bool> take_again(
        std::string_view payment, std::int64_t minor, ports::limit_totals& totals, const call& bounds) const;

    [[nodiscard]] const std::vector<rule>& rules() const noexcept { return rules_; }

    /// What pays with a card, by the longest of the ranges that its number, masked or not, begins with.
    [[nodiscard]] funding funding_of_card(std::string_view number) const noexcept;

  private:
    [[nodiscard]] static result<payment_rules> read(const toml_value& root, std::string_view file);
    std::vector<rule> rules_;
    std::vector<card_range> cards_;
};

/// Whether a finding forbids the payment.
[[nodiscard]] bool refuses(const std::vector<rule_finding>& findings) noexcept;

} // namespace cipherlane::rules
