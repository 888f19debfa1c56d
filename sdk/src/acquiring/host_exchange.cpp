#include "host_exchange.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/field60.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace cipherlane::acquiring {
namespace {

using iso8583::message;
using iso8583::transaction_row;

/// Longer than any request of the dialect: 64 fields of which the longest few carry some hundred bytes.
constexpr std::size_t request_capacity = 4096;

class own_answer final : public ports::answer_filter {
  public:
    explicit own_answer(const message& request) noexcept
        : request_(request) {}
    [[nodiscard]] bool matches(byte_view data) const override {
        const auto view = iso8583::decode_body(iso8583::cup_pos(), data);
        return view && iso8583::answers(*view, request_);
    }

  private:
    const message& request_;
};

/// A buffer whose content is wiped: requests hold PANs, tracks and PIN blocks.
struct wiped_buffer {
    std::array<std::uint8_t, request_capacity> data{};
    wiped_buffer() = default;
    wiped_buffer(const wiped_buffer&) = delete;
    wiped_buffer& operator=(const wiped_buffer&) = delete;
    ~wiped_buffer() { wipe(data); }
};

bool sealed(const transaction_row& row) noexcept {
    return row.seal == iso8583::sealing::mac;
}

exchange_end not_sent(const error& why) {
    return {exchange_end::kind::not_sent, {}, why, {}};
}

exchange_end in_doubt(const error& why, std::string_view reason) {
    return {exchange_end::kind::in_doubt, {}, why, std::string(reason)};
}

/// The conditions by which the host port says that nothing left. Any other is taken as the worse case.
bool nothing_left(const error& why) noexcept {
    return why.is(condition::timed_out) || why.is(condition::link_lost) || why.is(condition::cancelled) ||
           why.is(condition::misuse) || why.is(condition::unsupported);
}

result<iso8583::encoded_message> seal_request(
    lane_core& on, message& request, const transaction_row& row, byte_span buffer, const call& bounds) {
    if (sealed(row)) request.leave_mac_hole();
    CIPHERLANE_CHECK(iso8583::check_fields(request, row));
    CIPHERLANE_TRY(auto encoded, iso8583::encode(iso8583::cup_pos(), request, buffer));
    if (sealed(row)) {
        CIPHERLANE_TRY(auto* const sealer, on.sealer());
        CIPHERLANE_TRY(const auto mac, sealer->make_mac(encoded.mac_range, bounds));
        std::copy(mac.begin(), mac.end(), encoded.mac.begin());
    }
    return encoded;
}

/// A right MAC, or an error; what the sealer itself cannot do counts as not right.
result<void> check_mac(lane_core& on, const iso8583::message_view& answer) {
    const auto wrong = flow_error(acquiring_errc::answer_mac_wrong, "answer").in_field("64");
    ports::mac_field mac{};
    if (answer.mac().size() != mac.size()) return wrong;
    std::copy(answer.mac().begin(), answer.mac().end(), mac.begin());
    CIPHERLANE_TRY(auto* const sealer, on.sealer());
    CIPHERLANE_TRY(const bool right, sealer->verify_mac(answer.mac_range(), mac, on.journal_call()));
    if (!right) return wrong;
    return {};
}

/// The host asks for a sign-in in the header, or by A0. Neither is proved by a MAC, and neither does harm: it costs
/// one sign-in.
void note_sign_in_wish(lane_core& on, const iso8583::message_view& answer) {
    const auto header = iso8583::pos_header::parse(answer.header());
    const bool asked = header && header->request() == iso8583::processing_request::sign_in;
    if (!asked && !answer.equals(39, "A0")) return;
    (void)on.journal().mark_sign_in_due(on.terminal_id(), on.journal_call());
}

void note_exchange(lane_core& on, const message& request, std::string_view label, std::string_view masked_pan,
    party from, std::string result) {
    timeline_entry entry;
    entry.from = from;
    entry.to = from == party::till ? party::host : party::till;
    entry.what =
        std::string(label) + " " +
        (from == party::till ? std::string(request.mti()) : std::string(iso8583::answer_mti(request.mti()).view()));
    entry.result = std::move(result);
    if (request.has(4)) entry.total = amount(std::atoll(std::string(request.get(4)).c_str()), on.settings().unit);
    if (request.has(11)) entry.trace = static_cast<std::uint32_t>(std::atoll(std::string(request.get(11)).c_str()));
    entry.masked_pan = masked_pan;
    on.note(std::move(entry));
}

exchange_end exchange_sealed(lane_core& on, message& request, const transaction_row& row, const call& bounds) {
    const auto host = on.host();
    if (!host) return not_sent(host.error());
    wiped_buffer buffer;
    const auto encoded = seal_request(on, request, row, buffer.data, bounds);
    if (!encoded) return not_sent(encoded.error());
    auto raw = (*host)->exchange(encoded->body, own_answer(request), bounds);
    if (!raw) {
        if (nothing_left(raw.error())) return not_sent(raw.error());
        return in_doubt(raw.error(), iso8583::reversal_no_answer);
    }
    bytes data = *std::move(raw);
    const auto view = iso8583::decode_body(iso8583::cup_pos(), data);
    if (!view) return in_doubt(view.error(), iso8583::reversal_other);
    note_sign_in_wish(on, *view);
    if (sealed(row)) {
        if (const auto right = check_mac(on, *view); !right) {
            return in_doubt(right.error(), iso8583::reversal_bad_mac);
        }
    }
    if (!view->has(39)) {
        return in_doubt(flow_error(acquiring_errc::bad_answer, "answer").in_field("39"), iso8583::reversal_other);
    }
    exchange_end end;
    end.what = exchange_end::kind::answered;
    end.answer.emplace(std::move(data), *view);
    return end;
}

} // namespace

std::string six_digits(std::uint32_t number) {
    std::array<char, 16> text{};
    (void)std::snprintf(text.data(), text.size(), "%06u", number);
    return text.data();
}

message new_request(const lane_core& on, const transaction_row& row, std::uint32_t trace) {
    message request;
    iso8583::prepare(request, row);
    // `validate` has seen to the form of both.
    request.set_tpdu(*iso8583::tpdu::parse(on.settings().host.tpdu));
    request.set_header(on.settings().host.header);
    request.set(11, six_digits(trace));
    request.set(41, on.settings().terminal_id);
    request.set(42, on.settings().merchant_id);
    return request;
}

std::string field60_rest(const lane_core& on, const transaction_row& row) {
    if (row.network != "000") return std::string(row.network);
    // 60.3 a transaction, 60.4 the reader, 60.5 last transaction was no failed chip, 60.6 whole amounts only.
    return std::string("000") + on.settings().reader_capability + "00";
}

void set_field60(message& request, const lane_core& on, const transaction_row& row, std::uint32_t batch) {
    request.set(60, std::string(row.type) + six_digits(batch) + field60_rest(on, row));
}

exchange_end exchange(lane_core& on, message& request, const transaction_row& row, std::string_view label,
    std::string_view masked_pan, const call& bounds) {
    note_exchange(on, request, label, masked_pan, party::till, {});
    auto end = exchange_sealed(on, request, row, bounds);
    std::string result;
    switch (end.what) {
    case exchange_end::kind::not_sent: result = "not sent: " + end.why.code().message(); break;
    case exchange_end::kind::in_doubt: result = "in doubt: " + end.why.code().message(); break;
    case exchange_end::kind::answered: result = end.answer->code(); break;
    }
    note_exchange(on, request, label, masked_pan, party::host, std::move(result));
    return end;
}

} // namespace cipherlane::acquiring
