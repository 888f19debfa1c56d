#pragma once

#include "duty_desk.hpp"
#include "risk_desk.hpp"
#include "rule_desk.hpp"

#include <cipherlane/ports/trade_guard.hpp>

#include <memory>

namespace cipherlane::assembly {

/// Watches over the lanes of a till: the rights of whoever is on duty first, then the rules, then the risk. What the
/// settings do not name is not asked.
class watch final : public ports::trade_guard {
  public:
    std::unique_ptr<duty_desk> duties;
    std::unique_ptr<rule_desk> rules;
    std::unique_ptr<risk_desk> risk;

    [[nodiscard]] bool is_idle() const noexcept { return !duties && !rules && !risk; }
    [[nodiscard]] bool judges_funds() const override { return rules && rules->keeps_credit_out(); }
    [[nodiscard]] result<ports::duty> may_begin(
        const std::string& terminal_id, const ports::intent& what, const call& bounds) override;
    [[nodiscard]] result<void> may_send(const ports::journal_record& fresh, const call& bounds) override;
    [[nodiscard]] ports::order_funds funds_for(
        const ports::journal_record& fresh, ports::order_funds asked) const override;
    void paid_by(const ports::journal_record& record, const ports::order_payer& payer) noexcept override;
    void not_sent(const ports::journal_record& record) noexcept override;
    void decided(const ports::journal_record& record) noexcept override;

  private:
    [[nodiscard]] result<void> check_risk(const ports::journal_record& fresh, const call& bounds);
};

} // namespace cipherlane::assembly
