#include "display-sim/simulator.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace cipherlane::sim {

struct display_simulator::impl {
    impl(boost::asio::io_context& io, const std::string& family, const display_options& options, std::string link)
        : on(io)
        , port(
              io, [this](byte_view data) { take(data); }, std::move(link))
        , model(make_display_model(family, options, around())) {}

    display_surroundings around() {
        return {[this](bytes data) { port.send(std::move(data)); },
            [this](std::chrono::milliseconds span, std::function<void()> what) {
                auto timer = std::make_shared<boost::asio::steady_timer>(on, span);
                timer->async_wait([timer, what = std::move(what)](boost::system::error_code failed) {
                    if (!failed) what();
                });
            },
            [this] { boost::asio::post(on, [this] { unplug(); }); }};
    }

    void take(byte_view data) {
        constexpr std::size_t most = 8'192;
        if (!observer) return model->receive(data);
        for (std::size_t at = 0; at < data.size(); ++at) {
            model->receive(data.subspan(at, 1));
            const auto commands = model->counted("commands");
            if (std::exchange(seen, commands) == commands && ++unseen < most) continue;
            unseen = 0;
            observer(*model);
        }
    }

    void unplug() {
        port.unplug();
        model->link_lost();
    }

    boost::asio::io_context& on;
    pty_port port;
    std::unique_ptr<display_model> model;
    std::function<void(display_model&)> observer;
    std::uint64_t seen = 0;
    std::size_t unseen = 0;
};

display_simulator::display_simulator(
    boost::asio::io_context& on, const std::string& family, const display_options& options, std::string link)
    : impl_(std::make_unique<impl>(on, family, options, std::move(link))) {}

display_simulator::~display_simulator() = default;

result<void> display_simulator::plug() {
    return impl_->port.plug();
}

const std::string& display_simulator::path() const noexcept {
    return impl_->port.path();
}

void display_simulator::watch(std::function<void(display_model&)> observer) {
    impl_->observer = std::move(observer);
}

nlohmann::json display_simulator::control(const nlohmann::json& request) {
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
    return impl_->model->control(request);
}

} // namespace cipherlane::sim
