// The short way onto the wire beside the tables: whatever it does not decline must be what they say.
#include "command/bind.hpp"
#include "command/prepared.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/card_requests.hpp>
#include <cipherlane/hsm/data_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace cipherlane::hsm {
namespace {

const key tagged("U1EF828AA8F6B80EB83E19FBC373F3A85");
const key plain("1EF828AA8F6B80EB83E19FBC373F3A85");

bytes block() {
    return from_hex("DC80B186C30902B0").value();
}

/// Both ways for one request. True if the short one was taken.
bool compare(const std::shared_ptr<const profile>& dialect, const operation_request& request) {
    const prepared_commands all(*dialect);
    const auto* subject = all.find(request);
    if (subject == nullptr) return false;
    bytes made{'x'};
    const bool taken = subject->encode(request.values(), made);
    reply by_table;
    by_table.dialect = dialect;
    bytes expected{'x'};
    auto good = bind_request(request, by_table);
    if (good) good = codec(dialect).encode_request(*by_table.command, by_table.asked, expected);
    if (!taken) {
        EXPECT_EQ(made.size(), 1U) << "declined, but left something behind";
        return false;
    }
    EXPECT_TRUE(good) << dialect->name << ": " << good.error();
    EXPECT_EQ(to_hex(made), to_hex(expected)) << dialect->name << " " << to_string(request.what());
    EXPECT_EQ(by_table.command, &subject->command());
    EXPECT_EQ(by_table.how, &subject->how());
    return true;
}

TEST(prepared, translation_takes_the_short_way_where_many_calls_are_made) {
    for (const auto* name : {"payshield", "sjl06", "sjl05", "sjj1310"}) {
        const auto dialect = profile::builtin(name).value();
        EXPECT_TRUE(compare(dialect, translate_pin_request(tagged, tagged, block(), account::digits("550000025321"))))
            << name;
    }
    EXPECT_TRUE(compare(profile::builtin("sjj1312").value(),
        translate_pin_request(plain, plain, block(), account::digits("550000025321"))));
}

TEST(prepared, the_bytes_are_those_of_the_published_command) {
    const auto dialect = profile::builtin("payshield").value();
    const translate_pin_request request(tagged, tagged, block(), account::digits("550000025321"));
    const prepared_commands all(*dialect);
    bytes made;
    ASSERT_TRUE(all.find(request)->encode(request.values(), made));
    EXPECT_EQ(as_text(made),
        "CAU1EF828AA8F6B80EB83E19FBC373F3A85U1EF828AA8F6B80EB83E19FBC373F3A8512DC80B186C30902B00101550"
        "000025321");
}

TEST(prepared, every_profile_and_form_agrees_with_the_tables) {
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        for (const auto& each : {tagged, plain, key("X1EF828AA8F6B80EB83E19FBC373F3A85"), key("0123456789ABCDEF"),
                 key("T1EF828AA8F6B80EB83E19FBC373F3A851EF828AA8F6B80EB"), key("K0012"), key("UK0012"),
                 key("S1EF828AA8F6B80EB83E19FBC373F3A85"), key("R1EF828AA8F6B80EB83E19FBC373F3A85"), key("Unothex"),
                 key("")}) {
            translate_pin_request pin(each, each, block(), account::digits("550000025321"));
            (void)compare(dialect, pin);
            (void)compare(dialect, pin.from_type(key_type::zpk));
            (void)compare(dialect, pin.formats(pin_format::iso3, pin_format::iso1));
            EXPECT_FALSE(compare(dialect, pin.formats(pin_format::plus, pin_format::iso0))) << name;
            EXPECT_FALSE(compare(dialect, pin.formats(pin_format::iso0, pin_format::iso4))) << name;
            (void)compare(dialect, pin.pin_block(as_bytes("short")));
            (void)compare(dialect, translate_pin_request(each, each, block(), account::digits("55")));
            for (auto how : {mac_algorithm::x99, mac_algorithm::x919}) {
                (void)compare(dialect, make_mac_request(key_type::tak, each, how, as_bytes("sixteen bytes of")));
            }
        }
    }
}

TEST(prepared, keys_of_wide_ciphers_are_left_to_the_tables) {
    const key sm4("R1EF828AA8F6B80EB83E19FBC373F3A85");
    const auto dialect = profile::builtin("sjj1310").value();
    const auto whose = account::digits("550000025321");
    EXPECT_FALSE(compare(dialect, translate_pin_request(sm4, tagged, block(), whose)));
    EXPECT_FALSE(compare(dialect, translate_pin_request(tagged, sm4, block(), whose)));
    EXPECT_FALSE(compare(dialect,
        translate_pin_request(tagged, key("*" + tagged.text() + "A05FFFF9876543210E00001"), block(), whose)));
    EXPECT_TRUE(compare(dialect, translate_pin_request(tagged, tagged, block(), whose)));
}

TEST(prepared, whatever_is_odd_is_left_to_the_tables) {
    const auto dialect = profile::builtin("payshield").value();
    const prepared_commands all(*dialect);
    const translate_pin_request request(tagged, tagged, block(), account::digits("550000025321"));
    const auto* subject = all.find(request);
    ASSERT_NE(subject, nullptr);
    field_set values;
    EXPECT_EQ(subject->decode(as_bytes("CB0004E98FFDA17099AF5501"), values), 24U);
    EXPECT_EQ(to_hex(values.value(field_name("pin_block"))), "E98FFDA17099AF55");
    EXPECT_EQ(values.text(field_name("pin_length")), "04");
    for (const auto* odd : {"CB10",
             "CB02"
             "04E98FFDA17099AF5501",
             "CB0004E98FFDA17099AF55", "CB0004E98FFDA17099AF55011", "CC0004E98FFDA17099AF5501",
             "CB0004E98FFDA17099AG5501", "CB000xE98FFDA17099AF5501", "", "CB"}) {
        field_set none;
        EXPECT_EQ(subject->decode(as_bytes(odd), none), 0U) << odd;
        EXPECT_EQ(none.size(), 0U) << odd;
    }
}

TEST(prepared, any_answer_reads_as_by_the_tables) {
    std::mt19937 random(7);
    for (const auto* name : {"payshield", "sjj1312"}) {
        const auto dialect = profile::builtin(name).value();
        const auto& whose = std::string_view(name) == "sjj1312" ? plain : tagged;
        const translate_pin_request request(whose, whose, block(), account::digits("550000025321"));
        const prepared_commands all(*dialect);
        const auto* subject = all.find(request);
        ASSERT_NE(subject, nullptr);
        const std::string good = std::string_view(name) == "sjj1312" ? "A12345678" : "CB0004E98FFDA17099AF5501";
        for (int i = 0; i < 20'000; ++i) {
            std::string text = good;
            text[random() % text.size()] = static_cast<char>(random());
            if (random() % 4 == 0) text.resize(random() % (text.size() + 1));
            field_set fast;
            field_set slow;
            const auto size = subject->decode(as_bytes(text), fast);
            if (size == 0) continue;
            const auto status = codec(dialect).decode_answer(subject->command(), as_bytes(text), field_set(), slow);
            ASSERT_TRUE(status) << to_hex(as_bytes(text));
            EXPECT_EQ(status->what, answer_status::verdict::ok);
            EXPECT_EQ(status->consumed, size);
            for (const auto& field : subject->command().answer) {
                EXPECT_EQ(to_hex(fast.value(field.name)), to_hex(slow.value(field.name))) << field.label;
            }
        }
    }
}

} // namespace
} // namespace cipherlane::hsm
