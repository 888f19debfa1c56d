#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/errc.hpp>

#include <algorithm>
#include <array>

namespace cipherlane {
namespace {

struct code_advice {
    boost::system::error_code code;
    std::string_view words;
};

std::string_view of_code(const boost::system::error_code& code) noexcept {
    static const std::array rows{
        code_advice{till_errc::no_file, "look at the path in the settings; it is taken from the working folder"},
        code_advice{core_errc::no_file, "look at the path in the settings; it is taken from the working folder"},
        code_advice{core_errc::file_kind, "a key is in a plain file, not in a pipe or a device"},
        code_advice{core_errc::file_mode, "chmod 600 the file: a key is for one user"},
        code_advice{core_errc::file_owner, "run as the user that owns the file, or give it to this one"},
        code_advice{core_errc::file_content, "the file is another one, or was cut"},
        code_advice{till_errc::in_use, "one till of this process has it: use that one, or end it"},
        code_advice{till_errc::test_key, "use the key of the bank, or set sealer.test_keys where the host is a test"},
        code_advice{till_errc::not_built, "choose what this version has"},
        code_advice{store_errc::in_use,
            "a till is running with this journal, or with this terminal on another machine: "
            "end it first"},
        code_advice{store_errc::wrong_key,
            "the key file belongs to another journal; of shared books, copy that of another till "
            "of them"},
        code_advice{store_errc::journal_lost, "a folder that is not mounted, or a journal that was removed: bring it "
                                              "back; docs/19-a-damaged-journal.md"},
        code_advice{store_errc::other_journal,
            "another till's journal, or a new one: docs/19-a-damaged-journal.md says what to do"},
        code_advice{store_errc::journal_behind,
            "a copy was restored: the till has done more than it knows; docs/19-a-damaged-journal.md"},
        code_advice{store_errc::mark_lost,
            "without its mark an old journal looks like the right one: docs/19-a-damaged-journal.md"},
        code_advice{store_errc::journal_gone, "the journal was removed or replaced under the till: end it at once"},
        code_advice{store_errc::corrupt, "cipherlane journal check says what can be read"},
        code_advice{store_errc::record_damaged, "cipherlane journal check says what can be read"},
        code_advice{
            store_errc::database_lost, "is the database there, and the way to it? No payment is begun without it"},
        code_advice{store_errc::disk_full, "make room on the disk of the journal: nothing was sent"},
        code_advice{store_errc::cannot_open,
            "of a file: its folder is not there, or may not be written to; of a database: "
            "role, password, certificate or rights"},
        code_advice{
            acquiring_errc::check_value_wrong, "the master key is not the one that the host has for this terminal"},
        code_advice{acquiring_errc::sign_in_refused,
            "the host does not know this terminal and merchant, or its cipher machine failed: the peer's code says "
            "which"},
        code_advice{acquiring_errc::host_ahead, "this terminal had another journal: bring that back; else agree with "
                                                "the acquirer which batch is next, then: cipherlane till sign-in "
                                                "--batch"},
        code_advice{acquiring_errc::no_device, "the settings name no such part"},
        code_advice{acquiring_errc::batch_full, "settle first"},
        code_advice{acquiring_errc::settlement_due, "a settlement was broken off: settle goes on with it"},
        code_advice{acquiring_errc::settlement_refused, "if payments are refused as well from now on, ask the "
                                                        "acquirer whether the batch is closed there: settle "
                                                        "--close-batch then closes it here"},
        code_advice{acquiring_errc::not_told, "ask recover after each start, and acknowledge each payment that was "
                                              "told"},
        code_advice{acquiring_errc::too_little_time, "give the call more time than host.response_time_ms"},
        code_advice{acquiring_errc::reversal_pending, "the host does not answer a reversal: look at its link"},
        code_advice{acquiring_errc::host_silent, "something listens there and is no acquirer's host: look at "
                                                 "address, TPDU and header, or whether it wants "
                                                 "TLS"},
        code_advice{hostlink_errc::no_answer,
            "something listens there and does not answer: look at the address, and whether it wants TLS"},
        code_advice{hostlink_errc::lost_after_send, "the peer hung up on the request: look at address, TPDU and "
                                                    "header, or whether it wants TLS"},
        code_advice{hostlink_errc::not_secured, "no TLS with this peer: look at ca_file, tls_name and whether it "
                                                "speaks TLS"},
        code_advice{hostlink_errc::bad_setting, "without TLS only this machine is talked to: set tls, or "
                                                "plain_anywhere on a private line"},
        code_advice{hostlink_errc::bad_key, "public_key_file is no public key in PEM"},
        code_advice{hostlink_errc::cannot_listen, "another program listens there, or the address is not of this "
                                                  "machine"},
        code_advice{
            drivers::drivers_errc::not_a_payment_code, "ask for the code under \"pay\" of the payer's wallet"},
        code_advice{drivers::drivers_errc::code_used, "let the payer's wallet show a new code"},
        code_advice{drivers::drivers_errc::code_too_old, "let the payer's wallet show a new code"},
        code_advice{drivers::drivers_errc::paper_out, "put paper in: what waits is printed then"},
        code_advice{
            drivers::drivers_errc::printer_stopped, "close its cover, look for jammed paper, switch it on line"},
        code_advice{drivers::drivers_errc::no_answer, "it is off, at something else, or another device; or address "
                                                      "or speed differ: cipherlane device probe, of "
                                                      "a card terminal device terminal, asks it alone"},
        code_advice{drivers::drivers_errc::not_acknowledged,
            "speed, parity or stop bits differ, or it speaks another protocol, or the line is bad"},
        code_advice{drivers::drivers_errc::bad_frame,
            "speed, parity or stop bits differ, or it speaks another protocol, or the line is bad"},
        code_advice{drivers::drivers_errc::font_missing, "look at display.font_file, or install fonts-wqy-zenhei"},
        code_advice{drivers::drivers_errc::wrong_answer,
            "another device is there: cipherlane device probe, of a card terminal device terminal, asks it alone"},
    };
    const auto* found =
        std::find_if(rows.begin(), rows.end(), [&](const code_advice& row) { return row.code == code; });
    return found == rows.end() ? std::string_view() : found->words;
}

} // namespace

std::string_view likely_cause(const error& why) noexcept {
    if (const auto words = of_code(why.code()); !words.empty()) return words;
    if (!why.hint().empty()) return {};
    if (why.is(condition::link_lost)) return "not plugged in, switched off, another address, or a firewall between";
    if (why.is(condition::timed_out)) return "nothing answers there: look at address, cable and power";
    return {};
}

} // namespace cipherlane
