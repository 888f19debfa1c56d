#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/ports/trade_guard.hpp>
#include <cipherlane/rules/payment_rules.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace cipherlane::assembly {

/// The rules of the settings, applied to what is about to be sent, and fed with what has come of it. Thread-safe.
class rule_desk {
  public:
    /// `clock` and `journal` outlive it.
    [[nodiscard]] static result<std::unique_ptr<rule_desk>> open(const till_settings& all, const ports::clock& clock,
        ports::store& journal, const logger& log, const call& bounds);

    /// What the settings say of payments at one gateway, by what it calls itself. Before the first payment.
    void know_gateway(std::string identity, const till_settings::gateway_place& place);

    /// Whether a rule in force today refuses credit to an order that allows none.
    [[nodiscard]] bool keeps_credit_out() const;
    /// What a trade asks for that its record does not say.
    void may_begin(const std::string& terminal_id, const ports::intent& what);
    /// @return `till_errc::rule_refuses`, with the rule as the field; what the totals say when they fail: nothing is
    /// sent that they could not count.
    [[nodiscard]] result<void> may_send(const ports::journal_record& fresh, const call& bounds);
    /// Without credit, where the settings say that orders allow none, a rule says that they must, and nothing tells
    /// what pays at that gateway: it can see to it, or refuses the order.
    [[nodiscard]] ports::order_funds funds_for(const ports::journal_record& fresh, ports::order_funds asked) const;
    /// Totals are fed with it; what the rules find of it is logged.
    void paid_by(const ports::journal_record& record, const ports::order_payer& payer) noexcept;
    void not_sent(const ports::journal_record& record) noexcept;
    void decided(const ports::journal_record& record) noexcept;

  private:
    rule_desk(const till_settings& all, const ports::clock& clock, ports::store& journal, logger log,
        rules::payment_rules made, std::unique_ptr<ports::limit_totals> totals);
    [[nodiscard]] rules::payment_facts facts_of(const ports::journal_record& fresh) const;
    [[nodiscard]] std::string name_of(const ports::journal_record& payment) const;
    void give_back(const ports::journal_record& payment, std::int64_t minor) noexcept;
    [[nodiscard]] bool take_again(const ports::journal_record& payment) noexcept;
    [[nodiscard]] bool is_first(const ports::journal_record& record);

    /// As which payments by code count.
    struct terms {
        rules::funding pays = rules::funding::unknown;
        rules::payer_grade grade = rules::payer_grade::unknown;
        bool takes_credit = true;
    };
    [[nodiscard]] terms terms_at(const std::string& gateway) const;

    const till_settings::rules_place place_;
    std::map<std::string, terms, std::less<>> gateways_;
    const ports::clock& clock_;
    ports::store& journal_;
    const logger log_;
    const rules::payment_rules rules_;
    const std::unique_ptr<ports::limit_totals> totals_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> without_credit_; ///< by terminal: the key of its trade, if that allows none
    std::set<std::uint64_t> gave_back_;                 ///< records of which a part went back: not twice
};

} // namespace cipherlane::assembly
