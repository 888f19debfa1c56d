// Displays behind a TCP or TLS port, opened by their family's name.
#include "display-sim/display_model.hpp"
#include "io_thread.hpp"
#include "simkit/listener.hpp"
#include "support/certificates.hpp"

#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tls.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using drivers::drivers_errc;
using nlohmann::json;
namespace asio = boost::asio;

constexpr const char* sample_code = "https://qr.95516.com/00010000/62123456789012345678901234567890";

ports::qr_view view() {
    ports::qr_view made;
    made.payload = sample_code;
    made.total = amount(1234);
    made.payee = "星光咖啡";
    return made;
}

/// One connection to a model: plain, or over TLS.
class connection {
  public:
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    virtual ~connection() = default;
    virtual void send(const bytes& answer) = 0;
    virtual void close() = 0;
};

template <class Stream>
class connection_over final : public connection, public std::enable_shared_from_this<connection_over<Stream>> {
  public:
    connection_over(Stream stream, std::shared_ptr<sim::display_model> model)
        : stream_(std::move(stream))
        , model_(std::move(model)) {}

    Stream& stream() { return stream_; }
    void read() {
        stream_.async_read_some(asio::buffer(buffer_),
            [self = this->shared_from_this()](const boost::system::error_code& why, std::size_t count) {
                if (why) return;
                self->model_->receive(byte_view(self->buffer_).first(count));
                self->read();
            });
    }
    void send(const bytes& answer) override {
        boost::system::error_code ignored;
        asio::write(stream_, asio::buffer(answer), ignored);
    }
    void close() override {
        boost::system::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }

  private:
    Stream stream_;
    std::shared_ptr<sim::display_model> model_;
    std::array<std::uint8_t, 4096> buffer_{};
};

/// A display model behind a port of 127.0.0.1; lives on a thread of its own.
class network_display {
  public:
    explicit network_display(const std::string& family, asio::ssl::context* secured = nullptr)
        : family_(family)
        , secured_(secured) {
        there_.call_there([&] {
            power_on();
            listen(0);
        });
    }
    ~network_display() {
        there_.stop();
        current_.reset();
        listener_.reset();
    }
    network_display(const network_display&) = delete;
    network_display& operator=(const network_display&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    json tell(json request) {
        return there_.call_there([&] { return model_->control(request); });
    }
    /// The display's power goes, its picture with it: the connection ends and no other is taken.
    void unplug() {
        there_.call_there([&] {
            listener_.reset();
            hang_up();
            power_on();
        });
    }
    void plug() {
        there_.call_there([&] { listen(port_); });
    }

  private:
    void power_on() {
        sim::surroundings around;
        around.send = [this](const bytes& answer) {
            if (current_) current_->send(answer);
        };
        around.later = [this](std::chrono::milliseconds delay, std::function<void()> what) {
            auto timer = std::make_shared<asio::steady_timer>(there_.context(), delay);
            timer->async_wait([timer, then = std::move(what)](const boost::system::error_code&) { then(); });
        };
        around.unplug = [this] { hang_up(); };
        model_ = sim::make_display_model(family_, {}, std::move(around));
    }
    void listen(std::uint16_t port) {
        auto made =
            sim::listener::open(there_.context(), port, [this](tcp::socket from) { accept(std::move(from)); });
        ASSERT_TRUE(made) << made.error();
        listener_ = *std::move(made);
        port_ = listener_->port();
    }
    void accept(tcp::socket from) {
        if (secured_ == nullptr) {
            const auto made = std::make_shared<connection_over<tcp::socket>>(std::move(from), model_);
            current_ = made;
            made->read();
            return;
        }
        using secure = asio::ssl::stream<tcp::socket>;
        const auto made = std::make_shared<connection_over<secure>>(secure(std::move(from), *secured_), model_);
        current_ = made;
        made->stream().async_handshake(secure::server, [made](const boost::system::error_code& why) {
            if (!why) made->read();
        });
    }
    void hang_up() {
        if (current_) current_->close();
        current_.reset();
        model_->link_lost();
    }

    tests::io_thread there_;
    std::string family_;
    asio::ssl::context* secured_;
    std::shared_ptr<sim::display_model> model_;
    std::unique_ptr<sim::listener> listener_;
    std::shared_ptr<connection> current_;
    std::uint16_t port_ = 0;
};

TEST(DisplayOnTcp, ComesBackWithItsCodeAfterTheConnectionWasLost) {
    network_display glass("rcall");
    const auto device = "tcp:127.0.0.1:" + std::to_string(glass.port());
    asio::io_context here;
    drivers::thread_timer timer;
    drivers::keeper_settings settings;
    settings.heartbeat_every = 30ms;
    settings.reopen_first = 20ms;
    settings.reopen_most = 50ms;
    drivers::display_keeper keeper(
        [&](const call& bounds) { return drivers::open_display(here.get_executor(), "rcall", device, {}, bounds); },
        timer, settings);
    const auto shown = keeper.show_qr(view(), call(5s));
    ASSERT_TRUE(shown) << shown.error();
    EXPECT_EQ(glass.tell({{"cmd", "read"}})["codes"], json::array({sample_code}));
    glass.unplug();
    for (const auto end = deadline::in(20s); keeper.attached() && !end.passed();)
        std::this_thread::sleep_for(2ms);
    EXPECT_FALSE(keeper.attached());
    EXPECT_FALSE(drivers::open_display(here.get_executor(), "rcall", device, {}, call(1s)));
    EXPECT_EQ(glass.tell({{"cmd", "read"}})["codes"], json::array()) << "it is dark without power";
    glass.plug();
    for (const auto end = deadline::in(20s); !keeper.attached() && !end.passed();)
        std::this_thread::sleep_for(2ms);
    EXPECT_TRUE(keeper.attached());
    EXPECT_EQ(glass.tell({{"cmd", "read"}})["codes"], json::array({sample_code}));
}

TEST(DisplayOnTcp, ALostConnectionIsALostLinkAndMayBeOpenedAgain) {
    network_display paper("escpos");
    const auto device = "tcp:127.0.0.1:" + std::to_string(paper.port());
    asio::io_context here;
    auto printer = drivers::open_display(here.get_executor(), "escpos", device, {}, call(5s));
    ASSERT_TRUE(printer) << printer.error();
    ASSERT_TRUE((*printer)->show_qr(view(), call(5s)));
    ASSERT_TRUE((*printer)->heartbeat(call(5s)));
    EXPECT_EQ(paper.tell({{"cmd", "read"}})["codes"], json::array({sample_code}));
    paper.unplug();
    const auto lost = (*printer)->heartbeat(call(5s));
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().is(condition::link_lost)) << lost.error();
    paper.plug();
    printer = drivers::open_display(here.get_executor(), "escpos", device, {}, call(5s));
    ASSERT_TRUE(printer) << printer.error();
    EXPECT_EQ(*(*printer)->heartbeat(call(5s)), "ESC/POS printer");
}

/// A display with a certificate of an authority.
class display_on_tls : public ::testing::Test {
  protected:
    display_on_tls() {
        const auto shown = tests::issue({"display", "IP:127.0.0.1"}, &authority_);
        context_.use_certificate_file(files_.certificate("display.pem", shown), asio::ssl::context::pem);
        context_.use_private_key_file(files_.key("display.key", shown), asio::ssl::context::pem);
        display_.emplace("escpos", &context_);
    }
    [[nodiscard]] std::shared_ptr<net::tls_client> trusting(const tests::identity& authority) const {
        net::tls_settings settings;
        settings.ca_file = files_.certificate("ca.pem", authority);
        return net::tls_client::create(settings).value();
    }
    result<std::unique_ptr<ports::display>> open(std::shared_ptr<const net::tls_client> trust) {
        drivers::display_options options;
        options.tls = std::move(trust);
        return drivers::open_display(
            here_.get_executor(), "escpos", "tls:127.0.0.1:" + std::to_string(display_->port()), options, call(5s));
    }

    asio::io_context here_;
    tests::pem_folder files_;
    tests::identity authority_ =
        tests::issue({"authority", nullptr, -3600, 36'000'000, tests::certificate_request::role::authority}, nullptr);
    asio::ssl::context context_{asio::ssl::context::tls_server};
    std::optional<network_display> display_;
};

TEST_F(display_on_tls, ShowsACodeAndComesBack) {
    const auto trust = trusting(authority_);
    for (int round = 0; round < 2; ++round) {
        auto printer = open(trust);
        ASSERT_TRUE(printer) << printer.error();
        ASSERT_TRUE((*printer)->show_qr(view(), call(5s)));
        EXPECT_EQ(*(*printer)->heartbeat(call(5s)), "ESC/POS printer");
        EXPECT_EQ(display_->tell({{"cmd", "read"}})["codes"], json::array({sample_code}));
        display_->unplug();
        EXPECT_FALSE((*printer)->heartbeat(call(5s)));
        display_->plug();
    }
}

TEST_F(display_on_tls, RefusesACertificateOfAnotherAuthority) {
    const auto other =
        tests::issue({"other", nullptr, -3600, 36'000'000, tests::certificate_request::role::authority}, nullptr);
    const auto refused = open(trusting(other));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), net_errc::certificate_untrusted) << refused.error();
}

TEST_F(display_on_tls, NeedsToKnowWhomToTrust) {
    const auto refused = open(nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), make_error_code(drivers_errc::bad_setting)) << refused.error();
    EXPECT_EQ(refused.error().field(), "tls");
}

} // namespace
} // namespace cipherlane
