#include "hsm-sim/racal/command.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace cipherlane::hsm_sim {
namespace {

using wall = unit_statistics::wall;

constexpr std::size_t most_records = 9'999;

/// YYMMDDhhmmss, UTC.
std::string stamp(wall::time_point when) {
    const std::time_t seconds = wall::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%y%m%d%H%M%S", &parts)};
}

std::string digits(std::uint64_t value, int width) {
    std::array<char, 24> text{};
    const auto size =
        std::snprintf(text.data(), text.size(), "%0*llu", width, static_cast<unsigned long long>(value));
    const std::string all(text.data(), static_cast<std::size_t>(size));
    return all.substr(all.size() - static_cast<std::size_t>(width)); // a counter that is full begins anew
}

std::string hex_digits(std::uint64_t value, int width) {
    std::array<char, 24> text{};
    const auto size =
        std::snprintf(text.data(), text.size(), "%0*llX", width, static_cast<unsigned long long>(value));
    const std::string all(text.data(), static_cast<std::size_t>(size));
    return all.substr(all.size() - static_cast<std::size_t>(width));
}

/// What J2, J4 and J8 begin with: serial number, begin and end of what was counted, now.
void put_period(command& c) {
    const auto now = stamp(wall::now());
    c.put(c.on.settings().serial_number);
    c.put(stamp(c.on.statistics().started()));
    c.put(now);
    c.put(now);
}

/// J2: how many seconds the unit was loaded to 0 to 10 %, and so on.
void load_of_unit(command& c) {
    c.end();
    put_period(c);
    c.put(digits(c.on.statistics().seconds(), 10));
    const auto load = c.on.statistics().load();
    for (std::size_t i = 0; i < load.size(); ++i) {
        c.put(digits(10 * i, 3));
        c.put(digits(10 * (i + 1), 3));
        c.put(digits(load[i], 10));
        c.put(';'); // behind the last, too: public clients read whole records only
    }
}

/// J4: each command that was used, and how often.
void volumes_of_commands(command& c) {
    c.end();
    put_period(c);
    c.put(digits(c.on.statistics().seconds(), 10));
    for (const auto& [code, count] : c.on.statistics().volumes()) {
        c.put(code);
        c.put(digits(count, 12));
    }
}

/// J8: restarts; tampers, and the minutes, hours and times in which too many PINs were wrong. Nobody tampers with a
/// simulated unit, and its fraud detection is off.
void health_counters(command& c) {
    c.end();
    put_period(c);
    c.put(digits(c.on.statistics().restarts(), 10));
    c.put(digits(0, 10));
    c.put(digits(0, 7));
    c.put(digits(0, 5));
    c.put(digits(0, 8));
}

/// JK: the states of console, manager and host ports, tamper, and the local master keys.
void status_now(command& c) {
    c.end();
    const bool blocks = c.on.settings().dialect == family::payshield_kb;
    const bool test = blocks ? c.lmks.has_test_block_key() : c.lmks.has_test_pairs();
    c.put(c.on.settings().serial_number);
    c.put(stamp(wall::now()));
    c.put("22"); // console and manager: not running
    c.put("13"); // host ports: the first is running, the second not configured
    c.put("00"); // reserved
    c.put('1');  // not tampered
    c.put("01"); // local master keys
    c.put(test ? "01" : "00");
    c.put(c.on.old_lmks() == nullptr ? "00" : "01");
    c.put("00");                              // the first of them
    c.put(c.on.authorised() ? "101" : "000"); // and the number of authorised activities
    c.put(blocks ? "K2" : "V0");
    c.put(test ? 'T' : 'L');
    c.put("simulated\x14\x15");
    c.put("00"); // no fraud, no attacks
}

/// NI: host connections, and with flag 1 what went over the wire.
void network_statistics(command& c) {
    (void)c.in.one_of("HM12", status{'8', '1'});
    const bool with_figures = c.in.one_of("01", status{'8', '2'}) == '1';
    c.end();
    if (c.failed()) return;
    const auto now = unit_statistics::clock::now();
    auto open = c.on.statistics().connections();
    if (open.size() > most_records) open.resize(most_records);
    c.put(digits(open.size(), 4));
    for (const auto& each : open) {
        c.put("0"); // TCP
        c.put(hex_digits(each.local_port, 4));
        c.put(hex_digits(each.address, 8));
        c.put(hex_digits(each.remote_port, 4));
        c.put("0"); // established
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - each.since).count();
        c.put(digits(static_cast<std::uint64_t>(age), 8));
    }
    if (!with_figures) return;
    const auto received = c.on.statistics().received();
    const auto sent = c.on.statistics().sent();
    c.put(hex_digits(sent.bytes, 16));
    c.put(hex_digits(received.bytes, 16));
    c.put(hex_digits(sent.messages, 8));
    c.put(hex_digits(received.messages, 8));
    for (int i = 0; i < 7; ++i)
        c.put(hex_digits(0, 8)); // of other packets, those discarded, errors, unknown ones
}

constexpr command_row monitoring_table[] = {
    {"J2", load_of_unit, payshields},
    {"J4", volumes_of_commands, payshields},
    {"J8", health_counters, payshields},
    {"JK", status_now, payshields},
    {"NI", network_statistics, payshields},
};

} // namespace

std::span<const command_row> monitoring_commands() noexcept {
    return monitoring_table;
}

} // namespace cipherlane::hsm_sim
