#include "hsm-sim/keys/lmk.hpp"

#include <cipherlane/core/error_category.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <fstream>
#include <string>

namespace cipherlane::hsm_sim {
namespace {

/// Mask of the pair's left half by variant; variant 0 changes nothing.
constexpr std::array<std::uint8_t, 10> variant_masks{0x00, 0xA6, 0x5A, 0x6A, 0xDE, 0x2B, 0x50, 0x74, 0x9C, 0xFA};

struct half_bytes {
    std::uint8_t left;
    std::uint8_t right;
};

/// The published test keys: each half is one byte eight times, but for the four pairs below.
constexpr std::array<half_bytes, lmk_set::pairs> repeated{{
    {0x01, 0x00},
    {0x20, 0x31},
    {0x40, 0x51},
    {0x61, 0x70},
    {0x80, 0x91},
    {0xA1, 0xB0},
    {0x01, 0x01},
    {0x01, 0x01},
    {0x00, 0x01},
    {0x01, 0x01},
    {0x02, 0x04},
    {0x07, 0x10},
    {0x13, 0x15},
    {0x16, 0x19},
    {0x1A, 0x1C},
    {0x23, 0x25},
    {0x26, 0x29},
    {0x2A, 0x2C},
    {0x2F, 0x31},
    {0x01, 0x01},
}};
struct full_half {
    std::size_t pair;
    std::size_t at;
    std::array<std::uint8_t, 8> bytes;
};
constexpr full_half in_full[] = {
    {0, 8, {0x79, 0x02, 0xCD, 0x1F, 0xD3, 0x6E, 0xF8, 0xBA}},
    {6, 0, {0xC1, 0xC1, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {6, 8, {0xD0, 0xD0, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {7, 0, {0xE0, 0xE0, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {7, 8, {0xF1, 0xF1, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {8, 0, {0x1C, 0x58, 0x7F, 0x1C, 0x13, 0x92, 0x4F, 0xEF}},
};

/// The published test key for blocks, AES-256.
constexpr std::array<std::uint8_t, 32> test_block_key{0x9B, 0x71, 0x33, 0x3A, 0x13, 0xF9, 0xFA, 0xE7, 0x2F, 0x9D,
    0x0E, 0x2D, 0xAB, 0x4A, 0xD6, 0x78, 0x47, 0x18, 0x01, 0x2F, 0x92, 0x44, 0x03, 0x3F, 0x3F, 0x26, 0xA2, 0xDE, 0x0C,
    0x8A, 0xA1, 0x1A};

constexpr std::array errc_rows{
    errc_row{static_cast<int>(lmk_errc::pair), condition::bad_message, "a pair of keys is 32 hex digits"},
    errc_row{static_cast<int>(lmk_errc::too_few), condition::bad_message,
        "twenty pairs of 32 hex digits are wanted, and the file ends"},
    errc_row{static_cast<int>(lmk_errc::too_many), condition::bad_message,
        "behind twenty pairs only the key for blocks may stand: 64 hex digits, or 48 of a TDES key"},
};
const table_category lmk_category{"cipherlane.hsm-sim.lmk", errc_rows};

lmk_set::table test_table() {
    lmk_set::table keys{};
    for (std::size_t i = 0; i < keys.size(); ++i) {
        std::fill_n(keys[i].begin(), 8, repeated[i].left);
        std::fill_n(keys[i].begin() + 8, 8, repeated[i].right);
    }
    for (const auto& half : in_full)
        std::ranges::copy(half.bytes, keys[half.pair].begin() + half.at);
    return keys;
}

std::uint64_t next_generation() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

/// Part 0: the pair as it is; 1 and 2: the parts of a double key; 3 to 5: those of a triple key.
constexpr std::size_t parts = 6;

/// What a thread keeps of the set it used last. A unit whose keys change starts anew.
struct kept_ciphers {
    std::uint64_t generation = 0;
    std::array<std::optional<kept_cipher>, lmk_set::pairs * variant_masks.size() * parts * 2> at;
};

kept_ciphers& kept(std::uint64_t generation) {
    thread_local kept_ciphers mine;
    if (mine.generation != generation) {
        for (auto& slot : mine.at)
            slot.reset();
        mine.generation = generation;
    }
    return mine;
}

std::span<const std::uint8_t> masks_for(std::size_t size) noexcept {
    if (size == 16) return double_masks;
    assert(size == 24);
    return triple_masks;
}

} // namespace

std::optional<lmk_slot> slot_of_key_type(std::string_view three) noexcept {
    if (three.size() != 3 || three[0] < '0' || three[0] > '9' || three[1] != '0') return std::nullopt;
    const int code = hex_value(three[2]);
    if (code < 0 || code > 0x0D) return std::nullopt;
    static constexpr std::array<std::uint8_t, 14> pair_of{2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    return lmk_slot{pair_of[static_cast<std::size_t>(code)], static_cast<std::uint8_t>(three[0] - '0')};
}

boost::system::error_code make_error_code(lmk_errc value) noexcept {
    return {static_cast<int>(value), lmk_category};
}

std::shared_ptr<const lmk_set> lmk_set::test() {
    return std::make_shared<lmk_set>(test_table(), clear_key(test_block_key, key_algorithm::aes));
}

namespace {

/// Takes the lines of a key file one after the other.
class key_file_reader {
  public:
    key_file_reader() = default;
    key_file_reader(const key_file_reader&) = delete;
    key_file_reader& operator=(const key_file_reader&) = delete;
    ~key_file_reader() {
        for (auto& key : keys_)
            wipe(key);
    }

    /// A line without comment and blanks.
    std::optional<lmk_errc> take(std::string_view digits) {
        if (pairs_ < lmk_set::pairs) {
            const bool good = digits.size() == 32 && from_hex(digits, keys_[pairs_++]);
            return good ? std::nullopt : std::optional(lmk_errc::pair);
        }
        const bool tdes = digits.size() == 48;
        clear_key block(tdes ? 24 : 32, tdes ? key_algorithm::des : key_algorithm::aes);
        const bool first = block_.empty() && digits.size() == 2 * block.size();
        if (!first || !from_hex(digits, block.span())) return lmk_errc::too_many;
        block_ = block;
        return std::nullopt;
    }
    [[nodiscard]] bool whole() const { return pairs_ == lmk_set::pairs; }
    [[nodiscard]] std::shared_ptr<const lmk_set> make() const { return std::make_shared<lmk_set>(keys_, block_); }

  private:
    lmk_set::table keys_{};
    clear_key block_;
    std::size_t pairs_ = 0;
};

} // namespace

result<std::shared_ptr<const lmk_set>> lmk_set::load(const std::filesystem::path& file) {
    const auto name = file.filename().string();
    std::ifstream in(file);
    if (!in) {
        // Where it was looked for; of a path that an error has no room for, the end says most.
        constexpr std::size_t room = 48;
        const auto where = file.string().size() <= room ? file.string() : name;
        return error(
            boost::system::errc::make_error_code(boost::system::errc::no_such_file_or_directory), layer::tools)
            .during("load LMKs")
            .at_endpoint(where);
    }
    const auto wrong = [&](lmk_errc why, std::size_t line) {
        return error(why, layer::tools)
            .during("load LMKs")
            .at_endpoint(name)
            .in_field("line " + std::to_string(line));
    };
    key_file_reader keys;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        line.erase(std::find(line.begin(), line.end(), '#'), line.end());
        std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
        const auto why = line.empty() ? std::nullopt : keys.take(line);
        wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
        if (why) return wrong(*why, number);
    }
    return keys.whole() ? result<std::shared_ptr<const lmk_set>>(keys.make()) : wrong(lmk_errc::too_few, number);
}

lmk_set::lmk_set(const table& keys, const clear_key& for_blocks)
    : keys_(keys)
    , block_key_(for_blocks)
    , generation_(next_generation()) {}

lmk_set::~lmk_set() {
    for (auto& key : keys_)
        wipe(key);
}

kept_cipher& lmk_set::cipher(direction way, lmk_slot where, std::size_t part) const {
    const std::size_t at = ((where.pair * variant_masks.size() + where.variant) * parts + part) * 2 +
                           (way == direction::encrypt ? 0U : 1U);
    auto& slot = kept(generation_).at[at];
    if (!slot) {
        static constexpr std::array<std::uint8_t, parts> part_masks{
            0, double_masks[0], double_masks[1], triple_masks[0], triple_masks[1], triple_masks[2]};
        auto key = keys_[where.pair];
        key[0] ^= variant_masks[where.variant];
        key[8] ^= part_masks[part];
        slot.emplace(key, way);
        wipe(key);
    }
    return *slot;
}

void lmk_set::run(direction way, lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept {
    assert(where.pair < pairs && where.variant < variant_masks.size());
    if (rule == part_rule::ecb) return cipher(way, where, 0).run(in, out);
    const std::size_t first = in.size() == 16 ? 1 : 3;
    for (std::size_t part = 0; part < in.size() / 8; ++part) {
        cipher(way, where, first + part).run(in.subspan(8 * part, 8), out.subspan(8 * part, 8));
    }
}

void lmk_set::wrap(lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept {
    run(direction::encrypt, where, rule, in, out);
}

void lmk_set::unwrap(lmk_slot where, part_rule rule, byte_view in, byte_span out) const noexcept {
    run(direction::decrypt, where, rule, in, out);
}

bool lmk_set::has_test_pairs() const noexcept {
    static const table published = test_table();
    return keys_ == published;
}

bool lmk_set::has_test_block_key() const noexcept {
    return std::ranges::equal(block_key_.view(), test_block_key);
}

std::array<std::uint8_t, 8> lmk_set::check_value() const noexcept {
    std::array<std::uint8_t, 8> value{};
    for (const auto& key : keys_)
        des_encrypt(key, value, value);
    std::fill(value.begin() + 3, value.end(), std::uint8_t{0});
    return value;
}

std::array<std::uint8_t, 8> lmk_set::block_check_value() const noexcept {
    std::array<std::uint8_t, 8> value{};
    if (block_key_.empty()) return value;
    std::array<std::uint8_t, 16> block{};
    encrypt_ecb(block_key_, byte_view(block).first(block_key_.block_size()), block);
    std::copy_n(block.begin(), 3, value.begin());
    return value;
}

namespace {

void run_under(direction way, byte_view transport, part_rule rule, byte_view in, byte_span out) noexcept {
    const auto run = way == direction::encrypt ? des_encrypt : des_decrypt;
    if (rule == part_rule::ecb) return run(transport, in, out);
    // The right half is what the variant changes; a single-length key has the same half twice.
    std::array<std::uint8_t, 24> key{};
    const std::size_t size = transport.size() == 8 ? 16 : transport.size();
    for (std::size_t i = 0; i < size; ++i)
        key[i] = transport[i % transport.size()];
    const auto masks = masks_for(in.size());
    for (std::size_t part = 0; part < masks.size(); ++part) {
        key[8] ^= masks[part];
        run(byte_view(key).first(size), in.subspan(8 * part, 8), out.subspan(8 * part, 8));
        key[8] ^= masks[part];
    }
    wipe(key);
}

} // namespace

void wrap_under(byte_view transport, part_rule rule, byte_view in, byte_span out) noexcept {
    run_under(direction::encrypt, transport, rule, in, out);
}

void unwrap_under(byte_view transport, part_rule rule, byte_view in, byte_span out) noexcept {
    run_under(direction::decrypt, transport, rule, in, out);
}

} // namespace cipherlane::hsm_sim
