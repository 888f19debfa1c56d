#include "display-sim/display_simulator.hpp"

#include <utility>

namespace cipherlane::sim {

display_simulator::display_simulator(
    boost::asio::io_context& on, const std::string& family, const display_options& options, std::string link)
    : device_simulator(
          on, [&](surroundings around) { return make_display_model(family, options, std::move(around)); },
          std::move(link)) {}

void display_simulator::take(byte_view data) {
    constexpr std::size_t most = 8'192;
    if (!observer_) return device_simulator::take(data);
    for (std::size_t at = 0; at < data.size(); ++at) {
        model().receive(data.subspan(at, 1));
        const auto commands = model().counted("commands");
        if (std::exchange(seen_, commands) == commands && ++unseen_ < most) continue;
        unseen_ = 0;
        observer_(static_cast<display_model&>(model()));
    }
}

} // namespace cipherlane::sim
