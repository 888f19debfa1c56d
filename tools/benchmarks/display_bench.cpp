// What showing a payment code costs the SDK: its own time up to the last byte handed to the link, and how many bytes
// a panel is sent. The device answers at once here, and pauses count nothing: they are the device's time.
#include <cipherlane/drivers/display/bonrix.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/display/weact.hpp>

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

bool print_time(const char* name, const std::function<void(int)>& operation, double bar_ms) {
    std::vector<double> took;
    operation(0); // glyphs, tables
    for (int i = 1; i <= runs; ++i) {
        const auto start = clock_type::now();
        operation(i);
        took.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - start).count());
    }
    std::nth_element(took.begin(), took.begin() + runs / 2, took.end());
    const auto median = took[runs / 2];
    const bool met = median <= bar_ms;
    std::printf("%-48s %9.3f ms %9.1f ms %s\n", name, median, bar_ms, met ? "ok" : "MISSED");
    return met;
}

bool print_share(const char* name, std::size_t sent, std::size_t whole, double bar) {
    const auto share = 100.0 * static_cast<double>(sent) / static_cast<double>(whole);
    const bool met = share <= bar;
    std::printf("%-48s %9.1f %%  %9.1f %%  %s\n", name, share, bar, met ? "ok" : "MISSED");
    return met;
}

} // namespace

int main() {
    std::printf("%-48s %12s %12s\n", "operation", "value", "bar");
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
    auto steps = glass.show_qr(view(7));
    const auto rectangles = steps->size() - 2; // without the fill that blanks the amount and the question at the end
    met &= print_share("panel: another code of the same size", carry_out(std::move(steps)), whole, 42);
    glass.settled(done);
    std::printf(
        "%-48s %9zu    %9d    %s\n", "panel: rectangles for it", rectangles, 8, rectangles <= 8 ? "ok" : "MISSED");
    return met && rectangles <= 8 ? 0 : 1;
}
