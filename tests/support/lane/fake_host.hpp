#pragma once

#include "support/lane/fake_ledger.hpp"
#include "support/lane/fault_script.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/ports/host.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::tests {

/// The keys that the fake host gives out at sign-in: published ones (a sign-in answer of the POS dialect and its
/// TMK).
extern const char* const test_tmk;
extern const char* const test_field62;
extern const char* const test_tak;

/// How the next answers differ from good ones.
struct host_mood {
    std::string code = "00";   ///< field 39 of trades
    std::string reversal_code; ///< of reversals; empty: as the books say
    bool keeps_tombs = true;   ///< a reversal of what was never seen is remembered: the trade is refused if it comes
    std::string balance_code = "00";
    std::string rate_code = "00";        ///< of a rate enquiry
    std::string totals_code = "00";      ///< of a settlement
    std::string upload_code = "00";      ///< of batch uploads
    std::string end_code = "00";         ///< of the end of a batch upload
    std::string advice_code = "00";      ///< of what the till has done already
    std::string service_code = "00";     ///< of 0820
    std::optional<std::int64_t> partial; ///< field 4 of an answer with code 10
    bytes issuer_data;                   ///< field 55 of answers to trades
    char header_request = '0';
    enum class mac { right, wrong, missing } seal = mac::right;
    bool answer_lost = false;
    bool late = false; ///< the request is kept on the way, and reaches the books when `deliver` is called
    std::function<void(iso8583::settlement_totals&)> settles; ///< what the answer to a settlement says, instead
    std::optional<std::string> totals48;                      ///< field 48 of that answer as it is; empty: left out
    int spoiled_answers = -1;                                 ///< how many answers the mood lasts; -1: all
};

/// An acquirer's host in memory: reads the POS dialect, checks MACs, keeps books, answers.
class fake_host final : public ports::host {
  public:
    fake_host(fake_ledger& books, fault_script& faults);

    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    [[nodiscard]] result<bytes> inquire(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override { return time; }

    [[nodiscard]] std::string identity() const override { return name; }
    [[nodiscard]] std::vector<std::string> earlier_identities() const override { return earlier; }
    /// What was on the way comes in now; nobody waits for the answers.
    void deliver();
    /// From now on MACs are made with this SM4 key (hex), and field 64 is the first eight bytes.
    void use_sm4(const std::string& tak);

    std::string name = "host one";
    std::vector<std::string> earlier;
    std::map<std::string, std::deque<std::string>> pages; ///< of downloads: field 62 of the next answers, by 60.3
    std::string master_key;                               ///< field 62 of the answer to a master key download, hex
    std::string field62 = test_field62;                   ///< of the answer to a sign-in, hex
    std::string batch;                                    ///< 60.2 of that; empty: the request's
    std::string offer;                                    ///< fields 6, 10 and 51 of the answer to a rate enquiry
    std::string voucher;                                  ///< field 59 of answers to sales by payment code
    std::string converted;       ///< fields 6, 10 and 51 of answers to trades that have them; empty: left out
    bool tags_enquiries = false; ///< that is also of the answer to a rate enquiry
    host_mood mood;
    std::chrono::milliseconds time{50};
    std::vector<bytes> requests; ///< as they came, for byte comparisons
    std::function<void(const iso8583::message_view&)> watch;

  private:
    [[nodiscard]] result<bytes> serve(byte_view request, const ports::answer_filter& filter, const call& bounds);
    [[nodiscard]] bytes answer(byte_view request);
    std::vector<bytes> under_way_;

    fake_ledger& books_;
    fault_script& faults_;
    crypto::mac_key tak_;
    crypto::unionpay_mac_form mac_form_ = crypto::unionpay_mac_form::ascii8;
};

} // namespace cipherlane::tests
