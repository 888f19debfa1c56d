#include "../../one_call.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_pinpad.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_status.hpp>
#include <cipherlane/net/engine.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

using waits = abecs_command::waits;

error failure(drivers_errc code) {
    return {make_error_code(code), layer::drivers};
}

std::string_view name_of(const secret_bytes& payload) {
    return as_text(payload.expose()).substr(0, 3);
}

/// '=' of the magnetic stripe is the 'D' of field 35.
void use_field_separator(secret_bytes& track) {
    auto data = track.expose();
    std::replace(data.begin(), data.end(), std::uint8_t{'='}, std::uint8_t{'D'});
}

struct stripe {
    std::string_view account;
    std::string_view expiry;
};

/// PAN and expiry of track 2; empty where it does not have them.
stripe read_stripe(const secret_bytes& track2) {
    auto text = as_text(track2.expose());
    auto separator = text.find('D');
    if (separator == std::string_view::npos) return {};
    return {text.substr(0, separator), text.substr(separator + 1, 4)};
}

ports::entry_mode entry_of(abecs::card_type type) {
    switch (type) {
    case abecs::card_type::magnetic: return ports::entry_mode::magnetic;
    case abecs::card_type::contact: return ports::entry_mode::contact;
    case abecs::card_type::contactless_stripe:
    case abecs::card_type::contactless: return ports::entry_mode::contactless;
    }
    return ports::entry_mode::magnetic;
}

bool has_chip(abecs::card_type type) {
    return type == abecs::card_type::contact || type == abecs::card_type::contactless;
}

result<ports::card_data> to_card(abecs::card_answer&& answer) {
    use_field_separator(answer.track2);
    auto from_stripe = read_stripe(answer.track2);
    auto digits = answer.account.empty() ? from_stripe.account : as_text(answer.account.expose());
    auto number = pan::parse(digits);
    if (!number) return failure(drivers_errc::bad_content).during("GCR").in_field("GCR_PAN");
    ports::card_data card(*std::move(number), entry_of(answer.type));
    card.expiry = has_chip(answer.type) ? std::string_view(answer.expiry).substr(0, 4) : from_stripe.expiry;
    if (has_chip(answer.type)) card.sequence_number = "0" + answer.sequence_number;
    card.track2 = std::move(answer.track2);
    card.track3 = std::move(answer.track3);
    use_field_separator(card.track3);
    return card;
}

} // namespace

result<void> abecs_profile::validate() const {
    auto wrong = [](std::string_view field) { return failure(drivers_errc::bad_setting).in_field(field); };
    auto positive = [](std::chrono::milliseconds span) { return span.count() > 0; };
    if (!positive(timing.acknowledge) || !positive(timing.inter_byte) || !positive(timing.answer) ||
        !positive(timing.silence)) {
        return wrong("timing");
    }
    if (timing.tries < 1) return wrong("timing.tries");
    if (acquirer_index.size() != 2) return wrong("acquirer_index");
    if (application_type.size() != 2 || application_type == "00") return wrong("application_type");
    if (table_version.size() != 10) return wrong("table_version");
    if (emv_tags.size() > 128) return wrong("emv_tags");
    if (final_tags.size() > 128) return wrong("final_tags");
    return {};
}

abecs_pinpad::abecs_pinpad(
    std::unique_ptr<net::transport> link, abecs_profile profile, abecs_exchange::notice_sink notice)
    : link_(std::move(link))
    , profile_(std::move(profile))
    , notice_(std::move(notice)) {}

abecs_pinpad::~abecs_pinpad() = default;

/// One round trip; the pad's refusal becomes its error.
result<secret_bytes> abecs_pinpad::ask(result<secret_bytes> payload, waits kind, const call& bounds) {
    if (!payload) return std::move(payload).error().at_endpoint(link_->endpoint());
    std::string name(name_of(*payload));
    auto how = cancel_first_ ? abecs_exchange::start::with_cancel : abecs_exchange::start::at_once;
    abecs_exchange exchange({*std::move(payload), kind}, how, profile_.timing, notice_);
    cancel_first_ = true;
    auto answer = net::run(exchange, *link_, bounds);
    if (!answer) {
        // The pad must not go on asking the cardholder; that it stopped is made sure of by the next call.
        if (!answer.error().is(condition::link_lost) && !answer.error().is(condition::rejected_by_peer)) {
            static constexpr std::uint8_t stop[] = {abecs_byte::can};
            static_cast<void>(link_->write(stop, call(std::chrono::milliseconds{200})));
        }
        return std::move(answer).error().at_endpoint(link_->endpoint());
    }
    cancel_first_ = false;
    auto status = abecs::status_of(answer->expose(), name);
    if (!status) return std::move(status).error().during(name).at_endpoint(link_->endpoint());
    if (*status == abecs_status::invalid_call && open_) { // after a restart it knows of no OPN
        open_ = false;
        return failure(drivers_errc::session_lost).with_peer_code("010").during(name).at_endpoint(link_->endpoint());
    }
    if (*status != abecs_status::ok) return abecs_error(*status).during(name).at_endpoint(link_->endpoint());
    return answer;
}

result<void> abecs_pinpad::open(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    CIPHERLANE_CHECK(profile_.validate());
    cancel_first_ = true;
    CIPHERLANE_CHECK(ask(abecs::open_command(), waits::for_device, bounds));
    open_ = true;
    return {};
}

result<ports::card_data> abecs_pinpad::read_card(const ports::card_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return take_card(request, bounds);
}

result<ports::card_data> abecs_pinpad::take_card(const ports::card_request& request, const call& bounds) {
    if (!open_) return failure(drivers_errc::not_open).during("GCR");
    if (request.date_time.size() != 12) return failure(drivers_errc::bad_setting).in_field("date_time");
    abecs::get_card wanted;
    wanted.acquirer_index = profile_.acquirer_index;
    wanted.application_type = profile_.application_type;
    wanted.total = request.total;
    wanted.date = std::string_view(request.date_time).substr(0, 6);
    wanted.time = std::string_view(request.date_time).substr(6);
    wanted.table_version = profile_.table_version;
    wanted.contactless = profile_.contactless;
    auto answer = ask(abecs::get_card_command(wanted), waits::for_cardholder, bounds);
    if (!answer && profile_.accept_other_tables &&
        answer.error().code() == abecs_error(abecs_status::tables_differ).code()) {
        answer = ask(abecs::get_card_again_command(), waits::for_cardholder, bounds);
    }
    if (!answer) return std::move(answer).error();
    auto parsed = abecs::parse_card(answer->expose());
    if (!parsed) return std::move(parsed).error().during("GCR").at_endpoint(link_->endpoint());
    bool chip = has_chip(parsed->type);
    CIPHERLANE_TRY(auto card, to_card(*std::move(parsed)));
    if (chip) CIPHERLANE_CHECK(chip_flow(card, request, bounds));
    return card;
}

result<void> abecs_pinpad::chip_flow(ports::card_data& card, const ports::card_request& request, const call& bounds) {
    if (request.pin_key == nullptr && !request.offline) return failure(drivers_errc::needs_key).during("GOC");
    abecs::go_on_chip wanted;
    wanted.total = request.total;
    if (request.offline) wanted.by = abecs::go_on_chip::decides::card;
    if (request.pin_key != nullptr) wanted.key = {request.pin_key->master_slot, request.pin_key->cryptogram};
    wanted.tags = profile_.emv_tags;
    CIPHERLANE_TRY(auto answer, ask(abecs::go_on_chip_command(wanted), waits::for_cardholder, bounds));
    auto chip = abecs::parse_chip(answer.expose());
    if (!chip) return std::move(chip).error().during("GOC").at_endpoint(link_->endpoint());
    using decision = abecs::chip_answer::decision;
    card.approved_offline = chip->what == decision::approved_offline && request.offline;
    const bool goes_on = chip->what == decision::online || card.approved_offline;
    if (!goes_on) return failure(drivers_errc::card_declined).during("GOC");
    card.emv = std::move(chip->emv);
    card.pin_block = std::move(chip->pin_block);
    card.pin_required = false;
    return {};
}

result<secret_bytes> abecs_pinpad::enter_pin(const ports::pin_request& request, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return failure(drivers_errc::not_open).during("GPN");
    auto prompt = profile_.amount_prompt + " " + request.total.to_string();
    CIPHERLANE_TRY(auto lines, abecs::two_lines(prompt, profile_.pin_prompt, profile_.unknown_character));
    abecs::get_pin wanted;
    wanted.key = {request.key.master_slot, request.key.cryptogram};
    wanted.account = request.account.expose();
    wanted.least = request.min_digits;
    wanted.most = request.max_digits;
    wanted.lines = lines;
    CIPHERLANE_TRY(auto answer, ask(abecs::get_pin_command(wanted), waits::for_cardholder, bounds));
    auto block = abecs::parse_pin(answer.expose());
    if (!block) return std::move(block).error().during("GPN").at_endpoint(link_->endpoint());
    return block;
}

result<void> abecs_pinpad::show(std::string_view line1, std::string_view line2, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    return put_lines(line1, line2, bounds);
}

result<void> abecs_pinpad::put_lines(std::string_view line1, std::string_view line2, const call& bounds) {
    if (!open_) return failure(drivers_errc::not_open).during("DSP");
    CIPHERLANE_TRY(auto lines, abecs::two_lines(line1, line2, profile_.unknown_character));
    CIPHERLANE_CHECK(ask(abecs::display_command(lines), waits::for_device, bounds));
    return {};
}

result<void> abecs_pinpad::finish(std::string_view line1, std::string_view line2, const call& bounds) {
    return show(line1, line2, bounds);
}

result<ports::chip_report> abecs_pinpad::finish_chip(const ports::chip_verdict& verdict, const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    if (!open_) return failure(drivers_errc::not_open).during("FNC");
    abecs::finish_chip wanted{verdict.verdict, verdict.response_code, verdict.issuer_data, profile_.final_tags};
    CIPHERLANE_TRY(auto answer, ask(abecs::finish_chip_command(wanted), waits::for_cardholder, bounds));
    auto report = abecs::parse_finish(answer.expose());
    if (!report) return std::move(report).error().during("FNC").at_endpoint(link_->endpoint());
    if (profile_.show_chip_verdict) CIPHERLANE_CHECK(put_lines(verdict.line1, verdict.line2, bounds));
    return report;
}

result<void> abecs_pinpad::close(const call& bounds) {
    const one_call mine(under_way_);
    CIPHERLANE_CHECK(mine.check());
    open_ = false;
    known_.reset();
    CIPHERLANE_TRY(
        auto lines, abecs::two_lines(profile_.closing_line1, profile_.closing_line2, profile_.unknown_character));
    CIPHERLANE_CHECK(ask(abecs::close_command(lines), waits::for_device, bounds));
    return {};
}

} // namespace cipherlane::drivers
