// A dialect that exists in no source file, over the wire.
#include "unit/hsm/fake_unit.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/client.hpp>

#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::hsm {
namespace {

constexpr const char* house = R"(
base = "payshield"
name = "house"

[frame]
header_length = 6

[codes.pin_format]
iso3 = "46"

[command.QX]
title = "House command"
request = "level:N2=07 source_key:K target_key:K target_format:N2@pin_format account:N12 pin_block:H16"
answer = "pin_block:H16"
repeat = "safe"
errors = { "9Z" = "the cellar is flooded" }

[[operation.translate_pin]]
command = "QX"
)";

TEST(TomlProfile, ANewCommandAndItsErrorTextWorkOverTheWire) {
    const auto file = std::filesystem::path(testing::TempDir()) / ("house-" + std::to_string(::getpid()) + ".toml");
    std::ofstream(file) << house;
    auto dialect = profile::find(file.string());
    std::filesystem::remove(file);
    ASSERT_TRUE(dialect) << dialect.error();

    std::atomic<bool> flooded = false;
    tests::fake_unit unit((*dialect)->frame, [&](byte_view body) -> std::optional<bytes> {
        const std::string expected = "QX07BAB32D775A38E4ABBAB32D775A38E4AB46550000025321DC80B186C30902B0";
        if (as_text(body) != expected) return tests::text("QY15");
        return tests::text(flooded ? "QY9Z" : "QY000123456789ABCDEF");
    });
    client subject({unit.at(), *dialect});
    const key zpk("BAB32D775A38E4AB");
    translate_pin_request request(zpk, zpk, from_hex("DC80B186C30902B0").value(), account::digits("550000025321"));
    request.formats(pin_format::iso0, pin_format::iso3);
    auto got = subject.translate_pin(request, call(std::chrono::seconds(5)));
    ASSERT_TRUE(got) << got.error();
    EXPECT_EQ(to_hex(got->pin_block.view()), "0123456789ABCDEF");

    flooded = true;
    got = subject.translate_pin(request, call(std::chrono::seconds(5)));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().peer_code(), "9Z");
    EXPECT_EQ(explain(subject.dialect(), got.error()), "House command: the cellar is flooded");
}

} // namespace
} // namespace cipherlane::hsm
