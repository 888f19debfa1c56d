#include "../../refusals.hpp"
#include "fields.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/utf8.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers::abecs {
namespace {

constexpr std::size_t line_size = 16;
constexpr std::size_t largest_tag_list = 128; // bytes: 256 hex digits
constexpr std::size_t largest_issuer_data = 256;

secret_bytes with_lines(std::string_view name, std::string_view lines) {
    return command_writer(name).open_block().padded(lines, 2 * line_size).close_block().done();
}

/// At most so many characters of a text.
result<void> append_latin1(std::string& to, std::string_view line, std::size_t most, char unknown) {
    const auto end = to.size() + most;
    for (auto rest = line; !rest.empty() && to.size() < end;) {
        auto offset = line.size() - rest.size();
        auto point = take_code_point(rest);
        bool shown = point && *point >= 0x20 && *point <= 0xFF && (*point < 0x7F || *point >= 0xA0);
        if (!shown && unknown == 0) {
            return error(make_error_code(drivers_errc::unsendable_text), layer::drivers).at_offset(offset);
        }
        if (!point) rest.remove_prefix(1);
        to.push_back(shown ? static_cast<char>(*point) : unknown);
    }
    return {};
}

result<void> append_line(std::string& to, std::string_view line, char unknown) {
    const auto end = to.size() + line_size;
    CIPHERLANE_CHECK(append_latin1(to, line, line_size, unknown));
    to.resize(end, ' ');
    return {};
}

/// Method, slot and key of GPN and GOC.
result<void> put_key(command_writer& to, const pin_key& key) {
    constexpr std::size_t double_length = 16;
    if (key.slot < 0 || key.slot > 99) return bad_setting("key slot");
    if (key.cryptogram.size() != 8 && key.cryptogram.size() != double_length) return bad_setting("key length");
    to.text(key.cryptogram.size() == 8 ? "0" : "1").number(static_cast<std::size_t>(key.slot), 2);
    to.hex(key.cryptogram).fill((double_length - key.cryptogram.size()) * 2, '0');
    return {};
}

/// Positions an answer's reader behind name, status and length of its only block.
answer_reader block_of(byte_view payload) {
    answer_reader in(payload);
    in.text("RSP_ID", 3);
    if (in.number("RSP_STAT", 3) != 0) in.fail("RSP_STAT");
    if (in.number("RSP_LEN1", 3) != in.left()) in.fail("RSP_LEN1");
    return in;
}

bool decision(answer_reader& in, std::string_view field) {
    return in.number(field, 1) != 0;
}

bytes published(const secret_bytes& data) {
    return {data.expose().begin(), data.expose().end()};
}

} // namespace

result<std::string> two_lines(std::string_view line1, std::string_view line2, char unknown) {
    std::string lines;
    lines.reserve(2 * line_size);
    CIPHERLANE_CHECK(append_line(lines, line1, unknown));
    CIPHERLANE_CHECK(append_line(lines, line2, unknown));
    return lines;
}

result<std::string> to_latin1(std::string_view text, char unknown) {
    std::string shown;
    CIPHERLANE_CHECK(append_latin1(shown, text, text.size(), unknown));
    return shown;
}

std::string from_latin1(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (auto c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || (byte >= 0x7F && byte < 0xA0)) {
            out.push_back(' ');
        } else if (byte < 0x80) {
            out.push_back(c);
        } else {
            out.push_back(static_cast<char>(0xC0 | (byte >> 6)));
            out.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
        }
    }
    return out;
}

result<int> status_of(byte_view payload, std::string_view command) {
    answer_reader in(payload);
    if (in.text("RSP_ID", 3) != command) in.fail("RSP_ID");
    auto status = in.number("RSP_STAT", 3);
    CIPHERLANE_CHECK(in.check());
    return static_cast<int>(status);
}

secret_bytes open_command() {
    return command_writer("OPN").done();
}

secret_bytes close_command(std::string_view lines) {
    return with_lines("CLO", lines);
}

secret_bytes display_command(std::string_view lines) {
    return with_lines("DSP", lines);
}

secret_bytes get_card_command(const get_card& what) {
    command_writer out("GCR");
    out.open_block().padded(what.acquirer_index, 2).padded(what.application_type, 2).text(what.total.to_n12());
    out.padded(what.date, 6).padded(what.time, 6).padded(what.table_version, 10).text("00");
    if (what.contactless) out.text(*what.contactless ? "1" : "0");
    return out.close_block().done();
}

secret_bytes get_card_again_command() {
    return command_writer("GCR").done();
}

result<card_answer> parse_card(byte_view payload) {
    auto in = block_of(payload);
    card_answer card;
    auto type = in.number("GCR_CARDTYPE", 2);
    if (type != 0 && type != 3 && type != 5 && type != 6) in.fail("GCR_CARDTYPE");
    card.type = static_cast<card_type>(type);
    card.fallback = in.number("GCR_STATCHIP", 1) != 0;
    in.text("GCR_APPTYPE", 2);
    card.acquirer_index = in.text("GCR_ACQIDX", 2);
    in.text("GCR_RECIDX", 2);
    card.track1 = secret_bytes(as_bytes(in.counted("GCR_TRK1", 2, 76)));
    card.track2 = secret_bytes(as_bytes(in.counted("GCR_TRK2", 2, 37)));
    card.track3 = secret_bytes(as_bytes(in.counted("GCR_TRK3", 3, 104)));
    auto account = in.counted("GCR_PAN", 2, 19);
    if (!all_digits(account)) in.fail("GCR_PAN");
    card.account = secret_bytes(as_bytes(account));
    card.sequence_number = in.text("GCR_PANSEQNO", 2);
    in.text("GCR_APPLABEL", 16);
    in.text("GCR_SRVCODE", 3);
    in.text("GCR_CHNAME", 26);
    card.expiry = in.text("GCR_CARDEXP", 6);
    // Reserved digits (29 in the specification's table, 39 in its examples), country, acquirer data: not needed.
    constexpr std::size_t least_rest = 29 + 3 + 3;
    in.text("GCR_RUF1", std::max(least_rest, in.left()));
    CIPHERLANE_CHECK(in.check());
    return card;
}

result<secret_bytes> get_pin_command(const get_pin& what) {
    if (what.account.size() < 2 || what.account.size() > 19 || !all_digits(what.account))
        return bad_setting("account");
    if (what.least < 4 || what.most > 12 || what.most < what.least) return bad_setting("PIN length");
    command_writer out("GPN");
    out.open_block();
    CIPHERLANE_CHECK(put_key(out, what.key));
    out.number(what.account.size(), 2).padded(what.account, 19).text("1");
    out.number(static_cast<std::size_t>(what.least), 2).number(static_cast<std::size_t>(what.most), 2);
    return out.padded(what.lines, 2 * line_size).close_block().done();
}

result<secret_bytes> parse_pin(byte_view payload) {
    auto in = block_of(payload);
    auto block = in.hex("GPN_PINBLK", 8);
    in.text("GPN_KSN", 20);
    CIPHERLANE_CHECK(in.check());
    return block;
}

result<secret_bytes> go_on_chip_command(const go_on_chip& what) {
    if (what.tags.size() > largest_tag_list) return bad_setting("emv_tags");
    const bool offline = what.by == go_on_chip::decides::card;
    command_writer out("GOC");
    out.open_block().text(what.total.to_n12()).fill(12, '0');
    out.text("0").text(offline ? "0" : "1").text("0"); // not on the exception list; can go online; reserved
    if (offline && what.key.cryptogram.empty()) {
        out.text("1").number(static_cast<std::size_t>(what.key.slot), 2).fill(32, '0');
    } else {
        CIPHERLANE_CHECK(put_key(out, what.key));
    }
    out.text("1"); // risk management
    if (offline) {
        std::array<std::uint8_t, 4> floor_limit{};
        const auto above = std::min<std::int64_t>(what.total.minor() + 1, 0xFFFFFFFF);
        store_be16(floor_limit.data(), static_cast<std::uint16_t>(above >> 16));
        store_be16(&floor_limit[2], static_cast<std::uint16_t>(above & 0xFFFF));
        out.hex(floor_limit);
    } else {
        out.fill(8, '0');
    }
    out.text("00").fill(8, '0').text("00").text("000"); // no random selection; no acquirer data
    out.close_block();
    out.open_block().number(what.tags.size(), 3).hex(what.tags).close_block();
    return out.open_block().text("000").close_block().done();
}

result<chip_answer> parse_chip(byte_view payload) {
    auto in = block_of(payload);
    chip_answer chip;
    auto what = in.number("GOC_DECISION", 1);
    if (what > 2) in.fail("GOC_DECISION");
    chip.what = static_cast<chip_answer::decision>(what);
    chip.signature = decision(in, "GOC_SIGNAT");
    chip.pin_offline = decision(in, "GOC_PINOFF");
    in.text("GOC_ERRPINOFF", 1);
    in.text("GOC_PBLOCKED", 1);
    bool pin_online = decision(in, "GOC_PINONL");
    auto block = in.hex("GOC_PINBLK", 8);
    if (pin_online) chip.pin_block = std::move(block);
    in.text("GOC_KSN", 20);
    chip.emv = published(in.hex("GOC_EMVDAT", in.number("GOC_EMVDTLEN", 3)));
    in.text("GOC_ACQRD", in.number("GOC_ACQRDLEN", 3));
    CIPHERLANE_CHECK(in.check());
    return chip;
}

result<secret_bytes> finish_chip_command(const finish_chip& what) {
    if (what.tags.size() > largest_tag_list) return bad_setting("final_tags");
    if (what.issuer_data.size() > largest_issuer_data) return bad_setting("issuer data");
    bool reached = what.verdict != ports::host_verdict::unreachable;
    if (reached && what.response_code.size() != 2) return bad_setting("response code");
    bool other_code = what.verdict == ports::host_verdict::approved && what.response_code != "00";
    command_writer out("FNC");
    out.open_block().text(!reached ? "1" : other_code ? "9" : "0").text("0");
    out.text(reached ? what.response_code : "00");
    auto data = reached ? what.issuer_data : byte_view{};
    out.number(data.size(), 3).hex(data).text("000").close_block();
    return out.open_block().number(what.tags.size(), 3).hex(what.tags).close_block().done();
}

result<ports::chip_report> parse_finish(byte_view payload) {
    auto in = block_of(payload);
    ports::chip_report report;
    auto what = in.number("FNC_DECISION", 1);
    if (what > 2) in.fail("FNC_DECISION");
    report.outcome = static_cast<ports::chip_report::decision>(what);
    report.emv = published(in.hex("FNC_EMVDAT", in.number("FNC_EMVDTLEN", 3)));
    report.script_results = published(in.hex("FNC_ISR", in.number("FNC_ISRLEN", 2)));
    in.text("FNC_ACQRD", in.number("FNC_ACQRDLEN", 3));
    CIPHERLANE_CHECK(in.check());
    return report;
}

} // namespace cipherlane::drivers::abecs
