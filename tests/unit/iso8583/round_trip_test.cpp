// What goes in comes out: messages of every dialect and sub-fields with values drawn by chance, from fixed seeds.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/composite.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace cipherlane::iso8583 {
namespace {

class chance {
  public:
    explicit chance(unsigned seed)
        : engine_(seed) {}

    std::size_t between(std::size_t least, std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(least, most)(engine_);
    }
    char one_of(std::string_view from) { return from[between(0, from.size() - 1)]; }
    std::string text(std::string_view from, std::size_t size) {
        std::string made(size, '\0');
        for (auto& c : made)
            c = one_of(from);
        return made;
    }
    std::string raw(std::size_t size) {
        std::string made(size, '\0');
        for (auto& c : made)
            c = static_cast<char>(between(0, 255));
        return made;
    }

  private:
    std::mt19937 engine_;
};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ";
constexpr std::string_view printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[]_abcxyz{|}~";

std::string value_for(kind what, std::size_t size, chance& draw) {
    switch (what) {
    case kind::digits: return draw.text(digits, size);
    case kind::signed_digits: return draw.one_of("CD") + draw.text(digits, size - 1);
    case kind::track: return draw.text("0123456789D", size);
    case kind::alnum: return draw.text(letters, size);
    case kind::text: return draw.text(printable, size);
    default: return draw.raw(size);
    }
}

/// Short values more often than long ones, and both ends of the range.
std::size_t size_for(const field_spec& spec, chance& draw) {
    switch (draw.between(0, 5)) {
    case 0: return spec.min;
    case 1: return spec.max;
    case 2: return draw.between(spec.min, spec.max);
    default: return draw.between(spec.min, std::min<std::size_t>(spec.max, spec.min + std::size_t{24}));
    }
}

message any_message(const dialect& format, chance& draw) {
    message what(std::string{format.mti_version} + draw.one_of("12345678") + draw.text("0123", 1) + "0");
    if (format.envelope.tpdu != 0) {
        what.set_tpdu(tpdu::parse(to_hex(std::array{format.envelope.tpdu_id}) + draw.text(digits, 8)).value());
    }
    what.set_header(draw.text(digits, std::size_t{format.envelope.header} * 2));
    if (format.envelope.monitor != monitor_header::none && draw.between(0, 3) == 0) {
        what.set_monitor_header(as_bytes("LRI" + draw.raw(lri_bytes - 3)));
    }
    const std::size_t share = draw.between(1, 10); // of ten fields
    for (const int number : format.known) {
        if (draw.between(1, 10) > share) continue;
        const auto& spec = format.field(number);
        auto value = value_for(spec.kind, size_for(spec, draw), draw);
        what.set(number, std::string_view(value));
    }
    if (what.fields().empty()) what.set(*format.known.begin(), value_for(kind::digits, format.field(2).max, draw));
    return what;
}

void expect_round_trips(const dialect& format, int messages) {
    SCOPED_TRACE(format.name);
    for (int i = 0; i < messages; ++i) {
        SCOPED_TRACE(i);
        chance draw(static_cast<unsigned>(i));
        const auto what = any_message(format, draw);
        const auto wire = encode(format, what);
        // All fields at their longest do not fit the length in front of every dialect.
        if (!wire && wire.error().field() == "length") continue;
        ASSERT_TRUE(wire) << wire.error();
        const auto view = decode(format, *wire);
        ASSERT_TRUE(view) << view.error();
        EXPECT_EQ(view->mti(), what.mti());
        EXPECT_EQ(view->tpdu(), what.tpdu());
        EXPECT_EQ(view->header(), what.header());
        EXPECT_EQ(as_text(view->monitor_header()), as_text(what.monitor_header()));
        ASSERT_EQ(view->fields(), what.fields());
        for (const int number : what.fields())
            EXPECT_EQ(view->value(number), what.get(number)) << number;
        EXPECT_EQ(*encode(format, view->to_message()), *wire);
    }
}

TEST(RoundTrip, MessagesOfEveryBuiltInDialect) {
    for (const auto* format : built_in_dialects())
        expect_round_trips(*format, 400);
}

TEST(RoundTrip, MessagesOfADialectFromAFile) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    const auto loaded =
        loaded_dialect::load(std::string(root != nullptr ? root : ".") + "/docs/examples/dialect.toml");
    ASSERT_TRUE(loaded) << loaded.error();
    expect_round_trips(loaded->table(), 400);
}

TEST(RoundTrip, MessagesInEbcdicAndHex) {
    const auto loaded = loaded_dialect::parse(R"(
        name = "mainframe"
        mti = "ebcdic"
        bitmap = "hex"
        envelope = { length = "ascii4" }
        defaults = { digits = "ebcdic", text = "ebcdic", binary = "hex", prefix = "ebcdic" }
        [field]
        2 = { name = "card", kind = "digits", length = "ll", max = 19, mask = "pan" }
        28 = { name = "fee", kind = "signed-digits", max = 9 }
        35 = { name = "track 2", kind = "track", length = "ll", max = 37, mask = "secret" }
        43 = { name = "place", kind = "text", max = 40, padding = "right-space" }
        55 = { name = "chip", kind = "binary", length = "lll", prefix = "binary", max = 255 }
        102 = { name = "account", kind = "alnum", length = "llll", prefix = "bcd", max = 1200 }
    )");
    ASSERT_TRUE(loaded) << loaded.error();
    expect_round_trips(loaded->table(), 400);
    auto table = loaded->table();
    table.bitmap = encoding::ebcdic;
    expect_round_trips(table, 400);
}

/// Draws values for the table's rows and for tags that it does not name; writes, reads, compares.
void expect_subfields(const composite_spec& spec, chance& draw) {
    composite_writer writer(spec);
    std::vector<std::pair<std::string, std::string>> put;
    const auto add = [&](std::string_view tag, std::string value) {
        const auto done = writer.add(tag, std::string_view(value));
        ASSERT_TRUE(done) << done.error();
        put.emplace_back(tag, std::move(value));
    };
    for (const auto& part : spec.parts) {
        const bool positional = spec.style == composite_style::positional;
        if (!positional && draw.between(0, 2) == 0) continue;
        const std::size_t size = positional ? part.max : draw.between(part.min, std::min<std::size_t>(part.max, 200));
        add(part.tag, value_for(part.kind, size, draw));
    }
    if (spec.style == composite_style::ber_tlv) add("DF8129", draw.raw(draw.between(0, 300)));
    composite_reader reader(spec, writer.value());
    for (const auto& [tag, value] : put) {
        const auto part = reader.next();
        ASSERT_TRUE(part && *part) << tag;
        EXPECT_EQ((*part)->tag.view(), tag);
        EXPECT_EQ(as_text((*part)->value), value);
    }
    const auto end = reader.next();
    EXPECT_TRUE(end && !*end);
}

TEST(RoundTrip, SubfieldsOfCupPos) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        chance draw(seed);
        for (const int number : {55, 59, 60, 61}) {
            SCOPED_TRACE(std::to_string(seed) + " field " + std::to_string(number));
            ASSERT_NE(cup_pos().field(number).inside, nullptr);
            expect_subfields(*cup_pos().field(number).inside, draw);
        }
    }
}

} // namespace
} // namespace cipherlane::iso8583
