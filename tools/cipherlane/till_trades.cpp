// Trades by key and amount, one process a trade.
#include "cipherlane/key_input.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/till/routed_terminal.hpp>

#include <charconv>
#include <iostream>
#include <optional>

namespace cipherlane::cli::till_verbs {
namespace {

/// Whoever sees a payment code in time can pay with it.
wiped_text read_payment_code(const teller& by, const std::string& given) {
    if (given == "-") {
        const auto code = read_secret_line("--code", given);
        return wiped_text(as_text(code.expose()));
    }
    warn_of_arguments(by.name(), "--code", "-");
    return wiped_text(given);
}

/// The till's terminal that was asked for; or, where none was and the settings say so, the one that is chosen.
class seller {
  public:
    seller(const till_options& options, const teller& by)
        : at_(open_till(options, by))
        , options_(options) {
        const bool chooses = options.terminal.empty() && !at_.settings().routing.terminals.empty();
        if (chooses) routed_.emplace(by.need(routed_terminal::open(at_, options_.bounds())));
    }
    [[nodiscard]] till& at() noexcept { return at_; }
    [[nodiscard]] till of(const teller& by, const payment& what) { return by.need(at_.at(what.terminal_id)); }

    [[nodiscard]] result<payment> run(const trade_order& order) {
        if (const auto* undoes = std::get_if<acquiring::void_request>(&order))
            return routed_ ? routed_->void_payment(*undoes, options_.bounds())
                           : at_.void_payment(*undoes, options_.bounds());
        if (const auto* returns = std::get_if<acquiring::refund_request>(&order))
            return routed_ ? routed_->refund(*returns, options_.bounds()) : at_.refund(*returns, options_.bounds());
        const auto& wish = std::get<acquiring::trade_request>(order);
        return routed_ ? routed_->trade(wish, options_.bounds()) : at_.trade(wish, options_.bounds());
    }
    /// What the key has already, at whichever terminal.
    [[nodiscard]] result<std::optional<payment>> known(const acquiring::trade_request& wish) {
        if (!routed_) return at_.find_out(wish, options_.bounds());
        for (const auto& one : at_.settings().routing.terminals) {
            CIPHERLANE_TRY(auto its, at_.at(one));
            CIPHERLANE_TRY(auto found, its.find_out(wish, options_.bounds()));
            if (found) return found;
        }
        return std::optional<payment>();
    }
    /// A payment by its key, or by its handle where no key reads so.
    [[nodiscard]] payment original(const till_options& options, const teller& by) {
        if (!routed_) return find_original(options, by, at_);
        if (auto found = by.need(routed_->lookup(options.original, options.bounds()))) return *std::move(found);
        std::uint64_t handle = 0;
        const auto& text = options.original;
        const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), handle);
        if (why == std::errc{} && end == text.data() + text.size()) {
            if (auto found = by.need(routed_->lookup(handle, options_.bounds()))) return *std::move(found);
        }
        return find_original(options, by, at_); // which says so
    }

  private:
    till at_;
    const till_options& options_;
    std::optional<routed_terminal> routed_;
};

} // namespace

void trade(const till_options& options, const till_trade& row) {
    const teller by(row.verb, options);
    seller shop(options, by);
    auto& at = shop.at();
    const auto tell = [&](const payment& what) {
        auto its = shop.of(by, what);
        say(by, its, what);
    };
    acquiring::trade_request wish(row.kind, options.key, {});
    if (options.by_gateway) wish.kind = ledger::at_gateway(row.kind);
    if (row.has('o')) {
        const auto original = shop.original(options, by);
        wish.handle = original.handle;
        if (row.has('A') && options.amount.empty()) wish.total = original.approved;
    }
    if (!options.amount.empty()) wish.total = read_amount(options, by, at);
    if (!options.code.empty()) wish.payment_code = read_payment_code(by, options.code);
    if (row.has('q') && options.code.empty()) {
        // A key that was used gets what became of it, and nobody's code is asked for.
        if (const auto known = by.need(shop.known(wish))) return tell(*known);
        std::cerr << "scan the payer's code\n" << std::flush;
        wish.payment_code = by.need(at.scan_payment_code(options.bounds()));
    }
    wish.authorization = options.authorization;
    if (ledger::gateway_trades.contains(wish.kind)) wish.subject = options.subject;
    wish.gateway = options.gateway;
    if (options.no_credit) wish.funds = ports::order_funds::no_credit;
    wish.instalment = {options.periods, options.plan, '0'};
    if (options.partial) wish.partial = acquiring::partial_approval::accept;
    tell(by.need(shop.run(order_of(row, std::move(wish)))));
}

} // namespace cipherlane::cli::till_verbs
