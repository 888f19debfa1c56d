#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::hsm_sim {
namespace {

constexpr std::size_t largest_random = 256;

/// NC: LMK check value and firmware. TASS adds a version of 24 and a serial number of 12 characters.
void diagnostics(command& c) {
    c.end();
    const auto& settings = c.on.settings();
    const bool blocks = settings.dialect == family::payshield_kb;
    const bool published = blocks ? c.lmks.has_test_block_key() : c.lmks.has_test_pairs();
    if (published)
        c.put(settings.test_check);
    else
        c.put_hex(blocks ? c.lmks.block_check_value() : c.lmks.check_value());
    if (settings.dialect != family::sjj1310) return c.put(settings.firmware);
    std::string version = settings.firmware;
    version.resize(24, ' ');
    c.put(version);
    c.put(settings.serial_number);
}

/// NO: mode 00 the interface, 01 the PCI settings in force.
void unit_status(command& c) {
    const auto mode = c.in.digits(2);
    c.end();
    if (c.failed()) return;
    if (mode == "00") {
        c.put("3");  // buffer of 32 KB
        c.put("1");  // Ethernet
        c.put("64"); // sockets
        c.put(c.on.settings().firmware);
        c.put("0");
        c.put("0");
        c.put("0000");
    } else if (mode == "01") {
        const bool pci = c.on.settings().policy == pin_policy::pci;
        c.put(pci ? "1" : "0");
        c.put(c.on.settings().strict ? "1" : "0");
    } else {
        c.fail(code::input_data);
    }
}

/// B2: gives back what it got.
void echo(command& c) {
    const std::size_t length = c.in.hexadecimal(4);
    if (c.failed()) return;
    if (c.in.left() < length) return c.fail(code::data_length);
    const auto data = c.in.text(length);
    c.end();
    c.put(data);
}

void random_bytes(command& c, std::size_t length_digits) {
    const std::size_t length = c.in.decimal(length_digits);
    c.end();
    if (!c.failed() && (length == 0 || length > largest_random)) c.fail(code::count_range);
    if (c.failed()) return;
    std::array<std::uint8_t, largest_random> random{};
    const auto out = byte_span(random).first(length);
    fill_random(out);
    c.put_bytes(out);
}

/// N0 with three digits, CR (TASS) with four.
void random_n0(command& c) {
    random_bytes(c, 3);
}
void random_cr(command& c) {
    random_bytes(c, 4);
}

constexpr std::size_t largest_index = 0xFFF;
constexpr std::size_t most_blocks = 0x20;

/// K, three hex digits, count of blocks in two.
struct storage_range {
    std::size_t first = 0;
    std::size_t count = 0;

    void read(command& c) {
        if (!c.in.take_if('K')) c.fail(code::input_data);
        first = c.in.hexadecimal(3, code::index);
        count = c.in.hexadecimal(2);
        if (!c.failed() && count > most_blocks) c.fail(code::input_data);
        if (!c.failed() && first + count > largest_index + 1) c.fail(code::index);
    }
};

/// LA: keys or other data into the user storage, blocks of 16, 32 or 48 digits with F behind shorter ones.
void load_storage(command& c) {
    storage_range where;
    where.read(c);
    const std::size_t size = where.count == 0 ? 0
                             : c.in.ahead().find_first_of("%\x19") == std::string_view::npos
                                 ? c.in.left() / where.count
                                 : c.in.ahead().find_first_of("%\x19") / where.count;
    if (!c.failed() && where.count != 0 && size != 16 && size != 32 && size != 48) c.fail(code::input_data);
    std::vector<std::string_view> blocks;
    for (std::size_t i = 0; i < where.count && !c.failed(); ++i) {
        blocks.push_back(c.in.text(size));
        if (!std::ranges::all_of(blocks.back(), [](char d) { return hex_value(d) >= 0; })) c.fail(code::input_data);
    }
    c.end();
    if (c.failed()) return;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        c.on.store(static_cast<std::uint32_t>(where.first + i), {std::string(blocks[i]), {}, {}, {}, {}});
    }
}

/// LE: gives them back as they are.
void read_storage(command& c) {
    storage_range where;
    where.read(c);
    c.end();
    for (std::size_t i = 0; i < where.count && !c.failed(); ++i) {
        const auto found = c.on.find(static_cast<std::uint32_t>(where.first + i));
        if (!found) return c.fail(code::storage_empty);
        c.put(found->field);
    }
}

/// RA: leaves the authorised state.
void leave_authorised(command& c) {
    c.end();
    if (!c.failed()) c.on.set_authorised(false);
}

constexpr command_row unit_table[] = {
    {"NC", diagnostics, every_racal},
    {"NO", unit_status, every_racal},
    {"B2", echo, every_racal},
    {"N0", random_n0, payshields},
    {"CR", random_cr, chinese},
    {"LA", load_storage, payshields},
    {"LE", read_storage, payshields},
    {"RA", leave_authorised, every_racal},
};

} // namespace

std::span<const command_row> unit_commands() noexcept {
    return unit_table;
}

} // namespace cipherlane::hsm_sim
