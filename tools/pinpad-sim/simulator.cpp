#include "pinpad-sim/simulator.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::sim {

struct pinpad_simulator::impl {
    impl(boost::asio::io_context& io, pad_model::settings with, master_keys keys, const logger& log, std::string link)
        : on(io)
        , port(
              io, [this](byte_view data) { model.receive(data); }, std::move(link))
        , model(std::move(with), std::move(keys), around(), log) {}

    pad_surroundings around() {
        return {[this](bytes data) { port.send(std::move(data)); },
            [this](std::chrono::milliseconds span, std::function<void()> what) {
                auto timer = std::make_shared<boost::asio::steady_timer>(on, span);
                timer->async_wait([timer, what = std::move(what)](boost::system::error_code failed) {
                    if (!failed) what();
                });
            },
            [this] { boost::asio::post(on, [this] { unplug(); }); }};
    }

    void unplug() {
        port.unplug();
        model.link_lost();
    }

    boost::asio::io_context& on;
    pty_port port;
    pad_model model;
};

pinpad_simulator::pinpad_simulator(
    boost::asio::io_context& on, pad_model::settings with, master_keys keys, const logger& log, std::string link)
    : impl_(std::make_unique<impl>(on, std::move(with), std::move(keys), log, std::move(link))) {}

pinpad_simulator::~pinpad_simulator() = default;

result<void> pinpad_simulator::plug() {
    return impl_->port.plug();
}

const std::string& pinpad_simulator::path() const noexcept {
    return impl_->port.path();
}

nlohmann::json pinpad_simulator::control(const nlohmann::json& request) {
    auto cmd = request.at("cmd").get<std::string>();
    if (cmd == "unplug") {
        impl_->unplug();
        return nlohmann::json::object();
    }
    if (cmd == "plug") {
        auto plugged = plug();
        if (!plugged) throw std::runtime_error(plugged.error().to_string());
        return {{"device", path()}};
    }
    return impl_->model.control(request);
}

} // namespace cipherlane::sim
