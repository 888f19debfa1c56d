// What goes in comes out: trees of objects and data object lists drawn by chance, from fixed seeds.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/consumer_code.hpp>
#include <cipherlane/emv/dol.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace cipherlane::emv {
namespace {

struct node {
    tag_number tag = 0;
    bytes value;
    std::vector<node> inside;
    friend bool operator==(const node&, const node&) = default;
};

class chance {
  public:
    explicit chance(unsigned seed)
        : engine_(seed) {}

    std::size_t between(std::size_t least, std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(least, most)(engine_);
    }
    bytes raw(std::size_t size) {
        bytes made(size);
        for (auto& byte : made)
            byte = static_cast<std::uint8_t>(between(0, 255));
        return made;
    }
    /// One to four bytes, in the shortest form; never 00, which would be filling.
    tag_number tag(bool constructed) {
        const auto first = static_cast<tag_number>(between(0, 3) << 6U | (constructed ? 0x20U : 0U));
        const std::size_t more = between(0, 3);
        if (more == 0) return first | static_cast<tag_number>(between(1, 30));
        tag_number made = first | 0x1FU;
        for (std::size_t i = 1; i <= more; ++i) {
            const std::size_t low = i == 1 ? 1 : 0; // the first further byte may not be 80
            made = made << 8U | static_cast<tag_number>(between(low, 127)) | (i < more ? 0x80U : 0U);
        }
        return made;
    }
    std::vector<node> level(std::size_t depth) {
        std::vector<node> made(between(0, 5));
        for (auto& each : made) {
            const bool constructed = depth > 1 && between(0, 2) == 0;
            each.tag = tag(constructed);
            if (constructed) {
                each.inside = level(depth - 1);
            } else {
                each.value = raw(between(0, 9) == 0 ? between(120, 300) : between(0, 20));
            }
        }
        return made;
    }

  private:
    std::mt19937 engine_;
};

void write(tlv_writer& to, const std::vector<node>& level) {
    for (const auto& each : level) {
        if (!is_template(each.tag)) {
            to.put(each.tag, each.value);
            continue;
        }
        to.begin(each.tag);
        write(to, each.inside);
        to.end();
    }
}

std::vector<node> read(tlv_reader from) {
    std::vector<node> level;
    while (from.next()) {
        const auto& object = from.object();
        node each{.tag = object.tag};
        if (is_template(object.tag)) {
            each.inside = read(from.inside());
        } else {
            each.value.assign(object.value.begin(), object.value.end());
        }
        level.push_back(std::move(each));
    }
    EXPECT_TRUE(from.finish()) << from.finish().error();
    return level;
}

TEST(RoundTrip, TreesOfObjects) {
    bytes room(65'536);
    for (unsigned seed = 0; seed < 1000; ++seed) {
        SCOPED_TRACE(seed);
        const auto tree = chance(seed).level(tlv_limits::most_depth);
        tlv_writer writer(room);
        write(writer, tree);
        const auto written = writer.finish();
        ASSERT_TRUE(written) << written.error();
        EXPECT_TRUE(check_tlv(*written));
        EXPECT_EQ(read(tlv_reader(*written)), tree);
        std::size_t size = 0;
        for (const auto& each : tree) {
            if (!is_template(each.tag)) size += tlv_size(each.tag, each.value.size());
        }
        EXPECT_LE(size, written->size());
    }
}

TEST(RoundTrip, ListsAskForWhatIsGiven) {
    for (unsigned seed = 0; seed < 1000; ++seed) {
        SCOPED_TRACE(seed);
        chance draw(seed);
        bytes list;
        std::vector<std::pair<tag_number, bytes>> values;
        for (std::size_t i = draw.between(1, 12); i > 0; --i) {
            const auto tag = draw.tag(false);
            values.emplace_back(tag, draw.raw(draw.between(1, 12)));
            const auto raw = *from_hex(tag_text(tag));
            list.insert(list.end(), raw.begin(), raw.end());
            list.push_back(static_cast<std::uint8_t>(values.back().second.size()));
        }
        // The source is asked in the list's order, so that a tag may come twice with two values.
        std::size_t next = 0;
        bytes expected;
        for (const auto& [tag, value] : values)
            expected.insert(expected.end(), value.begin(), value.end());
        std::array<std::uint8_t, 256> out{};
        const auto built = build_dol(
            list,
            [&](tag_number tag) -> std::optional<byte_view> {
                EXPECT_EQ(tag, values[next].first);
                return values[next++].second;
            },
            out);
        ASSERT_TRUE(built) << built.error();
        EXPECT_EQ(to_hex(*built), to_hex(expected));
        EXPECT_EQ(dol_data_size(list).value(), expected.size());
    }
}

TEST(RoundTrip, ConsumerCodes) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        chance draw(seed);
        std::array<std::uint8_t, 512> room{};
        tlv_writer writer(room);
        writer.put(0x85, as_bytes(std::string_view("CPV01")));
        const auto aid = draw.raw(draw.between(5, 16));
        const std::size_t applications = draw.between(1, 2);
        for (std::size_t i = 0; i < applications; ++i) {
            writer.begin(0x61).put(0x4F, aid).put_digits(0x5A, "6222000000000000");
            writer.begin(0x63).put(0x9F26, draw.raw(8)).put(0x9F36, draw.raw(2)).end().end();
        }
        const auto data = writer.finish();
        ASSERT_TRUE(data) << data.error();
        const auto code = consumer_code::from_tlv(*data);
        ASSERT_TRUE(code) << code.error();
        const auto again = consumer_code::parse(code->to_text());
        ASSERT_TRUE(again) << again.error();
        EXPECT_EQ(to_hex(again->data()), to_hex(*data));
        EXPECT_EQ(again->applications(), applications);
        EXPECT_EQ(again->card(applications - 1)->expose(), "6222000000000000");
    }
}

} // namespace
} // namespace cipherlane::emv
