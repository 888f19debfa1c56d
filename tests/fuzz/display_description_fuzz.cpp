#include <cipherlane/drivers/display/described/described.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever stands in a description: it is refused with its place, or it makes a display whose commands can be built.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto description = drivers::parse_display_description(as_text(byte_view(data, size)), "fuzz.toml");
    if (!description) {
        const auto& why = description.error();
        // What is no TOML has no field yet; its hint names the line.
        if ((why.field().empty() && why.hint().empty()) || !why.endpoint().starts_with("fuzz.toml")) std::abort();
        return 0;
    }
    if (description->glass) return 0; // painting is the same for all, and slow
    auto made = drivers::described_protocol::create(*std::move(description), drivers::wording::chinese());
    if (!made) std::abort();
    auto& display = **made;
    ports::qr_view view;
    view.payload = "https://pay.example/" + std::string(40, '7');
    view.total = amount(1234);
    view.payee = "星光咖啡";
    view.valid_for = std::chrono::seconds{60};
    std::size_t bytes_sent = 0;
    const auto count = [&](const result<drivers::step_list>& steps) {
        if (!steps) return;
        for (const auto& step : *steps)
            bytes_sent += step.out.size();
    };
    count(display.show_qr(view));
    count(display.show_amount(view.total));
    count(display.show_text("line", "行"));
    for (const auto what : {ports::payment_outcome::approved, ports::payment_outcome::expired})
        count(display.show_outcome(what, view.total));
    count(display.show_remaining(std::chrono::seconds{70'000}));
    count(display.set_brightness(50));
    count(display.clear());
    const auto question = display.heartbeat();
    count(question);
    if (question) static_cast<void>(display.identity(as_bytes("answer")));
    static_cast<void>(display.capabilities());
    return bytes_sent > 100'000'000 ? 1 : 0;
}
