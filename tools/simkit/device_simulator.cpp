#include "simkit/device_simulator.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace cipherlane::sim {

device_simulator::device_simulator(boost::asio::io_context& on, const maker& make, std::string link)
    : on_(on)
    , port_(
          on, [this](byte_view data) { take(data); }, std::move(link))
    , model_(make(around())) {
    model_->desk().add("unplug", {}, "the device node goes", [this](const nlohmann::json&) {
        unplug();
        return nlohmann::json::object();
    });
    model_->desk().add("plug", {}, "a new device node comes", [this](const nlohmann::json&) {
        auto plugged = plug();
        if (!plugged) throw std::runtime_error(plugged.error().to_string());
        return nlohmann::json{{"device", path()}};
    });
}

device_simulator::~device_simulator() = default;

surroundings device_simulator::around() {
    return {[this](bytes data) { port_.send(std::move(data)); },
        [this](std::chrono::milliseconds span, std::function<void()> what) {
            auto timer = std::make_shared<boost::asio::steady_timer>(on_, span);
            timer->async_wait([timer, what = std::move(what)](boost::system::error_code failed) {
                if (!failed) what();
            });
        },
        [this] { boost::asio::post(on_, [this] { unplug(); }); }};
}

result<void> device_simulator::plug() {
    return port_.plug();
}

nlohmann::json device_simulator::control(const nlohmann::json& request) {
    return model_->control(request);
}

void device_simulator::unplug() {
    port_.unplug();
    model_->link_lost();
}

} // namespace cipherlane::sim
