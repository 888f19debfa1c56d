#include "host/exchange.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/numeric_text.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/iso8583/field63.hpp>
#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>
#include <array>
#include <utility>

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

/// What the acquirer's tag of field 59 holds; nothing where it is not there or cannot be read.
std::optional<std::string> in_field59(std::string_view field, std::string_view tag) {
    const auto found = iso8583::find_subfield(iso8583::field59_format(), as_bytes(field), tag);
    if (!found || !*found) return std::nullopt;
    return std::string(as_text(**found));
}

/// What the answer says that it has taken, where it says so: in another currency, or of another amount in the
/// cardholder's, it answers something that nobody has asked for. Of a part the share is the till's to compute, and a
/// reversal takes nothing. @return the field that differs.
std::optional<std::string_view> other_terms(
    const lane_core& on, const message& request, const iso8583::message_view& answer) {
    constexpr std::array<std::pair<int, std::string_view>, 4> compared{
        {{49, "49"}, {51, "51"}, {10, "10"}, {6, "6"}}};
    if (request.mti() == iso8583::row_of(iso8583::transaction::reversal).mti) return std::nullopt;
    const bool part = answer.equals(39, "10");
    for (const auto& [field, name] : compared) {
        if (part && field == 6) continue;
        if (request.has(field) && answer.has(field) && !answer.equals(field, request.get(field))) return name;
    }
    const auto& how = on.settings().conversion;
    if (part || how.form == conversion_form::fields || !request.has(59) || !answer.has(59)) return std::nullopt;
    const auto asked = in_field59(request.get(59), how.tag);
    if (!asked) return std::nullopt;
    const auto told = in_field59(answer.value(59), how.tag);
    if (told && *asked != *told) return "59";
    return std::nullopt;
}

void remember_wish(lane_core& on, iso8583::processing_request wish) {
    const auto terminal = on.journal().terminal(on.terminal_id(), on.journal_call());
    if (!terminal) return;
    const auto wishes = static_cast<std::uint8_t>(terminal->wishes | 1U << static_cast<unsigned>(wish));
    if (wishes != terminal->wishes) (void)on.journal().save_wishes(on.terminal_id(), wishes, on.journal_call());
}

/// What the host asks for in the header; A0, 77 and 99 ask for a sign-in, too. Neither is proved by a MAC, and
/// neither does harm: it costs a sign-in or a download.
void note_wishes(lane_core& on, const iso8583::message_view& answer) {
    using iso8583::processing_request;
    const auto header = iso8583::pos_header::parse(answer.header());
    const auto wish = header ? header->request() : processing_request::none;
    const bool by_code =
        answer.has(39) && iso8583::response_of(answer.value(39)).action == iso8583::response_action::sign_in_again;
    if (wish == processing_request::sign_in || by_code) {
        (void)on.journal().mark_sign_in_due(on.terminal_id(), on.journal_call());
    } else if (wish != processing_request::none && wish <= processing_request::remote_update) {
        remember_wish(on, wish);
    }
}

/// Field 11; 0 where there is none.
std::uint32_t trace_of(const message& request) {
    return static_cast<std::uint32_t>(number_of(request.get(11)).value_or(0));
}

/// Field 49, for the timeline.
currency unit_of(const lane_core& on, const message& request) {
    if (!request.has(49)) return on.settings().unit;
    const auto number = number_of(request.get(49)).value_or(0);
    return find_currency(static_cast<std::uint16_t>(number)).value_or(on.settings().unit);
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
    if (const auto total = amount_of_n12(request.get(4), unit_of(on, request))) entry.total = *total;
    if (request.has(11)) entry.trace = trace_of(request);
    entry.masked_pan = masked_pan;
    on.note(std::move(entry));
}

exchange_end exchange_sealed(
    lane_core& on, message& request, const transaction_row& row, waiting how, const call& bounds) {
    const auto host = on.host();
    if (!host) return not_sent(host.error());
    wiped_buffer buffer;
    const auto encoded = seal_request(on, request, row, buffer.data, bounds);
    if (!encoded) return not_sent(encoded.error());
    // What took long until here may have cost the lane its terminal.
    const auto held = on.journal().confirm_hold(on.terminal_id(), on.journal_call());
    if (!held) return not_sent(held.error());
    const own_answer filter(request);
    auto raw = how == waiting::to_its_end ? (*host)->exchange(encoded->body, filter, bounds)
                                          : (*host)->inquire(encoded->body, filter, bounds);
    if (!raw) {
        if (nothing_left(raw.error())) return not_sent(raw.error());
        return in_doubt(raw.error(), iso8583::reversal_no_answer);
    }
    secret_bytes data(*raw);
    wipe(*raw);
    const auto view = iso8583::decode_body(iso8583::cup_pos(), std::as_const(data).expose());
    if (!view) return in_doubt(view.error(), iso8583::reversal_other);
    note_wishes(on, *view);
    if (sealed(row)) {
        if (const auto right = check_mac(on, *view); !right) {
            return in_doubt(right.error(), iso8583::reversal_bad_mac);
        }
    }
    if (!view->has(39)) {
        return in_doubt(flow_error(acquiring_errc::bad_answer, "answer").in_field("39"), iso8583::reversal_other);
    }
    if (const auto field = other_terms(on, request, *view)) {
        return in_doubt(
            flow_error(acquiring_errc::bad_answer, "answer").in_field(*field).with_peer_code(view->value(39)),
            iso8583::reversal_other);
    }
    exchange_end end;
    end.what = exchange_end::kind::answered;
    end.answer.emplace(std::move(data), *view);
    return end;
}

} // namespace

bool nothing_left(const error& why) noexcept {
    return why.is(condition::timed_out) || why.is(condition::link_lost) || why.is(condition::cancelled) ||
           why.is(condition::misuse) || why.is(condition::unsupported);
}

exchange_end exchange(lane_core& on, message& request, const transaction_row& row, std::string_view label,
    std::string_view masked_pan, const call& bounds, waiting how) {
    note_exchange(on, request, label, masked_pan, party::till, {});
    auto end = exchange_sealed(on, request, row, how, bounds);
    std::string result;
    switch (end.what) {
    case exchange_end::kind::not_sent: result = "not sent: " + end.why.code().message(); break;
    case exchange_end::kind::in_doubt: result = "in doubt: " + end.why.code().message(); break;
    case exchange_end::kind::answered: result = end.answer->code(); break;
    }
    note_exchange(on, request, label, masked_pan, party::host, std::move(result));
    return end;
}

result<host_answer> answer_of(exchange_end end, std::string_view label, std::uint32_t trace) {
    if (end.what == exchange_end::kind::answered) return *std::move(end.answer);
    const bool of_the_link = end.what == exchange_end::kind::in_doubt && end.why.where() == layer::hostlink;
    if (!end.why.is(condition::outcome_unknown)) return error(end.why).for_trace(trace);
    if (!of_the_link) // the sealer's: the host has been told nothing, or has answered
        return error(make_error_code(boost::system::errc::timed_out), layer::acquiring)
            .during(label)
            .for_trace(trace);
    return flow_error(acquiring_errc::host_silent, label)
        .at_endpoint(end.why.endpoint())
        .for_trace(trace)
        .with_hint(end.why.code().message());
}

result<host_answer> ask(lane_core& on, message& request, const transaction_row& row, std::string_view label,
    const call& bounds, waiting how) {
    const auto trace = trace_of(request);
    return answer_of(exchange(on, request, row, label, {}, bounds, how), label, trace);
}

std::string operator_text(const host_answer& answer) {
    const auto value = answer.value(63);
    const auto field = iso8583::field63::parse(value);
    if (!field) return {};
    auto text = gbk_to_utf8(as_bytes(field->texts));
    auto words = text ? *std::move(text) : to_hex(as_bytes(field->texts));
    words.erase(words.find_last_not_of(' ') + 1);
    return words;
}

} // namespace cipherlane::acquiring
