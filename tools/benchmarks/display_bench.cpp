// What showing a payment code costs the SDK: its own time up to the last byte handed to the link, and how many bytes
// a panel is sent. The device answers at once here, and pauses count nothing: they are the device's time.
#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace cipherlane;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr int runs = 101;

ports::qr_view view(int number) {
    ports::qr_view made;
    made.payload = "https://qr.95516.com/00010000/" + std::to_string(62'000'000'000'000 + number * 7'919'777LL) +
                   "0123456789012345";
    made.total = amount(1'000 + number);
    made.payee = "星光咖啡";
    made.valid_for = 60s;
    return made;
}

/// Bytes sent; answers come at once.
std::size_t carry_out(result<drivers::step_list> steps) {
    if (!steps) std::abort();
    const auto answers = *steps;
    std::size_t sent = 0;
    std::size_t at = 0;
    drivers::step_exchange machine(*std::move(steps));
    auto next = machine.resume({});
    bytes answer;
    while (next.what != net::action::kind::done) {
        if (next.what == net::action::kind::send) {
            sent += next.bytes.size();
            const auto& wanted = answers[at++].answer;
            answer = wanted.text;
            answer.push_back('\n');
            if (wanted.size != 0) answer.resize(wanted.size);
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (next.what == net::action::kind::receive) {
            next = machine.resume({net::event::kind::received, answer, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    if (!machine.take()) std::abort();
    return sent;
}

bool row(const char* name, double value, double limit, const char* unit) {
    const bool met = value <= limit;
    std::printf("%-48s value %8.3f %s, limit %6.1f %s, ratio %6.3f %s\n", name, value, unit, limit, unit,
        value / limit, met ? "ok" : "MISSED");
    return met;
}

bool print_time(const char* name, const std::function<void(int)>& operation, double bar_ms) {
    std::vector<double> took;
    operation(0); // glyphs, tables
    for (int i = 1; i <= runs; ++i) {
        const auto start = clock_type::now();
        operation(i);
        took.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - start).count());
    }
    std::nth_element(took.begin(), took.begin() + runs / 2, took.end());
    return row(name, took[runs / 2], bar_ms, "ms");
}

bool print_share(const char* name, std::size_t sent, std::size_t whole, double bar) {
    return row(name, 100.0 * static_cast<double>(sent) / static_cast<double>(whole), bar, "% ");
}

/// The same code with another total.
bool print_amount(
    drivers::weact_protocol& glass, const char* name, std::int64_t first, std::int64_t second, std::size_t whole) {
    auto shown = view(runs);
    shown.total = amount(first);
    carry_out(glass.show_qr(shown));
    glass.settled(drivers::screen_protocol::ending::done);
    shown.total = amount(second);
    const auto sent = carry_out(glass.show_qr(shown));
    glass.settled(drivers::screen_protocol::ending::done);
    return print_share(name, sent, whole, 5);
}

} // namespace

int main() {
    bool met = true;
    drivers::rcall_protocol rcall;
    drivers::bonrix_protocol bonrix;
    met &= print_time(
        "R-Call: show_qr, median", [&](int i) { carry_out(rcall.show_qr(view(i))); }, 5);
    met &= print_time(
        "Bonrix: show_qr, median", [&](int i) { carry_out(bonrix.show_qr(view(i))); }, 5);

    auto panel = drivers::weact_protocol::create();
    if (!panel) {
        std::fprintf(stderr, "%s\n", panel.error().to_string().c_str());
        return 1;
    }
    auto& glass = **panel;
    const auto done = drivers::screen_protocol::ending::done;
    met &= print_time(
        "panel 320 x 480: show_qr, another code, median",
        [&](int i) {
            carry_out(glass.show_qr(view(i)));
            glass.settled(done);
        },
        15);
    met &= print_time(
        "panel 320 x 480: show_qr, whole picture, median",
        [&](int i) {
            glass.settled(drivers::screen_protocol::ending::failed);
            carry_out(glass.show_qr(view(i)));
            glass.settled(done);
        },
        15);

    constexpr std::size_t whole = 320 * 480 * 2;
    auto dearer = view(runs);
    carry_out(glass.show_qr(dearer));
    glass.settled(done);
    met &= print_share("panel: countdown", carry_out(glass.show_remaining(59s)), whole, 5);
    glass.settled(done);
    met &= print_amount(glass, "panel: amount", 10'07, 98'85, whole);
    met &= print_amount(glass, "panel: amount of seven digits", 11'111'11, 98'765'43, whole);
    auto steps = glass.show_qr(view(7));
    const auto rectangles = steps->size() - 2; // without the fill that blanks the amount and the question at the end
    met &= print_share("panel: another code of the same size", carry_out(std::move(steps)), whole, 42);
    glass.settled(done);
    met &= row("panel: rectangles for it", static_cast<double>(rectangles), 8, "  ");
    return met ? 0 : 1;
}
