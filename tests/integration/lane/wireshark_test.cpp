// What tshark says by the dissectors that the tool writes, against what the codec says: a whole day of a till, every
// dialect and profile that is shipped, and one from a file.
#include "cipherlane/wireshark/dissector.hpp"
#include "dissection.hpp"
#include "lane/demo_till.hpp"
#include "lane/key_folder.hpp"
#include "lane/narrator.hpp"
#include "lane/working_day.hpp"
#include "recorder.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/envelope.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

namespace cipherlane::tests {
namespace {

using side = cli::capture_writer::side;
using std::chrono_literals::operator""s;

constexpr std::uint16_t host_port = 5000;
constexpr std::uint16_t unit_port = 1500;

class Wireshark : public testing::Test {
  protected:
    void SetUp() override {
        if (!tshark()) GTEST_SKIP() << "tshark is not installed: tools/setup installs it";
    }
    std::string lua(const std::string& name, const std::string& text) {
        const auto file = folder_.file(name + ".lua");
        std::ofstream(file) << text;
        files_.push_back(file);
        protocols_.push_back(cli::wireshark_protocol(name));
        return file;
    }
    [[nodiscard]] std::string capture() const { return folder_.file("capture.pcapng"); }
    void expect_same_as(const std::vector<dissected>& codec) {
        expect_same(by_tshark(files_, capture(), protocols_), codec);
    }

    temporary_folder folder_;
    std::vector<std::string> files_;
    std::vector<std::string> protocols_;
};

/// Whole messages out of what was heard: `size_of` tells how long the one at the front is, 0 while that is unknown.
template <class SizeOf, class Take>
void each_message(const std::vector<heard>& all, const SizeOf& size_of, const Take& take) {
    std::map<std::pair<std::size_t, side>, bytes> kept;
    for (const auto& piece : all) {
        auto& there = kept[{piece.connection, piece.from}];
        there.insert(there.end(), piece.data.begin(), piece.data.end());
        for (auto size = size_of(there); size != 0 && size <= there.size(); size = size_of(there)) {
            take(piece.connection, piece.from, byte_view(there).first(size));
            there.erase(there.begin(), there.begin() + static_cast<std::ptrdiff_t>(size));
        }
    }
}

TEST_F(Wireshark, SaysOfAWholeDayWhatTheCodecSays) {
    const std::string programs = std::getenv("CIPHERLANE_PROGRAMS");
    auto unit = sim::child_process::start(
        {programs + "/cipherlane-hsm-sim", "--profile", "payshield", "--port", "0"}, folder_.file("unit.log"));
    ASSERT_TRUE(unit) << unit.error();
    recorder at_unit(unit->await("listening", 60s).value());
    std::ostringstream told;
    int failures = 0;
    std::vector<heard> to_host;
    {
        sim::simulators around({.programs = programs, .folder = folder_.path(), .hsm = at_unit.where()});
        recorder at_host(around.acquirer.where());
        const sim::key_folder keys;
        const auto public_key = folder_.file("gateway.pem");
        std::ofstream(public_key)
            << around.gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
        sim::narrator tell(told);
        {
            auto till = sim::open_till(sim::demo_settings({folder_.path(), keys.path(), public_key, at_host.where(),
                                           around.gateway.where(), around.display.where(), around.pinpad.where()}),
                &tell, logger());
            sim::working_day day(around, till, tell, folder_.path());
            day.run();
            failures = day.failures();
        }
        to_host = at_host.stop();
    }
    ASSERT_EQ(failures, 0) << told.str();
    const auto to_unit = at_unit.stop();

    const auto& format = iso8583::cup_pos();
    const auto dialect = hsm::profile::builtin("payshield").value();
    lua("cup-pos", cli::wireshark_dissector(format, {host_port}));
    lua("payshield", cli::wireshark_dissector(*dialect, {unit_port}));
    std::vector<dissected> codec;
    expected_capture host(capture(), host_port);
    std::map<std::size_t, bool> is_open;
    each_message(
        to_host,
        [&](byte_view there) {
            const auto frame = iso8583::read_frame(format, there);
            return frame ? frame->whole : 0;
        },
        [&](std::size_t connection, side from, byte_view frame) {
            if (!std::exchange(is_open[connection], true)) host.open(connection);
            host.add(connection, from, frame, by_codec(format, frame));
        });
    host.finish();
    expected_capture machine(capture(), unit_port);
    std::map<std::size_t, by_hsm_codec> talks;
    each_message(
        to_unit,
        [&](byte_view there) {
            const auto cut = hsm::cut_frame(dialect->frame, there);
            return cut && *cut ? (*cut)->consumed : 0;
        },
        [&](std::size_t connection, side from, byte_view frame) {
            const auto [talk, is_new] = talks.try_emplace(connection, dialect);
            if (is_new) machine.open(connection);
            machine.add(connection, from, frame, talk->second.take(from, frame));
        });
    machine.finish();
    // A day has some ten exchanges with the host, and most have the unit work.
    EXPECT_GT(host.messages().size(), 15U);
    EXPECT_GT(machine.messages().size(), 40U);
    codec = host.messages();
    codec.insert(codec.end(), machine.messages().begin(), machine.messages().end());
    expect_same_as(codec);
    // Both say the same: the card's number is masked in both.
    std::size_t masked = 0;
    for (const auto& one : codec) {
        for (const auto& [name, values] : one.fields) {
            for (const auto& value : values) {
                EXPECT_EQ(value.find("6222000000000017"), std::string::npos) << name;
                if (value.find("622200******0017") != std::string::npos) ++masked;
            }
        }
    }
    EXPECT_GT(masked, 0U);
}

/// The block of code behind `at`, which moves past it.
std::string block(const std::string& text, std::size_t& at) {
    const auto start = text.find('\n', text.find("```", at)) + 1;
    const auto end = text.find("```", start);
    at = end + 3;
    return text.substr(start, end - start);
}

/// Two or three sub-fields, one of them without a row where the style has such.
std::string some_parts(const iso8583::composite_spec& spec) {
    const auto& first = spec.parts.front();
    switch (spec.style) {
    case iso8583::composite_style::ber_tlv: return "\x5A\x02\x62\x22\x9F\x26\x01\x3A\x9F\x7E\x01\x11";
    case iso8583::composite_style::tagged: {
        const auto size = std::to_string(first.min + 3U);
        return std::string(first.tag) + std::string(spec.length_bytes - size.size(), '0') + size +
               std::string(first.min + 3U, '7');
    }
    default: return std::string(first.max, '7');
    }
}

std::string some_text(const iso8583::field_spec& spec) {
    const std::size_t size =
        std::max(spec.min == spec.max ? spec.max + 0U : std::min(spec.max + 0U, spec.min + 7U), 1U);
    std::string value(size, spec.kind == iso8583::kind::binary ? '\x3A' : '7');
    if (spec.kind == iso8583::kind::signed_digits) value[0] = 'D';
    if (spec.kind == iso8583::kind::track && size > 7) value[6] = 'D';
    if (spec.kind == iso8583::kind::gbk) value.replace(0, 6, "\xD6\xD0\xB9\xFA \x01"); // with a control character
    value.resize(size);
    return spec.inside != nullptr ? some_parts(*spec.inside) : value;
}

/// A message with every field that the dialect has.
bytes whole_message(const iso8583::dialect& format) {
    iso8583::message made;
    if (format.envelope.tpdu != 0) made.set_tpdu(iso8583::tpdu::parse("6000030000").value());
    if (format.envelope.header != 0) made.set_header(std::string(2U * format.envelope.header, '1'));
    made.set_mti(std::string(1, format.mti_version) + "200");
    for (const int number : format.known)
        made.set(number, some_text(format.field(number)));
    return iso8583::encode(format, made).value();
}

TEST_F(Wireshark, SaysOfEveryDialectWhatTheCodecSays) {
    std::vector<dissected> codec;
    std::uint16_t port = 6000;
    std::vector<iso8583::loaded_dialect> loaded;
    const auto add = [&](const iso8583::dialect& format, byte_view frame) {
        ++port;
        lua(std::string(format.name), cli::wireshark_dissector(format, {port}));
        const bool stream = format.envelope.length.written == iso8583::frame_length::form::none;
        expected_capture file(capture(), port, stream ? segments::whole : segments::every_third_cut);
        file.open(0);
        for (int i = 0; i < 3; ++i)
            file.add(0, side::application, frame, by_codec(format, frame));
        file.finish();
        codec.insert(codec.end(), file.messages().begin(), file.messages().end());
    };
    for (const auto* format : iso8583::built_in_dialects()) {
        SCOPED_TRACE(format->name);
        add(*format, whole_message(*format));
    }
    const std::string source = std::getenv("CIPHERLANE_SOURCE_DIR");
    loaded.push_back(iso8583::loaded_dialect::load(source + "/docs/examples/dialect.toml").value());
    add(loaded.back().table(), whole_message(loaded.back().table()));
    const auto page = whole_file(source + "/docs/08-iso8583.md");
    for (auto at = page.find("<!-- envelope: "); at != std::string::npos; at = page.find("<!-- envelope: ", at)) {
        loaded.push_back(iso8583::loaded_dialect::parse(block(page, at)).value());
        auto digits = block(page, at);
        std::erase(digits, '\n');
        add(loaded.back().table(), from_hex(digits).value());
    }
    EXPECT_EQ(protocols_.size(), 9U);
    expect_same_as(codec);
}

/// Fields that no row hides: text and bytes of any length, text of one length, and tags without a row.
constexpr std::string_view open_dialect = R"(name = "open-fields"
mti = "ascii"
bitmap = "binary"
bitmaps = 1
[envelope]
length = "binary2"
header = [{name = "route", form = "ebcdic", bytes = 4}]
[field]
37 = { name = "of one length", kind = "text", max = 36 }
60 = { name = "text", kind = "text", length = "lll", max = 999 }
61 = { name = "bytes", kind = "binary", length = "lll", max = 999 }
62 = { name = "tags", kind = "binary", length = "lll", max = 999, inside = "tags" }
63 = { name = "GBK", kind = "gbk", length = "lll", max = 999 }
[composite.tags]
style = "tagged"
tag = "ascii"
tag_bytes = 2
length = "ascii"
length_bytes = 3
unknown = "keep"
[[composite.tags.part]]
tag = "01"
name = "named"
kind = "text"
max = 999
)";

/// Numbers of cards and persons as they come: in groups, behind their length or country, packed, in tracks, wrong.
std::vector<std::string> values_with_numbers() {
    std::vector<std::string> made{"4761739001010010", "4761 7390 0101 0010, 13812345678", "+86 138 1234 5678",
        "a.b@c.example", "11010519491231002X", "id 11010519491231002x.", "110105 19491231 002X", "110105194912310029",
        "990011010519491231002X77", "0111010519491231002X", "164761739001010010", "47617390010100102212201",
        "4761739001010010=25122010000 4761739001010010D251", "B4761739001010010^DOE/J^2512201?;",
        "8613812345678 008613812345678", "0000000000000000", "VISA DEBIT", "\xD5\xC5\xC8\xFD 13812345678"};
    for (const auto* packed : {"4761739001010010D2212201", "013812345678", "110105194912310029",
             "6217001234567890122F", "A0000003330101064761739001010010", "D5C53437363137333930303130313030313000"}) {
        const auto data = from_hex(packed).value();
        made.emplace_back(as_text(data));
    }
    constexpr std::string_view pieces[] = {"4761739001010010", "13812345678", "11010519491231002", "X", "86", " ",
        "-", "0", "=", "D", "^", "+", "@", "a", "251", "6217001234567890122", "?", "19491231", "16",
        "\x47\x61\x73\x90"};
    std::mt19937_64 chance(random_seed());
    for (int i = 0; i < 200; ++i) {
        std::string one;
        for (auto left = 1 + chance() % 6; left != 0; --left)
            one += pieces[chance() % std::size(pieces)];
        made.push_back(std::move(one));
    }
    return made;
}

TEST_F(Wireshark, MasksNumbersOfPersonsAsTheCodecDoes) {
    const auto loaded = iso8583::loaded_dialect::parse(open_dialect).value();
    const auto& format = loaded.table();
    lua(std::string(format.name), cli::wireshark_dissector(format, {host_port}));
    expected_capture file(capture(), host_port);
    file.open(0);
    for (const auto& value : values_with_numbers()) {
        iso8583::message made;
        made.set_mti("0200").set_header_pieces(as_bytes("\xC1\xF4\xD4\xF0"));
        const auto size = std::to_string(value.size());
        const auto head = std::string(3 - size.size(), '0') + size;
        const bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
        auto short_one = value;
        short_one.resize(36, ' ');
        if (ascii) made.set(37, short_one);
        if (ascii) made.set(60, value);
        made.set(61, value);
        made.set(62, (ascii ? "01" + head + value : std::string()) + "77" + head + value);
        if (gbk_to_utf8(as_bytes(value))) made.set(63, value);
        const auto frame = iso8583::encode(format, made).value();
        file.add(0, side::application, frame, by_codec(format, frame));
    }
    file.finish();
    expect_same_as(file.messages());
}

/// A value that fits a field, of one kind of digits or bytes.
std::string some_value(const hsm::profile& dialect, const hsm::field_spec& field) {
    const std::size_t size = std::clamp<std::size_t>(8, field.least, std::max<std::size_t>(field.least, field.most));
    // A descriptor says how the digits of the serial number are divided: 6, 0 and 9, and five of the counter.
    if (field.name == hsm::field_name("ksn_descriptor")) return "609";
    if (field.name == hsm::field_name("ksn") && field.most >= 20) return std::string(20, 'E');
    switch (field.kind) {
    case hsm::field_kind::hex:
        // What tells its own length is a DER value.
        return field.rule == hsm::length_rule::self ? std::string("\x30\x02\x05\x00", 4)
                                                    : std::string(size / 2, '\x5A');
    case hsm::field_kind::key: {
        const auto* scheme = dialect.scheme('U');
        if (field.rule != hsm::length_rule::self) return std::string(2 * size, '3');
        return scheme != nullptr && scheme->digits == 32 ? "U" + std::string(32, '4') : std::string(size, '4');
    }
    case hsm::field_kind::text: return std::string(size, 'T');
    default: return std::string(size, '0');
    }
}

/// Which fields of a layout get a value: all, or those alone that stand in every message.
enum class filled : std::uint8_t { all, outside_groups };

hsm::field_set values_for(const hsm::profile& dialect, const hsm::layout& fields, filled which) {
    hsm::field_set made;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = fields[i];
        if (field.kind == hsm::field_kind::group && which == filled::outside_groups) i += field.children;
        const bool none = field.kind == hsm::field_kind::group || field.kind == hsm::field_kind::literal ||
                          field.kind == hsm::field_kind::length || field.has_preset;
        if (!none) made.set(field.name, some_value(dialect, field));
    }
    return made;
}

/// A request, its answer and a refusal that our own codec reads back.
struct exchange_of {
    bytes request;
    bytes answer;
    bytes refusal;
};

/// What our own codec cannot read back is no message: then nothing, and why.
std::optional<exchange_of> make_exchange(
    const hsm::codec& engine, const hsm::command_spec& command, filled which, std::string& why) {
    exchange_of made;
    hsm::field_set read;
    hsm::field_set again;
    const auto failed = [&](const char* step, const error& reason) {
        why = std::string(step) + ": " + reason.to_string();
        return std::nullopt;
    };
    const auto asked = values_for(engine.dialect(), command.request, which);
    const auto given = values_for(engine.dialect(), command.answer, which);
    if (auto done = engine.encode_request(command, asked, made.request); !done)
        return failed("request", done.error());
    if (auto done = engine.decode_request(made.request, read); !done) return failed("request read", done.error());
    if (auto done = engine.encode_answer(command, "00", read, given, made.answer); !done)
        return failed("answer", done.error());
    if (auto done = engine.decode_answer(command, made.answer, read, again); !done)
        return failed("answer read", done.error());
    if (auto done = engine.encode_answer(command, "15", read, {}, made.refusal); !done)
        return failed("refusal", done.error());
    if (auto done = engine.decode_answer(command, made.refusal, read, again); !done)
        return failed("refusal read", done.error());
    return made;
}

TEST_F(Wireshark, SaysOfEveryCommandWhatTheCodecSays) {
    std::vector<dissected> codec;
    std::uint16_t port = 7000;
    std::size_t left_out = 0;
    std::size_t commands = 0;
    for (const auto& name : hsm::profile::builtin_names()) {
        const auto dialect = hsm::profile::builtin(name).value();
        const hsm::codec engine(dialect);
        lua(dialect->name, cli::wireshark_dissector(*dialect, {++port}));
        const bool stream = dialect->frame.length == hsm::framing::prefix::none;
        expected_capture file(capture(), port, stream ? segments::whole : segments::every_third_cut);
        by_hsm_codec talk(dialect);
        file.open(0);
        const auto framed = [&](const bytes& body) {
            bytes whole;
            const auto mark = hsm::begin_frame(dialect->frame, as_bytes("0042"), whole);
            whole.insert(whole.end(), body.begin(), body.end());
            hsm::end_frame(dialect->frame, mark, whole).value();
            return whole;
        };
        for (const auto& command : dialect->commands) {
            ++commands;
            std::string why;
            auto made = make_exchange(engine, command, filled::outside_groups, why);
            if (!made) made = make_exchange(engine, command, filled::all, why);
            if (!made) {
                ++left_out;
                std::cout << "left out: " << name << " " << command.code << ", " << why << "\n";
                continue;
            }
            for (const auto& reply : {made->answer, made->refusal}) {
                const auto up = framed(made->request);
                file.add(0, side::application, up, talk.take(side::application, up));
                const auto down = framed(reply);
                file.add(0, side::unit, down, talk.take(side::unit, down));
            }
        }
        file.finish();
        codec.insert(codec.end(), file.messages().begin(), file.messages().end());
    }
    std::cout << left_out << " of " << commands << " commands left out\n";
    EXPECT_LE(left_out, commands / 20) << "messages of these made by hand are missing here";
    expect_same_as(codec);
}

} // namespace
} // namespace cipherlane::tests
