#include "subjects.hpp"

#include "display-sim/display_simulator.hpp"
#include "display-sim/usb_display.hpp"
#include "integration/devices/io_thread.hpp"
#include "integration/devices/mqtt_broker.hpp"
#include "simkit/echo_model.hpp"
#include "support/test_peer.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

std::string example(const std::string& description) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/descriptions/" + description + ".toml";
}

/// A display model at the end of a pty, under a name that stays the same over replugging.
class line_subject final : public display_subject {
  public:
    explicit line_subject(const display_case& of)
        : family_(of.family)
        , link_((std::filesystem::temp_directory_path() /
                 ("cipherlane-conformance-" + std::to_string(::getpid()) + "-" + of.name))
                    .string()) {
        sim::display_options options;
        options.width = of.width;
        options.height = of.height;
        model_ = std::make_unique<sim::display_simulator>(there_.context(), of.model, options, link_);
        plug();
    }
    ~line_subject() override {
        there_.stop();
        model_.reset();
    }
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        return drivers::open_display(here_.get_executor(), family_, link_, {}, bounds);
    }
    bool is_model() const noexcept override { return true; }
    nlohmann::json ask(const nlohmann::json& request) override {
        return there_.call_there([&] { return model_->control(request); });
    }
    void unplug() override { ask({{"cmd", "unplug"}}); }
    void plug() override { ask({{"cmd", "plug"}}); }
    void watch(std::function<void(sim::display_model&)> observer) override {
        there_.call_there([&] { model_->watch(std::move(observer)); });
    }

  private:
    std::string family_;
    std::string link_;
    boost::asio::io_context here_;
    io_thread there_;
    std::unique_ptr<sim::display_simulator> model_;
};

/// A described display behind the real libusb.
class usb_subject final : public display_subject {
  public:
    explicit usb_subject(const display_case& of)
        : model_(of.model) {
        options_.description_file = example(of.description);
        plug();
        options_.usb = drivers::usb_host::start({}, logger::none()).value();
        drivers::usb_filter filter;
        filter.product = model_.identity().product;
        if (!options_.usb->wait_for(filter, call(5s))) throw std::runtime_error("no device on the rig");
    }
    ~usb_subject() override {
        model_.watch({});
        model_.detached();
    }
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        return drivers::open_display(here_.get_executor(), "described", "", options_, bounds);
    }
    bool is_model() const noexcept override { return true; }
    nlohmann::json ask(const nlohmann::json& request) override { return model_.ask(request); }
    void unplug() override {
        model_.detached();
        port_.reset();
    }
    void plug() override { port_ = rig_.plug(model_); }
    void watch(std::function<void(sim::display_model&)> observer) override { model_.watch(std::move(observer)); }

  private:
    usb_rig rig_;
    sim::usb_display model_;
    std::unique_ptr<usb_port> port_;
    boost::asio::io_context here_;
    drivers::display_options options_;
};

/// A plate that calls us: an HTTP client which asks again and again, and draws what it is answered.
class calling_subject final : public display_subject {
  public:
    calling_subject(const display_case& of, std::string number)
        : number_(std::move(number))
        , model_(sim::make_display_model(of.model, {}, {[](bytes) {}, [](auto, auto) {}, [] {}})) {
        boost::asio::ip::tcp::acceptor probe(here_, {boost::asio::ip::address_v4::loopback(), 0});
        port_ = probe.local_endpoint().port();
        probe.close();
        plug();
    }
    ~calling_subject() override { unplug(); }
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        drivers::display_options options;
        options.plate.plates = {known};
        options.plate.asks_within = std::chrono::milliseconds(1'500);
        return drivers::open_display(
            here_.get_executor(), "code-plate", "127.0.0.1:" + std::to_string(port_), options, bounds);
    }
    bool is_model() const noexcept override { return true; }
    nlohmann::json ask(const nlohmann::json& request) override {
        const std::lock_guard held(lock_);
        return model_->control(request);
    }
    void unplug() override { asking_ = std::jthread(); }
    void plug() override {
        asking_ = std::jthread([this](const std::stop_token& over) {
            while (!over.stop_requested()) {
                ask_once();
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
    }
    void watch(std::function<void(sim::display_model&)> observer) override {
        const std::lock_guard held(lock_);
        observer_ = std::move(observer);
    }

    static constexpr const char* known = "862000000000001";

  private:
    void ask_once() {
        boost::asio::ip::tcp::iostream line("127.0.0.1", std::to_string(port_));
        const auto body = nlohmann::json{{"device", "pos2808"}, {"imei", number_}}.dump();
        line << "POST /payroute/dynamicqrcode HTTP/1.1\r\nHost: till\r\nConnection: close\r\nContent-Length: "
             << body.size() << "\r\n\r\n"
             << body << std::flush;
        std::string answer(std::istreambuf_iterator<char>(line), {});
        const auto at = answer.find("\r\n\r\n");
        if (!answer.starts_with("HTTP/1.1 200") || at == std::string::npos) return;
        const std::lock_guard held(lock_);
        const auto before = model_->counted("commands");
        model_->receive(as_bytes(std::string_view(answer).substr(at + 4)));
        if (observer_ && model_->counted("commands") != before) observer_(*model_);
    }

    std::string number_;
    boost::asio::io_context here_;
    unsigned short port_ = 0;
    std::mutex lock_;
    std::unique_ptr<sim::display_model> model_;
    std::function<void(sim::display_model&)> observer_;
    std::jthread asking_;
};

/// A speaker's broker: what it says back is all that a till hears of the speaker.
class broker_subject final : public display_subject {
  public:
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        drivers::display_options options;
        options.speaker.topic = "862000000000001";
        return drivers::open_display(here_.get_executor(), "mqtt-speaker", broker_.address(), options, bounds);
    }

  private:
    mqtt_broker broker_;
    boost::asio::io_context here_;
};

class real_subject final : public display_subject {
  public:
    real_subject(std::string family, std::string device, drivers::display_options options)
        : family_(std::move(family))
        , device_(std::move(device))
        , options_(std::move(options)) {}
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        return drivers::open_display(here_.get_executor(), family_, device_, options_, bounds);
    }

  private:
    std::string family_;
    std::string device_;
    drivers::display_options options_;
    boost::asio::io_context here_;
};

/// A modem on the line.
class modem_subject final : public display_subject {
  public:
    explicit modem_subject(std::string family)
        : family_(std::move(family))
        , port_(there_.context(), [this](byte_view) {
            const auto answer = as_bytes("\r\nERROR\r\n");
            port_.send({answer.begin(), answer.end()});
        }) {
        there_.call_there([&] { port_.plug().value(); });
    }
    ~modem_subject() override { there_.stop(); }
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        return drivers::open_display(here_.get_executor(), family_, port_.path(), {}, bounds);
    }

  private:
    std::string family_;
    boost::asio::io_context here_;
    io_thread there_;
    sim::pty_port port_;
};

/// The same over TCP.
class server_subject final : public display_subject {
  public:
    explicit server_subject(std::string family)
        : family_(std::move(family))
        , peer_([](test_peer::socket& link) {
            std::array<char, 256> said{};
            boost::system::error_code over;
            while (link.read_some(boost::asio::buffer(said), over) > 0)
                boost::asio::write(link, boost::asio::buffer(std::string_view("\r\nERROR\r\n")), over);
        }) {}
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        drivers::display_options options;
        options.speaker.topic = "862000000000001";
        return drivers::open_display(here_.get_executor(), family_, "tcp:" + peer_.address(), options, bounds);
    }

  private:
    std::string family_;
    boost::asio::io_context here_;
    test_peer peer_;
};

/// An echo on USB with the ids of another device: what it answers is what it was asked.
class echo_subject final : public display_subject {
  public:
    explicit echo_subject(const display_case& of)
        : port_(rig_.plug(model_)) {
        auto description = drivers::load_display_description(example(of.description)).value();
        description.over = drivers::display_description::link::usb;
        description.usb.device.vendor = model_.identity().vendor;
        description.usb.device.product = model_.identity().product;
        description.usb.zero = drivers::usb_settings::zero_packet::closes_full_packets;
        description_ = std::move(description);
        usb_ = drivers::usb_host::start({}, logger::none()).value();
        if (!usb_->wait_for({}, call(5s))) throw std::runtime_error("no device on the rig");
    }
    result<std::unique_ptr<ports::display>> open(const call& bounds) override {
        CIPHERLANE_TRY(auto link, drivers::open_described_link(here_.get_executor(), description_, "", usb_, bounds));
        CIPHERLANE_TRY(auto protocol, drivers::described_protocol::create(description_, drivers::wording::english()));
        auto display = std::make_unique<drivers::device_display>(std::move(link), std::move(protocol));
        CIPHERLANE_CHECK(display->heartbeat(bounds));
        return std::unique_ptr<ports::display>(std::move(display));
    }

  private:
    usb_rig rig_;
    sim::echo_model model_;
    std::unique_ptr<usb_port> port_;
    boost::asio::io_context here_;
    drivers::display_description description_;
    std::shared_ptr<drivers::usb_host> usb_;
};

/// "CIPHERLANE_DEVICE_WEACT_SMALL".
std::string variable_of(const std::string& name) {
    std::string variable = "CIPHERLANE_DEVICE_" + name;
    for (auto& one : variable)
        one = one == '-' ? '_' : static_cast<char>(one >= 'a' && one <= 'z' ? one - 'a' + 'A' : one);
    return variable;
}

} // namespace

nlohmann::json display_subject::ask(const nlohmann::json&) {
    throw std::logic_error("no model to be asked");
}

void display_subject::watch(std::function<void(sim::display_model&)>) {}

const std::vector<display_case>& display_cases() {
    using wire = display_case::wire;
    using surface = display_case::surface;
    using qr = display_case::qr;
    static const std::vector<display_case> cases{
        {"rcall", "rcall", "rcall", ""},
        {"bonrix", "bonrix", "bonrix", ""},
        {"weact", "weact", "weact", ""},
        {"weact-small", "weact-small", "weact", "", 160, 80},
        {"escpos", "escpos", "escpos", "", 320, 480, wire::line, surface::paper},
        {"epson", "epson", "line", "", 320, 480, wire::line, surface::glass, qr::none},
        {"cd5220", "cd5220", "line", "", 320, 480, wire::line, surface::glass, qr::none},
        {"led8n", "led8n", "line", "", 320, 480, wire::line, surface::glass, qr::none},
        {"logic", "logic", "line", "", 320, 480, wire::line, surface::glass, qr::none},
        {"code-plate", "code-plate", "code-plate", "", 320, 480, wire::calls},
        {"mqtt-speaker", "mqtt-speaker", "", "", 320, 480, wire::broker, surface::glass, qr::none},
        {"bulk-panel", "described", "bulk-panel", "bulk-panel", 240, 320, wire::usb},
        {"hid-plate", "described", "hid-plate", "hid-plate", 320, 480, wire::usb},
    };
    return cases;
}

std::string missing(const display_case& of) {
    const bool needs_broker = of.over == display_case::wire::broker && !std::getenv(variable_of(of.name).c_str());
    return needs_broker && !mqtt_broker::can_be_had() ? "mosquitto is not installed: tools/setup" : "";
}

std::unique_ptr<display_subject> make_subject(const display_case& of) {
    if (const char* device = std::getenv(variable_of(of.name).c_str())) {
        drivers::display_options options;
        if (!of.description.empty()) {
            const char* file = std::getenv("CIPHERLANE_DEVICE_DESCRIPTION");
            options.description_file = file != nullptr ? file : example(of.description);
        }
        if (const char* topic = std::getenv("CIPHERLANE_DEVICE_TOPIC")) options.speaker.topic = topic;
        return std::make_unique<real_subject>(of.family, device, options);
    }
    if (of.over == display_case::wire::usb) return std::make_unique<usb_subject>(of);
    if (of.over == display_case::wire::calls) return std::make_unique<calling_subject>(of, calling_subject::known);
    if (of.over == display_case::wire::broker) return std::make_unique<broker_subject>();
    return std::make_unique<line_subject>(of);
}

std::unique_ptr<display_subject> make_stranger(const display_case& of) {
    if (of.over == display_case::wire::usb) return std::make_unique<echo_subject>(of);
    if (of.over == display_case::wire::calls) return std::make_unique<calling_subject>(of, "862000000000009");
    if (of.over == display_case::wire::broker) return std::make_unique<server_subject>(of.family);
    return std::make_unique<modem_subject>(of.family);
}

} // namespace cipherlane::tests
