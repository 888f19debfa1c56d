// The framing machine of the client: one command whose answer comes in pieces of any size. The first byte chooses the
// profile, the second the command, the third how the rest is cut.
#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"

#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

const std::vector<std::shared_ptr<const hsm::profile>>& profiles() {
    static const auto all = [] {
        std::vector<std::shared_ptr<const hsm::profile>> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            made.push_back(hsm::profile::builtin(name).value());
        }
        return made;
    }();
    return all;
}

/// Cuts the input as a server would; every cut moves on and stays inside.
void cut_all(const hsm::framing& how, byte_view input) {
    while (!input.empty()) {
        const auto cut = hsm::cut_frame(how, input);
        if (!cut || !*cut) return;
        if ((*cut)->consumed > input.size()) std::abort();
        if ((*cut)->header.size() != how.header_length) std::abort();
        if ((*cut)->consumed == 0) return; // a stream without a header
        input = input.subspan((*cut)->consumed);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const auto& dialect = profiles()[data[0] % profiles().size()];
    const auto& frame = dialect->frame;
    cut_all(frame, byte_view(data + 3, size - 3));

    hsm::reply_ptr subject(new hsm::reply, hsm::reply_return{});
    subject->dialect = dialect;
    const auto choice = data[1] % (dialect->commands.size() + 1);
    if (choice < dialect->commands.size()) subject->command = &dialect->commands[choice];
    bytes header(frame.header_length);
    hsm::write_header(frame, 1, header);
    hsm::command_exchange machine(std::move(subject), hsm::command_message{bytes{'x'}, 0, 1}, header);

    auto act = machine.resume({net::event::kind::started, {}, {}});
    if (act.what == net::action::kind::send) act = machine.resume({net::event::kind::sent, {}, {}});
    const std::size_t step = 1 + data[2] % 64U;
    byte_view rest(data + 3, size - 3);
    while (act.what == net::action::kind::receive && !rest.empty()) {
        const auto piece = rest.first(std::min(step, rest.size()));
        rest = rest.subspan(piece.size());
        act = machine.resume({net::event::kind::received, piece, {}});
    }
    if (act.what == net::action::kind::receive) {
        act = machine.resume({net::event::kind::failed, {}, error(net_errc::closed_by_peer, layer::net)});
    }
    if (act.what != net::action::kind::done) std::abort();
    (void)machine.take();
    return 0;
}
