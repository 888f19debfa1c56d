#include "cipherlane/calendar_option.hpp"
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/monitor/business_monitor.hpp>
#include <cipherlane/ports/civil_second.hpp>
#include <cipherlane/reconcile/entry.hpp>
#include <cipherlane/store/journal_check.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace cipherlane::cli {
namespace {

struct monitor_options {
    std::string journal;
    std::string calendar;
    std::string terminal;
    std::string at;
    std::size_t width = 72;
    monitor::monitor_settings how;
    output_form output = output_form::text;
    bool as_prometheus = false; ///< a flag of the command line
};

std::int64_t moment_of(const std::string& at) {
    if (at.empty()) return ports::civil_second(std::chrono::system_clock::now());
    const auto digits = at.find_first_not_of("0123456789") == std::string::npos;
    const auto day = at.size() == 12 && digits ? reconcile::parse_day(at.substr(0, 8)) : std::nullopt;
    if (!day) throw tool_complaint(ending::wrong_use, "--at: found \"" + at + "\", expected YYYYMMDDhhmm");
    return *day * reconcile::day_seconds + std::stoi(at.substr(8, 2)) * 3600 + std::stoi(at.substr(10)) * 60;
}

/// When payments were taken, in order of time.
struct taken_payments {
    std::vector<std::int64_t> moments;
    bool whole = true; ///< no record is damaged; nothing in one that is would be certain
};

taken_payments payments_of(const monitor_options& options, std::int64_t until) {
    auto reader =
        value_or_stop(store::journal_reader::open(options.journal), "name the journal's database", ending::wrong_use);
    taken_payments made;
    while (const auto found = value_or_stop(reader.next(), "cipherlane journal check says more", ending::wrong_use)) {
        made.whole = made.whole && found->intact;
        if (!found->intact) continue;
        if (!options.terminal.empty() && found->record.terminal_id != options.terminal) continue;
        const auto one = reconcile::own_entry(found->record, {});
        if (!one || one->way != reconcile::direction::payment) continue;
        if (one->stands == reconcile::standing::moved && one->moment < until) made.moments.push_back(one->moment);
    }
    made.whole = made.whole && reader.lost().empty();
    std::sort(made.moments.begin(), made.moments.end());
    return made;
}

std::string alarm_text(const monitor::alarm& one) {
    if (!one.raised) return reconcile::moment_text(one.at) + "  over: payments come again\n";
    return reconcile::moment_text(one.at) + "  ALARM: since " + reconcile::moment_text(one.since) + " " +
           std::to_string(static_cast<long>(one.seen)) + " payment(s), expected " +
           std::to_string(static_cast<long>(one.expected)) + "\n";
}

/// Whether there are enough days like this one to miss anything.
bool expects_anything(const monitor::business_monitor& watch) {
    const auto hours = watch.day_expected();
    return std::any_of(hours.begin(), hours.end(), [](double hour) { return hour > 0; });
}

std::string_view word_of(const monitor::business_monitor& watch) {
    if (watch.alarmed()) return "payments stay away\n";
    if (expects_anything(watch)) return "no alarm\n";
    return "no alarm: the journal has too few days like this one to expect anything of it\n";
}

void print_json(
    const monitor::business_monitor& watch, const std::vector<monitor::alarm>& alarms, const taken_payments& of) {
    auto made = nlohmann::ordered_json{{"alarmed", watch.alarmed()}, {"expects", expects_anything(watch)},
        {"journal_whole", of.whole}, {"alarms", nlohmann::json::array()}, {"readings", nlohmann::json::array()}};
    for (const auto& one : alarms) {
        made["alarms"].push_back({{"raised", one.raised}, {"since", reconcile::moment_text(one.since)},
            {"at", reconcile::moment_text(one.at)}, {"seen", one.seen}, {"expected", one.expected}});
    }
    for (const auto& one : watch.curve()) {
        made["readings"].push_back(
            {{"begin", reconcile::moment_text(one.begin)}, {"seen", one.seen}, {"expected", one.expected}});
    }
    std::cout << made.dump(2) << "\n";
}

void watch_business(const monitor_options& options) {
    const auto calendar = calendar_or_weekends(options.calendar);
    const auto now = moment_of(options.at);
    monitor::business_monitor watch(options.how, calendar);
    std::vector<monitor::alarm> alarms;
    const auto advance = [&](std::int64_t to) {
        const auto told = watch.advance(to);
        alarms.insert(alarms.end(), told.begin(), told.end());
    };
    const auto payments = payments_of(options, now);
    for (const auto moment : payments.moments) {
        advance(moment);
        watch.add(moment);
    }
    advance(now);
    if (options.as_prometheus) {
        std::cout << monitor::prometheus_text(watch, std::filesystem::path(options.journal).stem().string());
    } else if (options.output == output_form::json) {
        print_json(watch, alarms, payments);
    } else {
        for (const auto& one : alarms)
            std::cout << alarm_text(one);
        const auto curve = watch.curve();
        std::cout << monitor::curve_text(curve, options.width);
        if (!curve.empty()) {
            std::cout << "from " << reconcile::moment_text(curve.front().begin) << " to "
                      << reconcile::moment_text(now) << "\n";
        }
        std::cout << word_of(watch);
    }
    std::cout << std::flush;
    if (!payments.whole)
        std::cerr << "cipherlane monitor: some records of the journal are damaged and not counted: journal check "
                     "says more\n";
    if (watch.alarmed()) throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

} // namespace

void add_monitor_command(CLI::App& tool) {
    auto options = std::make_shared<monitor_options>();
    auto* app = tool.add_subcommand(
        "monitor", "Whether a till takes as many payments as on days like this one. Exit code 1: payments stay away");
    app->add_option("journal", options->journal, "The journal's database; a till may be running")->required();
    app->add_option("--calendar", options->calendar, "Working days and holidays (TOML); default: weekends");
    app->add_option("--terminal", options->terminal, "One terminal only");
    app->add_option("--at", options->at, "As of then, YYYYMMDDhhmm of China's time; default: now");
    app->add_option("--days", options->how.days, "So many of the last days alike make the expectation")
        ->check(CLI::Range(3, 60));
    app->add_option("--minutes", options->how.minutes, "Length of a reading: 1, 2, 3, 5, 10, 15, 20, 30 or 60")
        ->check(CLI::IsMember({1, 2, 3, 5, 10, 15, 20, 30, 60}));
    app->add_option("--readings", options->how.readings, "So many below in a row are an alarm")
        ->check(CLI::Range(1, 60));
    app->add_option("--below", options->how.below_percent, "A reading is below where so much is missing, in percent")
        ->check(CLI::Range(1, 99));
    app->add_option("--width", options->width, "Columns of the curves")->check(CLI::Range(1, 1000));
    auto* prometheus =
        app->add_flag("--prometheus", options->as_prometheus, "For the textfile collector of Prometheus");
    add_json_flag(*app, options->output);
    prometheus->excludes("--json");
    app->callback([options] { watch_business(*options); });
}

} // namespace cipherlane::cli
