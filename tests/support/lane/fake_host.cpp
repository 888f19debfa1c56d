#include "support/lane/fake_host.hpp"

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace cipherlane::tests {

const char* const test_tmk = "CA5D92598DCA48CE8A4C76361A9269E9";
const char* const test_field62 = "6701EAD6A9AD51E51AA406E2C27FCFA98D0A74B8B651F9E9BACE9AE10000000000000000AB7153CA";
const char* const test_tak = "5BB5C72CD00B7338";

namespace {

using iso8583::message;
using iso8583::message_view;

crypto::mac_key make_tak() {
    const auto material = from_hex(test_tak).value();
    return crypto::mac_key::create(crypto::algorithm::des, material, crypto::legacy_policy).value();
}

std::uint32_t number(std::string_view digits) {
    return static_cast<std::uint32_t>(std::strtoul(std::string(digits).c_str(), nullptr, 10));
}

/// What the books say to a request, field 39.
class bookkeeper {
  public:
    bookkeeper(fake_ledger& books, const message_view& request, const host_mood& mood)
        : books_(books)
        , request_(request)
        , mood_(mood) {}

    std::string decide() {
        const auto field60 = iso8583::field60::parse(request_.value(60)).value();
        batch_ = number(field60.batch.view());
        trace_ = number(request_.value(11));
        amount_ = std::atoll(request_.value(4).c_str());
        const auto mti = request_.mti();
        if (mti == "0400") return reverse();
        if (mti == "0500") return settle();
        if (mti == "0320") return upload(field60);
        if (mti == "0800") return "00";
        if (mti == "0820") return mood_.service_code;
        if (mti == "0620") return mood_.advice_code;
        if (request_.equals(3, "310000")) return mood_.balance_code;
        if (request_.equals(3, "330000")) return mood_.rate_code;
        if (books_.find(batch_, trace_) != nullptr) {
            ++books_.duplicates;
            return "94";
        }
        return trade();
    }
    std::string verdict48;

  private:
    /// By field 60.1 (POS dialect, table of transactions).
    [[nodiscard]] char kind() const {
        const auto type = request_.value(60).substr(0, 2);
        constexpr std::pair<std::string_view, char> kinds[]{{"22", 'S'}, {"23", 'V'}, {"25", 'R'}, {"10", 'P'},
            {"11", 'W'}, {"20", 'C'}, {"21", 'X'}, {"24", 'C'}, {"27", 'R'}, {"30", 'S'}, {"32", 'S'}, {"34", 'S'},
            {"36", 'S'}};
        for (const auto& [digits, letter] : kinds) {
            if (type == digits) return letter;
        }
        return '?';
    }
    /// Told by a till that has done it already.
    [[nodiscard]] bool is_advice() const {
        constexpr std::string_view advices[]{"24", "27", "30", "32", "34", "36"};
        return std::find(std::begin(advices), std::end(advices), request_.value(60).substr(0, 2)) !=
               std::end(advices);
    }
    static bool undoes(char kind) { return kind == 'V' || kind == 'W' || kind == 'X'; }
    /// In these books an original is of the same batch.
    [[nodiscard]] fake_ledger::trade* original_of(const fake_ledger::trade& of) {
        return books_.find(of.batch, of.original);
    }
    std::string trade() {
        fake_ledger::trade entry{batch_, trace_, mood_.partial.value_or(amount_), 0, 'S', 'A'};
        fake_ledger::trade* original = nullptr;
        const bool names = request_.has(61) && request_.value(61).substr(0, 12) != std::string(12, '0');
        if (names) {
            const auto field61 = iso8583::field61::parse(request_.value(61)).value();
            original = books_.find(number(field61.batch.view()), number(field61.trace.view()));
            entry.original = number(field61.trace.view());
        }
        entry.kind = kind();
        const auto code = is_advice() ? mood_.advice_code : mood_.code;
        const bool good = code == "00" || code == "10" || code == "11";
        const bool undoable = !names || (original != nullptr && original->state == 'A');
        if (!good || !undoable) entry.state = 'D';
        if (entry.state == 'A' && undoes(entry.kind)) original->state = 'V';
        if (entry.state == 'A' && entry.kind == 'C') original->state = 'U'; // used up
        if (entry.state == 'A' && entry.kind == 'X') original_of(*original)->state = 'A';
        books_.trades[books_.trade_count++] = entry;
        return undoable ? code : "25";
    }
    std::string reverse() {
        if (!mood_.reversal_code.empty()) return mood_.reversal_code;
        auto* entry = books_.find(batch_, trace_);
        if (entry == nullptr) {
            if (!mood_.keeps_tombs) return "25";
            books_.trades[books_.trade_count++] = {batch_, trace_, 0, 0, 'S', 'T'};
            return "00";
        }
        if (entry->state == 'A') {
            entry->state = 'R';
            if (undoes(entry->kind) || entry->kind == 'C') original_of(*entry)->state = 'A';
            if (entry->kind == 'X') original_of(*original_of(*entry))->state = 'U';
        }
        return "00";
    }
    std::string settle() {
        if (mood_.totals_code != "00") return mood_.totals_code;
        iso8583::settlement_totals own;
        for (std::uint32_t i = 0; i < books_.trade_count; ++i) {
            const auto& entry = books_.trades[i];
            if (entry.batch != batch_ || (entry.state != 'A' && entry.state != 'V')) continue;
            if (entry.kind == 'P' || entry.kind == 'W') continue;
            const bool debit = entry.kind == 'S' || entry.kind == 'C';
            auto& money = debit ? own.domestic.debit_amount : own.domestic.credit_amount;
            auto& count = debit ? own.domestic.debit_count : own.domestic.credit_count;
            money += entry.amount;
            ++count;
        }
        auto theirs = iso8583::settlement_totals::parse(request_.value(48)).value();
        theirs.domestic.verdict = theirs == own && mood_.code == "00" ? iso8583::settlement_verdict::balanced
                                                                      : iso8583::settlement_verdict::not_balanced;
        if (mood_.settles) mood_.settles(theirs);
        verdict48 = mood_.totals48.value_or(theirs.to_digits().value());
        return "00";
    }
    std::string upload(const iso8583::field60& field60) {
        const bool end = field60.network == "207" || field60.network == "202";
        if (const auto& code = end ? mood_.end_code : mood_.upload_code; code != "00") return code;
        if (end) {
            books_.settled_batches = std::max(books_.settled_batches, batch_);
        } else if (request_.has(48)) {
            books_.uploads += number(request_.value(48).substr(0, 2));
        } else {
            ++books_.uploads;
        }
        return "00";
    }

    fake_ledger& books_;
    const message_view& request_;
    const host_mood& mood_;
    std::uint32_t batch_ = 0;
    std::uint32_t trace_ = 0;
    std::int64_t amount_ = 0;
};

} // namespace

fake_host::fake_host(fake_ledger& books, fault_script& faults)
    : books_(books)
    , faults_(faults)
    , tak_(make_tak()) {}

result<bytes> fake_host::exchange(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    if (!bounds.stopped() && bounds.until().left() < time) {
        (void)faults_.next("host");
        return make_fault(fault_kind::timed_out);
    }
    return serve(request, filter, bounds);
}

result<bytes> fake_host::inquire(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    return serve(request, filter, bounds);
}

result<bytes> fake_host::serve(byte_view request, const ports::answer_filter& filter, const call& bounds) {
    const auto fault = faults_.next("host");
    if (bounds.stopped()) {
        return error(boost::system::errc::make_error_code(boost::system::errc::operation_canceled), layer::hostlink);
    }
    if (fault && *fault != fault_kind::lost_answer && *fault != fault_kind::late_fault) return make_fault(*fault);
    if (mood.late) {
        under_way_.emplace_back(request.begin(), request.end());
        if (mood.spoiled_answers > 0 && --mood.spoiled_answers == 0) mood = host_mood();
        return make_fault(fault_kind::lost_answer);
    }
    ++books_.messages;
    requests.emplace_back(request.begin(), request.end());
    auto data = answer(request);
    const bool lost = mood.answer_lost;
    if (mood.spoiled_answers > 0 && --mood.spoiled_answers == 0) mood = host_mood();
    if (fault || lost) return make_fault(fault_kind::lost_answer);
    if (!filter.matches(data)) return make_fault(fault_kind::lost_answer); // dropped; nothing else comes
    return data;
}

void fake_host::deliver() {
    for (const auto& request : std::exchange(under_way_, {}))
        (void)answer(request);
}

void fake_host::use_sm4(const std::string& tak) {
    const auto material = from_hex(tak).value();
    tak_ = crypto::mac_key::create(crypto::algorithm::sm4, material, crypto::cup_pos_policy).value();
    mac_form_ = crypto::unionpay_mac_form::raw8;
}

bytes fake_host::answer(byte_view request) {
    const auto view = iso8583::decode_body(iso8583::cup_pos(), request).value();
    if (watch) watch(view);
    const bool sealed = view.has(64);
    std::string code;
    bookkeeper keeper(books_, view, mood);
    const auto right =
        sealed ? crypto::unionpay_mac(tak_, view.mac_range(), mac_form_).value() : crypto::unionpay_mac_field{};
    if (sealed && !std::equal(right.begin(), right.end(), view.mac().begin())) {
        code = "A0";
    } else {
        code = keeper.decide();
    }
    message reply(iso8583::answer_mti(view.mti()).view());
    reply.set_tpdu(view.tpdu().swapped());
    auto header = view.header();
    header[5] = mood.header_request;
    reply.set_header(header);
    for (const int field : {2, 3, 4, 11, 25, 41, 42, 49, 60}) {
        if (view.has(field)) reply.set(field, view.value(field));
    }
    reply.set(12, "093120").set(13, "1121").set(39, code);
    const auto network = view.value(60).size() >= 11 ? view.value(60).substr(8, 3) : std::string();
    if (auto& page = pages[network]; view.mti() == "0820" && !page.empty()) {
        reply.set(62, page.front());
        page.pop_front();
    }
    const bool of_rate = tags_enquiries && view.equals(3, "330000");
    if (!voucher.empty() && (view.has(59) || of_rate)) reply.set(59, voucher);
    if (view.mti() == "0800" && network == "401") {
        reply.set(62, byte_view(from_hex(master_key).value()));
    } else if (view.mti() == "0800") {
        reply.set(62, byte_view(from_hex(field62).value())).set(32, "48000000");
        if (!batch.empty()) reply.set(60, view.value(60).replace(2, batch.size(), batch));
    }
    if (!keeper.verdict48.empty()) reply.set(48, keeper.verdict48);
    if (view.equals(3, "310000")) reply.set(54, "1002156C000000123456");
    if (view.equals(3, "330000") && !offer.empty()) {
        reply.set(6, offer.substr(0, 12)).set(10, offer.substr(12, 8)).set(51, offer.substr(20));
    }
    if (view.has(6) && !converted.empty()) {
        reply.set(6, converted.substr(0, 12)).set(10, converted.substr(12, 8)).set(51, converted.substr(20));
    }
    if (mood.partial && code == "10") reply.set(4, amount(*mood.partial).to_n12());
    if (sealed) {
        reply.set(32, "48000000").set(37, "1121" + view.value(11) + "00").set(38, "A" + view.value(11).substr(1));
        reply.set(63, "CUPTEXT OF THE HOST ");
        if (!mood.issuer_data.empty()) reply.set(55, byte_view(mood.issuer_data));
        if (mood.seal != host_mood::mac::missing) reply.leave_mac_hole();
    }
    bytes buffer(2048);
    const auto encoded = iso8583::encode(iso8583::cup_pos(), reply, buffer).value();
    if (!encoded.mac.empty()) {
        auto mac = crypto::unionpay_mac(tak_, encoded.mac_range, mac_form_).value();
        if (mood.seal == host_mood::mac::wrong) mac[3] ^= 1;
        std::copy(mac.begin(), mac.end(), encoded.mac.begin());
    }
    return {encoded.body.begin(), encoded.body.end()};
}

} // namespace cipherlane::tests
