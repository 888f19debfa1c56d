// Input: a selector, then either a key block as it comes from a peer, or the pieces of a header and a key to wrap. A
// header that parses must be made of its optional blocks without a gap; what was wrapped must come out again.
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/errc.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;
using namespace cipherlane::crypto;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

/// Under the keys of the published blocks in the corpus.
key_block_protector make_protector(key_block_version version) {
    constexpr std::uint8_t aes[] = {0x88, 0xE1, 0xAB, 0x2A, 0x2E, 0x3D, 0xD3, 0x8C, 0x1F, 0xA0, 0x39, 0xA5, 0x36,
        0x50, 0x0C, 0xC8, 0xA8, 0x7A, 0xB9, 0xD6, 0x2D, 0xC9, 0x2C, 0x01, 0x05, 0x8F, 0xA7, 0x9F, 0x44, 0x65, 0x7D,
        0xE6};
    constexpr std::uint8_t tdes[] = {
        0x89, 0xE8, 0x8C, 0xF7, 0x93, 0x14, 0x44, 0xF3, 0x34, 0xBD, 0x75, 0x47, 0xFC, 0x3F, 0x38, 0x0C};
    const bool is_aes = version == key_block_version::d;
    const auto key = key_block_protection_key::create(
        is_aes ? algorithm::aes : algorithm::tdes, is_aes ? byte_view(aes) : byte_view(tdes), legacy_policy);
    return key_block_protector::create(key.value(), version).value();
}

key_block_protector& protector_of(key_block_version version) {
    static key_block_protector all[] = {make_protector(key_block_version::a), make_protector(key_block_version::b),
        make_protector(key_block_version::c), make_protector(key_block_version::d)};
    return all[static_cast<std::size_t>(version) - 'A'];
}

/// Versions that are read and explained, and opened by no protector.
bool only_explained(key_block_version version) {
    return version == key_block_version::e || is_thales_block(version);
}

void read_header(const key_block_header& header, std::string_view text) {
    std::size_t end = key_block_header::fixed_size;
    std::size_t count = 0;
    for (const auto& option : header) {
        must(option.offset == end && option.id.size() == 2 && option.data.size() + 4 <= option.size);
        must(header.find_option(option.id).has_value());
        (void)describe_key_block_option(option.id);
        end += option.size;
        ++count;
    }
    must(end == header.text().size() && end <= text.size() && count == header.option_count());
    for (const auto& finding : check_key_block_header(header))
        must(finding.offset < text.size() && !finding.text.empty());
    const auto built = key_block_header_builder(header).build(header.version(), 64);
    if (built) must(key_block_header::parse(*built)->text() == *built);
}

void read_block(std::string_view text) {
    const auto header = key_block_header::parse(text);
    const auto shape = check_key_block_shape(text);
    if (!header) {
        must(header.error().code() == make_error_code(crypto_errc::bad_key_block) && header.error().offset());
        return must(!shape);
    }
    read_header(*header, text);
    bytes key(text.size() / 2);
    if (only_explained(header->version())) {
        const auto refused = protector_of(key_block_version::d).unwrap(text, key);
        return must(!refused && refused.error().is(condition::bad_message) && refused.error().offset() == 0U);
    }
    auto& protector = protector_of(header->version());
    const auto opened = protector.unwrap(text, key);
    if (!opened) return must(opened.error().is(condition::bad_message));
    must(shape.has_value() && opened->key_size > 0 && opened->key_size <= key.size());
    (void)unwrap_key<purpose::pin_encryption>(protector, text, key_block_use::both, cup_pos_policy);
    (void)unwrap_key<purpose::mac>(protector, text, key_block_use::reverse, pci_policy);
    (void)unwrap_key<purpose::base_derivation>(protector, text, key_block_use::derive, legacy_policy);
    (void)rewrap_key_block(protector, text, protector_of(key_block_version::d), pci_policy);
}

/// Takes `size` bytes off the front, or what there is.
byte_view take(byte_view& from, std::size_t size) {
    const auto taken = from.first(std::min(size, from.size()));
    from = from.subspan(taken.size());
    return taken;
}

void make_block(byte_view pieces) {
    const auto fixed = take(pieces, 9);
    if (fixed.size() < 9) return;
    const auto version = static_cast<key_block_version>('A' + fixed[0] % 4);
    key_block_header_builder builder(
        as_text(fixed.subspan(1, 2)), static_cast<char>(fixed[3]), static_cast<char>(fixed[4]));
    builder.set_exportability(static_cast<char>(fixed[5]));
    const auto key = take(pieces, fixed[6] % 65U);
    for (int i = 0; i < fixed[7] % 8; ++i) {
        const auto id = take(pieces, 2);
        builder.add_option(as_text(id), as_text(take(pieces, 4 * std::size_t{fixed[8]})));
    }
    auto& protector = protector_of(version);
    const auto block = protector.wrap(builder, key);
    if (!block) return;
    must(block->size() % key_block_unit(version) == 0 && check_key_block_shape(*block).has_value());
    bytes out(block->size() / 2);
    const auto opened = protector.unwrap(*block, out);
    must(opened.has_value() && std::ranges::equal(byte_view(out).first(opened->key_size), key));
    must(opened->header.usage() == builder.usage() && opened->header.exportability() == static_cast<char>(fixed[5]));
    read_block(*block);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view rest(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        read_block(as_text(rest));
    } else {
        make_block(rest);
    }
    return 0;
}
