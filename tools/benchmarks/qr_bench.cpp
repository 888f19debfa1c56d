// A payment code of 133 mixed-case characters: payload built, symbol made, bitmap of 240 x 240 drawn, at a fixed
// level and with the level raised within the version. The limit is libqrencode alone on the finished text.
#include <cipherlane/qr/mpm.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <qrencode.h>
#include <string>
#include <vector>

namespace {

using namespace cipherlane;
using std::chrono::steady_clock;

constexpr std::size_t wanted_characters = 133;
constexpr int wanted_version = 6;
constexpr std::size_t panel = 240;

std::string build(const amount& total) {
    qr::mpm_payload payload;
    const bool done =
        payload.set(qr::mpm_id::initiation, "12") && payload.set(29, "0012D156000000000510A93FO3230Q") &&
        payload.set(qr::mpm_id::category, "4111") && payload.set_amount(total) &&
        payload.set(qr::mpm_id::country, "CN") && payload.set(qr::mpm_id::name, "Best Transport") &&
        payload.set(qr::mpm_id::city, "Beijing") && payload.set(qr::mpm_id::additional, 5, "Order241121");
    if (!done) std::abort();
    return payload.to_text();
}

/// The median of many runs, in microseconds.
template <class Run>
double median(Run run) {
    std::vector<double> times(2001);
    for (auto& time : times) {
        const auto start = steady_clock::now();
        run();
        time = std::chrono::duration<double, std::micro>(steady_clock::now() - start).count();
    }
    std::nth_element(times.begin(), times.begin() + 1000, times.end());
    return times[1000];
}

double measure(qr::ec_raise raise) {
    std::array<std::uint8_t, panel * panel / 8> rows{};
    std::int64_t fen = 12'300;
    return median([&] {
        const auto made = qr::symbol::encode(build(amount(++fen)), {.raise = raise});
        if (!made || made->version() != wanted_version) std::abort();
        if (!qr::render_bits(made->modules(), panel, panel, qr::bit_means::dark, rows)) std::abort();
    });
}

} // namespace

int main() {
    const auto text = build(amount(12'345));
    if (text.size() != wanted_characters) {
        std::fprintf(stderr, "the payload has %zu characters, not %zu\n", text.size(), wanted_characters);
        return 1;
    }
    const double limit = median([&] {
        QRcode* code = QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        if (code == nullptr) std::abort();
        QRcode_free(code);
    });
    bool met = true;
    auto print = [&](const char* name, double value, double bar) {
        std::printf(
            "EMV QR build + symbol + 240-pixel bitmap, 133 bytes, %s: value %.1f us, limit %.1f us, ratio %.2f, "
            "bar %.0f us\n",
            name, value, limit, limit / value, bar);
        met = met && value <= bar;
    };
    print("fixed level", measure(qr::ec_raise::never), 120);
    print("raised level", measure(qr::ec_raise::within_version), 250);
    const auto made = qr::symbol::encode(text);
    std::printf("version %d at level M; raised to %c\n", made->version(), qr::to_char(made->level()));
    return met ? 0 : 1;
}
