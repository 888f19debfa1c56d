// What every scanner must do, whatever it speaks: on its model, or on a real device that the environment names
// (CIPHERLANE_DEVICE_SCANNER_SERIAL=/dev/serial/by-id/…), before which a person then holds codes.
#include "integration/devices/io_thread.hpp"
#include "scanner-sim/scanner_model.hpp"
#include "simkit/device_simulator.hpp"
#include "simkit/usb_device.hpp"
#include "support/temporary_folder.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/scanner/device_scanner.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/scanner/scanner_keeper.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// A scanner under test.
class scanner_subject {
  public:
    scanner_subject() = default;
    scanner_subject(const scanner_subject&) = delete;
    scanner_subject& operator=(const scanner_subject&) = delete;
    virtual ~scanner_subject() = default;
    virtual result<std::unique_ptr<ports::scanner>> open(const call& bounds) = 0;
    [[nodiscard]] virtual bool is_model() const noexcept { return true; }
    virtual json ask(const json&) { throw std::logic_error("no model to be asked"); }
    virtual void unplug() {}
    virtual void plug() {}
};

class line_scanner final : public scanner_subject {
  public:
    explicit line_scanner(std::string family)
        : family_(std::move(family)) {
        plug();
    }
    ~line_scanner() override { there_.stop(); }
    result<std::unique_ptr<ports::scanner>> open(const call& bounds) override {
        if (family_ == "serial")
            return drivers::open_scanner(here_.get_executor(), family_, folder_.file("scanner"), {}, bounds);
        // There is no input device without a kernel: its events come over the line.
        drivers::serial_settings line;
        line.device = folder_.file("scanner");
        CIPHERLANE_TRY(auto link, drivers::open_serial(here_.get_executor(), line, bounds));
        return std::make_unique<drivers::device_scanner>(
            std::move(link), std::make_unique<drivers::wedge_scan_reader>(drivers::scanner_profile()));
    }
    json ask(const json& request) override {
        return there_.call_there([&] { return model_.control(request); });
    }
    void unplug() override { ask({{"cmd", "unplug"}}); }
    void plug() override { ask({{"cmd", "plug"}}); }

  private:
    std::string family_;
    tests::temporary_folder folder_;
    boost::asio::io_context here_;
    tests::io_thread there_;
    sim::device_simulator model_{there_.context(),
        [this](sim::surroundings around) {
            return std::make_unique<sim::scanner_model>(sim::scanner_form_named(family_), std::move(around));
        },
        folder_.file("scanner")};
};

class usb_scanner final : public scanner_subject {
  public:
    usb_scanner()
        : model_(identity(), sim::usb_device::report_form{1, 2, drivers::report_scan_reader::report_size},
              [](sim::surroundings around) {
                  return std::make_unique<sim::scanner_model>(sim::scanner_form::reports, std::move(around));
              }) {
        plug();
        options_.usb = drivers::usb_host::start({}, logger::none()).value();
        drivers::usb_filter filter;
        filter.product = model_.identity().product;
        if (!options_.usb->wait_for(filter, call(5s))) throw std::runtime_error("no device on the rig");
    }
    ~usb_scanner() override { model_.detached(); }
    result<std::unique_ptr<ports::scanner>> open(const call& bounds) override {
        return drivers::open_scanner(here_.get_executor(), "hid-pos", "hid:1209:5a31", options_, bounds);
    }
    json ask(const json& request) override { return model_.ask(request); }
    void unplug() override {
        model_.detached();
        port_.reset();
    }
    void plug() override { port_ = rig_.plug(model_); }

  private:
    static sim::usb_identity identity() {
        sim::usb_identity made;
        made.vendor = 0x1209; // pid.codes; the product is private to this project's tests
        made.product = 0x5A31;
        made.manufacturer = "Cipherlane";
        made.product_name = "scanner";
        made.interface_class = 3;
        made.class_descriptor = {9, 0x21, 0x11, 0x01, 0, 1, 0x22, 34, 0};
        made.endpoints = {
            {0x01, sim::usb_endpoint::kind::interrupt, 64, 1}, {0x81, sim::usb_endpoint::kind::interrupt, 64, 1}};
        made.kernel_driver = "usbhid";
        return made;
    }

    tests::usb_rig rig_;
    sim::usb_device model_;
    std::unique_ptr<tests::usb_port> port_;
    boost::asio::io_context here_;
    drivers::scanner_options options_;
};

class real_scanner final : public scanner_subject {
  public:
    real_scanner(std::string family, std::string device)
        : family_(std::move(family))
        , device_(std::move(device)) {}
    result<std::unique_ptr<ports::scanner>> open(const call& bounds) override {
        return drivers::open_scanner(here_.get_executor(), family_, device_, {}, bounds);
    }
    [[nodiscard]] bool is_model() const noexcept override { return false; }

  private:
    std::string family_;
    std::string device_;
    boost::asio::io_context here_;
};

std::unique_ptr<scanner_subject> make_subject(const std::string& family) {
    auto variable = "CIPHERLANE_DEVICE_SCANNER_" + family;
    std::ranges::transform(variable, variable.begin(),
        [](char one) { return one == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(one))); });
    if (const char* device = std::getenv(variable.c_str())) return std::make_unique<real_scanner>(family, device);
    if (family == "hid-pos") return std::make_unique<usb_scanner>();
    return std::make_unique<line_scanner>(family);
}

class scanner : public ::testing::TestWithParam<const char*> {
  protected:
    scanner()
        : subject(make_subject(GetParam())) {}
    /// What is held before the scanner once somebody waits for it.
    std::jthread held_up(json request) {
        return std::jthread([this, request = std::move(request)](const std::stop_token& over) mutable {
            request["cmd"] = "scan";
            // What comes before the scanner is asked is dropped: held there until it is read.
            while (!over.stop_requested()) {
                subject->ask(request);
                for (int i = 0; i < 15 && !over.stop_requested(); ++i)
                    std::this_thread::sleep_for(10ms);
            }
        });
    }

    std::unique_ptr<scanner_subject> subject;
};

INSTANTIATE_TEST_SUITE_P(every, scanner, ::testing::Values("serial", "hid-pos", "wedge"), [](const auto& chosen) {
    std::string name = chosen.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST_P(scanner, ReadsAPaymentCode) {
    auto device = subject->open(call(5s)).value();
    if (!subject->is_model()) {
        const auto code = device->scan(call(60s));
        ASSERT_TRUE(code) << "hold a code before the scanner: " << code.error();
        return;
    }
    const auto held = held_up({{"text", "134567890123456789"}, {"symbology", "]Q1"}});
    const auto code = device->scan(call(10s));
    ASSERT_TRUE(code) << code.error();
    EXPECT_EQ(code->text.expose(), "134567890123456789");
    EXPECT_EQ(code->symbology, "]Q1");
    EXPECT_LT(monotonic_clock::now() - code->when, 5s);
    EXPECT_TRUE(device->attached());
}

TEST_P(scanner, ReadsACodeOfManyReports) {
    if (!subject->is_model()) GTEST_SKIP() << "needs a code that a program holds";
    auto device = subject->open(call(5s)).value();
    const std::string text(300, '7');
    const auto held = held_up({{"text", text}});
    const auto code = device->scan(call(10s));
    ASSERT_TRUE(code) << code.error();
    EXPECT_EQ(code->text.expose(), text);
}

TEST_P(scanner, DropsWhatWasScannedBefore) {
    if (!subject->is_model()) GTEST_SKIP() << "needs a code that a program holds";
    auto device = subject->open(call(5s)).value();
    result<ports::scanned_code> none = error();
    // What takes longer on its way than the scanner listens for it looks new: on a busy machine that may be so once.
    for (int tries = 0; tries < 5; ++tries) {
        subject->ask({{"cmd", "scan"}, {"text", "999999999999999999"}});
        none = device->scan(call(300ms));
        if (!none) break;
    }
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().is(condition::timed_out)) << none.error();
}

TEST_P(scanner, EndsWhenItsCallerSaysSo) {
    auto device = subject->open(call(5s)).value();
    std::stop_source stop;
    auto waiting = std::async(std::launch::async, [&] { return device->scan(call(20s, stop.get_token())); });
    stop.request_stop();
    ASSERT_EQ(waiting.wait_for(19s), std::future_status::ready);
    EXPECT_TRUE(waiting.get().error().is(condition::cancelled));
}

/// Where the line of a family can die: a report comes whole or not at all, and of a keyboard's events the last three
/// say no more than that Enter was let go.
struct cuts {
    std::size_t digits;
    int step;
    int behind_the_end;
};
cuts cuts_of(std::string_view family) {
    constexpr int event = 24;
    if (family == "hid-pos") return {150, 63, 0};
    if (family == "wedge") return {18, 7 * event + 5, 3 * event};
    return {18, 2, 0};
}

/// The line dies in the middle of a code: what was read until then is no code, now or later.
TEST_P(scanner, MakesNoCodeOfAFragment) {
    if (!subject->is_model()) GTEST_SKIP() << "needs a device that can be unplugged by program";
    drivers::scanner_keeper keeper([&](const call& bounds) { return subject->open(bounds); });
    const auto how = cuts_of(GetParam());
    const std::string lost(how.digits, '1');
    const auto all = subject->ask({{"cmd", "scan"}, {"text", lost}, {"until", 0}}).at("bytes").get<int>();
    for (int cut = how.step; cut < all - how.behind_the_end; cut += how.step) {
        auto waiting = std::async(std::launch::async, [&] { return keeper.scan(call(10s)); });
        std::this_thread::sleep_for(60ms); // past the time in which earlier codes are dropped
        subject->ask({{"cmd", "scan"}, {"text", lost}, {"until", cut}});
        subject->unplug();
        subject->plug();
        {
            const auto held = held_up({{"text", "288888888888888888"}});
            const auto code = waiting.get();
            ASSERT_TRUE(code) << "cut behind byte " << cut << ": " << code.error();
            EXPECT_EQ(code->text.expose(), "288888888888888888") << "cut behind byte " << cut;
        }
    }
}

} // namespace
} // namespace cipherlane
