#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// A request that the gateway refuses: HTTP status, code, words.
class refusal : public std::runtime_error {
  public:
    refusal(unsigned http_status, std::string reason, const std::string& words)
        : std::runtime_error(words)
        , status(http_status)
        , code(std::move(reason)) {}
    unsigned status;
    std::string code;
    std::string order_number;  ///< what it is about; empty where the request does not say
    std::string refund_number; ///< likewise, of a refund
};

/// One payer's payment of an order.
struct gateway_payment {
    std::string transaction_number;
    std::int64_t amount = 0;
    std::int64_t refunded = 0;
};

/// What is told of who pays; empty: nothing.
struct gateway_payer {
    std::string from; ///< debit, credit, prepaid, balance
    std::string name;
};

struct gateway_refund {
    std::string transaction_number;
    std::int64_t amount = 0;
};

struct gateway_order {
    std::string number;
    std::string merchant_id;
    std::string terminal_id;
    std::string device_serial;
    std::int64_t amount = 0;
    std::string currency;
    std::string subject;
    bool credit = true; ///< whether credit may pay it
    std::string notify_url;
    std::string code_url;
    std::string status = "waiting";
    std::int64_t created = 0; ///< seconds since 1970
    std::int64_t expires = 0;
    std::int64_t paid_at = 0;
    bool charged = false;                          ///< by the payer's own code: there is none to show
    gateway_payer payer;                           ///< the last
    std::vector<gateway_payment> payments;         ///< in their order
    std::map<std::string, gateway_refund> refunds; ///< by refund number

    /// Undone before it came: it never was for any amount.
    [[nodiscard]] bool is_tomb() const noexcept { return charged && amount == 0; }
    [[nodiscard]] std::int64_t paid() const;
    [[nodiscard]] std::int64_t refunded() const;
    /// What payers beyond the first have paid and not got back.
    [[nodiscard]] std::int64_t paid_twice() const;
    /// The payment that the order names: the last that was not given back, else the last.
    [[nodiscard]] std::string transaction_number() const;
    [[nodiscard]] nlohmann::json to_json() const;
};

/// The gateway's orders and the rules of `docs/14-gateway-api.md`, without HTTP. Throws `refusal`. One thread at a
/// time.
class order_book {
  public:
    /// `now` gives seconds since 1970; `random_hex` as many random hex digits as asked for.
    /// `file`: JSON that keeps orders and used payment codes over a restart, empty for none. Throws
    /// `std::runtime_error` if it cannot be read or written, here or at any change, which is then not made.
    order_book(
        std::function<std::int64_t()> now, std::function<std::string(std::size_t)> random_hex, std::string file = {});

    /// The order, and whether it is new.
    std::pair<gateway_order, bool> create(const nlohmann::json& request);
    [[nodiscard]] gateway_order find(const std::string& number);
    gateway_order cancel(const std::string& number);
    /// Charges whoever has the code of the request, once. The order, and whether it is new.
    std::pair<gateway_order, bool> charge(const nlohmann::json& request);
    /// Undoes a charge: what was not paid is closed, what was is given back. A number that is not known is kept for
    /// the merchant as cancelled, so that a charge which comes later under it takes nothing; without one it is
    /// refused.
    gateway_order reverse(const std::string& number, const std::string& merchant_id = {});
    /// How the wallet of a payment code behaves: it pays at once, asks for a password, refuses. One that is not known
    /// pays.
    enum class wallet_manner : std::uint8_t { pays, asks, refuses };
    void know_wallet(const std::string& code, wallet_manner manner) { wallets_[code] = manner; }
    gateway_order refund(const std::string& number, const nlohmann::json& request);
    /// The order that has a refund of this number.
    [[nodiscard]] std::optional<gateway_order> find_refund(const std::string& refund_number) const;
    /// Who pays a code: in time, once it is closed, or once somebody else has paid it.
    enum class payer : std::uint8_t { usual, late, second };
    /// What a payer's wallet does. Refused where the order is not as that payer finds it.
    gateway_order pay(const std::string& number, payer who, const gateway_payer& told = {});
    /// The gateway gives back what is left of a payment, by itself. Refused where it is not paid.
    gateway_order give_back_all(const std::string& number);
    /// Whether the next change cannot be written, as on a full disk: then it is not made.
    void fail_next_write(bool fails) { fails_next_ = fails; }
    [[nodiscard]] nlohmann::json list();

  private:
    std::pair<gateway_order, bool> make(const std::string& number, const nlohmann::json& request);
    std::pair<gateway_order, bool> make_charge(const std::string& number, const nlohmann::json& request);
    std::pair<gateway_order, bool> keep(gateway_order order);
    gateway_order entomb(const std::string& number, const std::string& merchant_id);
    void add_payment(gateway_order& order);
    gateway_order give_back(
        const std::string& number, const std::string& refund_number, const nlohmann::json& request);
    template <class Change>
    gateway_order change(gateway_order& order, Change make);
    gateway_order& at(const std::string& number);
    void load();
    void save();

    std::function<std::int64_t()> now_;
    std::function<std::string(std::size_t)> random_hex_;
    std::string file_;
    bool fails_next_ = false;
    std::map<std::string, gateway_order> orders_;
    std::map<std::string, wallet_manner> wallets_;     ///< by payment code
    std::map<std::string, std::string> charged_codes_; ///< by a digest, and for which order each was used
};

} // namespace cipherlane::sim
