// A payment code of 133 mixed-case characters: payload built, symbol made, bitmap of 240 x 240 drawn, at a fixed
// level and with the level raised within the version. The limit is libqrencode alone on finished texts, another one
// each time as well: of one text its choice of a mask is learnt by the branch predictor and takes half the time.
#include "side_by_side.hpp"

#include <cipherlane/qr/mpm.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <qrencode.h>
#include <string>
#include <vector>

namespace {

using namespace cipherlane;

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

/// Builds a code of another amount each time, as a till does, and draws it.
class till {
  public:
    explicit till(qr::ec_raise raise)
        : raise_(raise) {}

    void run() {
        const auto made = qr::symbol::encode(build(amount(++fen_)), {.raise = raise_});
        if (!made || made->version() != wanted_version) std::abort();
        if (!qr::render_bits(made->modules(), panel, panel, qr::bit_means::dark, rows_)) std::abort();
    }

  private:
    qr::ec_raise raise_;
    std::array<std::uint8_t, panel * panel / 8> rows_{};
    std::int64_t fen_ = 12'300;
};

} // namespace

int main() {
    const auto text = build(amount(12'345));
    if (text.size() != wanted_characters) {
        std::fprintf(stderr, "the payload has %zu characters, not %zu\n", text.size(), wanted_characters);
        return 1;
    }
    std::vector<std::string> texts;
    for (int fen = 0; fen < 4096; ++fen)
        texts.push_back(build(amount(12'300 + fen)));
    std::size_t next = 0;
    const auto library = [&] {
        QRcode* code = QRcode_encodeString(texts[next++ % texts.size()].c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        if (code == nullptr) std::abort();
        QRcode_free(code);
    };
    std::printf("%-44s %10s %10s %7s %8s\n", "build + symbol + 240-pixel bitmap, 133 bytes", "value", "limit",
        "ratio", "bar");
    bool met = true;
    constexpr double bar = 1 / 1.5;
    const auto measure = [&](const char* name, qr::ec_raise raise) {
        till one(raise);
        const auto figures = bench::side_by_side([&] { one.run(); }, library, 20);
        met = met && figures.ratio() >= bar;
        std::printf("%-44s %7.1f us %7.1f us %7.2f %8.2f %s\n", name, 1e6 / figures.value, 1e6 / figures.limit,
            figures.ratio(), bar, figures.ratio() >= bar ? "ok" : "MISSED");
    };
    measure("EMV QR, fixed level", qr::ec_raise::never);
    measure("EMV QR, level raised within the version", qr::ec_raise::within_version);
    const auto made = qr::symbol::encode(text);
    std::printf("version %d at level M; raised to %c\n", made->version(), qr::to_char(made->level()));
    return met ? 0 : 1;
}
