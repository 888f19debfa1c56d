#include <cipherlane/drivers/pinpad/keypad/keypad_exchange.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever stands in a keypad's description: it is refused with its place, or its commands can be begun.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto description = drivers::parse_keypad_description(as_text(byte_view(data, size)), "fuzz.toml");
    if (!description) {
        const auto& why = description.error();
        if ((why.field().empty() && why.hint().empty()) || !why.endpoint().starts_with("fuzz.toml")) std::abort();
        return 0;
    }
    drivers::keypad_data values;
    values.set(drivers::keypad_value::account12, as_bytes("173900101011"));
    values.set(drivers::keypad_value::key, bytes(16));
    for (std::size_t i = 0; i < drivers::keypad_actions; ++i) {
        drivers::keypad_exchange machine(*description, static_cast<drivers::keypad_action>(i), values);
        auto next = machine.resume({});
        if (next.what == net::action::kind::send) next = machine.resume({net::event::kind::sent, {}, {}});
        if (next.what != net::action::kind::done)
            next = machine.resume(
                {net::event::kind::failed, {}, error(make_error_code(boost::system::errc::timed_out), layer::net)});
        if (next.what != net::action::kind::done) std::abort();
        static_cast<void>(machine.take());
    }
    return 0;
}
