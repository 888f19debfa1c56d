#include "host/service.hpp"

#include "host/download.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/service_table.hpp"
#include "host/sign_in.hpp"
#include "lane/cannot.hpp"
#include "lane/failed_lately.hpp"
#include "lane/opened_pinpad.hpp"

#include <cipherlane/iso8583/pos_header.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

using iso8583::transaction;

constexpr std::size_t master_key_bytes = 16;

/// A message that is answered by a code alone.
result<host_answer> ask_plainly(lane_core& on, const service_row& row, std::string_view field62, const call& bounds) {
    const auto& message_row = iso8583::row_of(row.message);
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    std::uint32_t trace = 0;
    if (message_row.required.contains(11)) {
        CIPHERLANE_TRY(trace, on.journal().take_trace(on.terminal_id(), bounds));
    }
    request_source from(trace, terminal.batch);
    from.network = row.network;
    auto message = request(message_row, from, on.settings());
    if (!message_row.required.contains(11)) message.remove(11);
    if (!field62.empty()) message.set(62, field62);
    // A key or a session that the host has changed unheard would cost more than the wait.
    const auto how = row.message == transaction::download ? waiting::within_call : waiting::to_its_end;
    CIPHERLANE_TRY(auto answer, ask(on, message, message_row, row.name, bounds, how));
    if (!iso8583::approved(answer.code())) {
        return flow_error(acquiring_errc::service_refused, row.name).with_peer_code(answer.code());
    }
    return answer;
}

/// The pad is opened, and so has the key before: a second one, which is under that, must not come while it is away.
result<void> can_take_master_key(lane_core& on, const call& bounds) {
    constexpr std::string_view what = "master key";
    CIPHERLANE_TRY(const auto* const sealer, on.sealer());
    if (!sealer->takes_master_key()) return cannot(what, "sealer");
    CIPHERLANE_CHECK(load_waiting_keys(on, bounds));
    const auto pad = on.pinpad();
    if (!pad) return {};
    if (!(*pad)->takes_master_key()) return cannot(what, "pinpad");
    CIPHERLANE_TRY([[maybe_unused]] const auto* const opened, opened_pinpad(on, bounds));
    return {};
}

/// Proved by the sealer before it is kept.
result<void> take_master_key(lane_core& on, const host_answer& answer, const call& bounds) {
    const auto field = answer.value(62);
    if (field.size() <= master_key_bytes || field.size() > 2 * master_key_bytes) {
        return flow_error(acquiring_errc::bad_answer, "master key").in_field("62");
    }
    const auto data = as_bytes(field);
    ports::wrapped_key key;
    key.master_slot = on.settings().keys.master_slot;
    key.cryptogram.assign(data.begin(), data.begin() + master_key_bytes);
    key.check_value.assign(data.begin() + master_key_bytes, data.end());
    CIPHERLANE_TRY(auto* const sealer, on.sealer());
    if (const auto loaded = sealer->load_master_key(key, bounds); !loaded) {
        if (!loaded.error().is(condition::rejected_by_peer)) return loaded.error();
        return flow_error(acquiring_errc::check_value_wrong, "master key").in_field("62");
    }
    on.mac_key_loaded = false;
    CIPHERLANE_CHECK(on.journal().add_master_key(on.terminal_id(), key, on.journal_call()));
    on.pinpad_open = false; // it is given the key when it is opened
    return {};
}

result<service_report> renew_master_key(lane_core& on, const service_row& row, const call& bounds) {
    CIPHERLANE_CHECK(can_take_master_key(on, bounds));
    const auto& serial = on.settings().serial_number;
    if (serial.empty()) return flow_error(acquiring_errc::bad_settings, row.name).in_field("terminal.serial");
    CIPHERLANE_TRY(const auto answer, ask_plainly(on, row, serial, bounds));
    CIPHERLANE_CHECK(take_master_key(on, answer, bounds));
    return service_report{1, 0, false};
}

result<service_report> plain_service(lane_core& on, const service_row& row, const call& bounds) {
    const std::string_view says = row.says_serial ? std::string_view(on.settings().serial_number) : "";
    CIPHERLANE_TRY([[maybe_unused]] const auto answer, ask_plainly(on, row, says, bounds));
    if (row.ends_session) {
        on.mac_key_loaded = false;
        CIPHERLANE_CHECK(on.journal().mark_sign_in_due(on.terminal_id(), on.journal_call()));
    }
    return service_report{1, 0, false};
}

constexpr std::uint8_t bit_of(iso8583::processing_request wish) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(wish));
}

result<void> fulfilled(lane_core& on, iso8583::processing_request wish) {
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), on.journal_call()));
    const auto left = static_cast<std::uint8_t>(terminal.wishes & ~bit_of(wish));
    if (left == terminal.wishes) return {};
    return on.journal().save_wishes(on.terminal_id(), left, on.journal_call());
}

/// A remote update is the application's to do: it must know, and that is all.
void raise_update(lane_core& on) {
    ports::journal_record nothing;
    nothing.terminal_id = on.terminal_id();
    on.raise(alert_kind::update_wanted, nothing);
    (void)fulfilled(on, iso8583::processing_request::remote_update);
}

} // namespace

result<service_report> perform(lane_core& on, const service_request& request, const call& bounds) {
    const auto& row = row_of(request.what);
    CIPHERLANE_TRY([[maybe_unused]] auto* const host, on.host());
    CIPHERLANE_TRY(const auto report, row.is_list ? download(on, row, bounds)
                                      : row.message == transaction::master_key_download
                                          ? renew_master_key(on, row, bounds)
                                          : plain_service(on, row, bounds));
    if (row.wish != iso8583::processing_request::none) CIPHERLANE_CHECK(fulfilled(on, row.wish));
    return report;
}

void obey_wishes(lane_core& on, std::uint8_t wishes, std::chrono::milliseconds spare, const call& bounds) {
    if ((wishes & bit_of(iso8583::processing_request::remote_update)) != 0) raise_update(on);
    // What takes less than this is a wish that has come to its end, or one page of a list.
    constexpr auto least = std::chrono::seconds(1);
    const auto now = on.clock().now();
    if (spare < least || failed_lately(on.wishes_unanswered, now)) return;
    on.wishes_unanswered.reset();
    const auto within = bounds.no_later_than(spare);
    for (const auto& row : services()) {
        if (row.wish == iso8583::processing_request::none || (wishes & bit_of(row.wish)) == 0) continue;
        const auto done = perform(on, service_request(row.what), within);
        if (done) continue;
        on.log().warning("acquiring", std::string(row.name) + ": " + done.error().to_string());
        if (done.error().code() == acquiring_errc::service_refused) continue;
        // The others would not fare better now, nor the next customers.
        on.wishes_unanswered = now;
        return;
    }
}

} // namespace cipherlane::acquiring
