// The rig itself, through plain libusb: what the drivers' tests stand on.
#include "simkit/echo_model.hpp"
#include "support/usb_rig.hpp"

#include <gtest/gtest.h>
#include <libusb.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t out = 0x01;
constexpr std::uint8_t in = 0x81;
constexpr std::uint8_t interrupt_in = 0x82;

/// One asynchronous transfer; events are handled while it is waited for.
class transfer {
  public:
    explicit transfer(libusb_context* context)
        : context_(context)
        , raw_(libusb_alloc_transfer(0)) {}
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;
    ~transfer() { libusb_free_transfer(raw_); }

    void submit(libusb_device_handle* device, std::uint8_t endpoint, bytes data, unsigned timeout = 0) {
        data_ = std::move(data);
        ended_ = 0;
        libusb_fill_bulk_transfer(
            raw_, device, endpoint, data_.data(), static_cast<int>(data_.size()), &transfer::on_end, this, timeout);
        ASSERT_EQ(libusb_submit_transfer(raw_), 0);
    }
    int cancel() { return libusb_cancel_transfer(raw_); }
    int wait() {
        for (int i = 0; i < 300 && ended_ == 0; ++i) {
            timeval pause{0, 10'000};
            libusb_handle_events_timeout_completed(context_, &pause, &ended_);
        }
        return ended_ != 0 ? raw_->status : -1;
    }
    [[nodiscard]] bytes got() const { return {data_.begin(), data_.begin() + raw_->actual_length}; }
    void add_zero_packet() { raw_->flags |= LIBUSB_TRANSFER_ADD_ZERO_PACKET; }

  private:
    static void LIBUSB_CALL on_end(libusb_transfer* raw) { static_cast<transfer*>(raw->user_data)->ended_ = 1; }
    libusb_context* context_;
    libusb_transfer* raw_;
    bytes data_;
    int ended_ = 0;
};

class UsbRig : public ::testing::Test {
  protected:
    UsbRig() {
        EXPECT_EQ(libusb_init(&context_), 0);
        device_ = libusb_open_device_with_vid_pid(context_, 0x1209, 0x5A01);
        if (device_ == nullptr) throw std::runtime_error("the device is not there");
        EXPECT_EQ(libusb_claim_interface(device_, 0), 0);
    }
    ~UsbRig() override {
        libusb_close(device_);
        libusb_exit(context_);
    }

    int write(bytes data, unsigned timeout = 1000) {
        int sent = 0;
        return libusb_bulk_transfer(device_, out, data.data(), static_cast<int>(data.size()), &sent, timeout);
    }
    int read(bytes& into, unsigned timeout = 1000) {
        int got = 0;
        const int status =
            libusb_bulk_transfer(device_, in, into.data(), static_cast<int>(into.size()), &got, timeout);
        into.resize(static_cast<std::size_t>(got));
        return status;
    }

    usb_rig rig_;
    sim::echo_model model_;
    std::unique_ptr<usb_port> port_ = rig_.plug(model_);
    libusb_context* context_ = nullptr;
    libusb_device_handle* device_ = nullptr;
};

TEST_F(UsbRig, Echoes) {
    ASSERT_EQ(write({1, 2, 3}), 0);
    bytes got(64);
    ASSERT_EQ(read(got), 0);
    EXPECT_EQ(got, (bytes{1, 2, 3}));
    EXPECT_EQ(port_->counts().unclaimed, 0U);
}

TEST_F(UsbRig, GivesItsStringsByControlRequests) {
    std::array<unsigned char, 64> text{};
    ASSERT_GT(libusb_get_string_descriptor_ascii(device_, 2, text.data(), text.size()), 0);
    EXPECT_STREQ(reinterpret_cast<const char*>(text.data()), "Echo");
}

TEST_F(UsbRig, AMessageOfFullPacketsEndsByAnEmptyOne) {
    transfer sent(context_);
    sent.add_zero_packet();
    sent.submit(device_, out, bytes(128, 7));
    EXPECT_EQ(sent.wait(), LIBUSB_TRANSFER_COMPLETED);
    bytes got(512);
    ASSERT_EQ(read(got), 0);
    EXPECT_EQ(got.size(), 128U);
    ASSERT_EQ(write(bytes(64, 1)), 0);
    got.resize(64);
    EXPECT_EQ(read(got, 50), LIBUSB_ERROR_TIMEOUT) << "the device still waits for the end of the message";
    EXPECT_EQ(model_.messages(), 1U);
}

TEST_F(UsbRig, StallsUntilCleared) {
    transfer pending(context_);
    pending.submit(device_, in, bytes(64));
    port_->function().halt(in);
    EXPECT_EQ(pending.wait(), LIBUSB_TRANSFER_STALL);
    EXPECT_EQ(libusb_clear_halt(device_, in), 0);
    ASSERT_EQ(write({9}), 0);
    bytes got(64);
    EXPECT_EQ(read(got), 0);
}

TEST_F(UsbRig, Babbles) {
    transfer pending(context_);
    pending.submit(device_, in, bytes(10));
    port_->function().send(in, bytes(32, 1));
    EXPECT_EQ(pending.wait(), LIBUSB_TRANSFER_OVERFLOW);
}

TEST_F(UsbRig, FailsOnTheBus) {
    port_->function().fail_next(in, -EPROTO);
    bytes got(64);
    EXPECT_EQ(read(got), LIBUSB_ERROR_IO);
}

TEST_F(UsbRig, MakesTheHostWait) {
    port_->function().set_pace(out, sim::carrier::pace::wait);
    EXPECT_EQ(write({1}, 60), LIBUSB_ERROR_TIMEOUT);
    port_->function().set_pace(out, sim::carrier::pace::ready);
    EXPECT_EQ(write({1}), 0);
}

TEST_F(UsbRig, ATimeoutKeepsWhatHadArrived) {
    port_->function().send(in, bytes(64, 5), sim::message_end::open);
    bytes got(256);
    EXPECT_EQ(read(got, 60), LIBUSB_ERROR_TIMEOUT);
    EXPECT_EQ(got.size(), 64U);
}

TEST_F(UsbRig, Cancels) {
    transfer pending(context_);
    pending.submit(device_, in, bytes(64));
    EXPECT_EQ(pending.cancel(), 0);
    EXPECT_EQ(pending.wait(), LIBUSB_TRANSFER_CANCELLED);
    EXPECT_EQ(pending.cancel(), LIBUSB_ERROR_NOT_FOUND);
}

TEST_F(UsbRig, CarriesThirtyTwoTransfersAtOnce) {
    std::vector<std::unique_ptr<transfer>> all;
    for (int i = 0; i < 32; ++i) {
        all.push_back(std::make_unique<transfer>(context_));
        all.back()->submit(device_, in, bytes(64));
    }
    // On a kernel they reach the device a moment after they were submitted.
    for (int i = 0; i < 5'000 && port_->function().pending(in) != 32U; ++i)
        std::this_thread::sleep_for(1ms);
    EXPECT_EQ(port_->function().pending(in), 32U);
    for (std::uint8_t i = 0; i < 32; ++i)
        port_->function().send(in, bytes{i});
    for (std::uint8_t i = 0; i < 32; ++i) {
        EXPECT_EQ(all[i]->wait(), LIBUSB_TRANSFER_COMPLETED);
        EXPECT_EQ(all[i]->got(), bytes{i});
    }
}

TEST_F(UsbRig, UnpluggingEndsTransfersInEitherOrder) {
    for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
        transfer first(context_);
        transfer second(context_);
        first.submit(device_, in, bytes(64));
        second.submit(device_, interrupt_in, bytes(8));
        port_->unplug(how);
        EXPECT_EQ(first.wait(), LIBUSB_TRANSFER_NO_DEVICE);
        EXPECT_EQ(second.wait(), LIBUSB_TRANSFER_NO_DEVICE);
        EXPECT_EQ(write({1}, 100), LIBUSB_ERROR_NO_DEVICE);
        libusb_close(device_);
        device_ = nullptr;
        port_ = rig_.plug(model_);
        for (int i = 0; i < 10'000 && device_ == nullptr; ++i) {
            timeval pause{0, 1'000};
            libusb_handle_events_timeout_completed(context_, &pause, nullptr);
            device_ = libusb_open_device_with_vid_pid(context_, 0x1209, 0x5A01);
        }
        ASSERT_NE(device_, nullptr);
        ASSERT_EQ(libusb_claim_interface(device_, 0), 0);
    }
}

TEST_F(UsbRig, IsSilentWhileIdle) {
    transfer pending(context_);
    pending.submit(device_, in, bytes(64));
    const unsigned before = port_->counts().calls;
    timeval pause{0, 300'000};
    libusb_handle_events_timeout_completed(context_, &pause, nullptr);
    EXPECT_LT(port_->counts().calls - before, 5U);
    pending.cancel();
    pending.wait();
}

} // namespace
} // namespace cipherlane::tests
