#include <cipherlane/drivers/display/speaker/speaker.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/printer/escpos_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever a receipt printer or a speaker's broker answers: the machine ends or waits, and nothing counts as printed
// or told without its proof.

using namespace cipherlane;

namespace {

/// Gives the machine what came in pieces; where nothing is left, silence. @return whether it has ended.
template <class Machine>
bool feed(Machine& machine, byte_view input, std::size_t piece) {
    auto next = machine.resume({});
    for (int steps = 0; next.what != net::action::kind::done; ++steps) {
        if (steps > 5'000) return false;
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (next.what == net::action::kind::receive && !input.empty()) {
            const auto part = input.first(std::min(piece, input.size()));
            input = input.subspan(part.size());
            next = machine.resume({net::event::kind::received, part, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    return true;
}

void print(unsigned how, byte_view input, std::size_t piece) {
    using drivers::print_proof;
    constexpr print_proof proofs[]{print_proof::printed, print_proof::state, print_proof::none};
    const bool alone = how % 2 != 0;
    const auto proof = proofs[how / 2 % 3];
    drivers::escpos_exchange machine(alone ? bytes() : bytes{'A', '\n'}, proof, {}, how / 8 % 4);
    if (!feed(machine, input, piece)) std::abort();
    const auto end = machine.take();
    if (end && input.empty() && proof != print_proof::none) std::abort(); // a silent printer proves nothing
}

void speak(unsigned how, byte_view input, std::size_t piece) {
    drivers::speaker_profile profile;
    profile.topic = "862000000000001";
    profile.qos = how % 2 != 0 ? drivers::speaker_profile::delivery::exactly_once
                               : drivers::speaker_profile::delivery::at_least_once;
    drivers::speaker_protocol protocol(profile);
    for (int turn = 0; turn < 2; ++turn) {
        auto steps = how % 4 < 2 ? protocol.heartbeat() : protocol.show_outcome(ports::payment_outcome::approved, {});
        drivers::step_exchange machine(*std::move(steps));
        if (!feed(machine, input, piece)) std::abort();
        const auto end = machine.take();
        using ending = drivers::speaker_protocol::ending;
        protocol.settled(end ? ending::done : ending::failed, end ? byte_view(*end) : byte_view());
        if (end && input.empty()) std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const byte_view input(data + 2, size - 2);
    const std::size_t piece = 1U + data[1] % 32U;
    if ((data[0] & 0x80U) != 0) {
        speak(data[0] & 0x7FU, input, piece);
    } else {
        print(data[0], input, piece);
    }
    return 0;
}
