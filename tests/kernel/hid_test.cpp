// HID devices behind the kernel's usbhid: a model on vhci_hcd, and the kernel's gadget.
#include "gadget.hpp"
#include "patience.hpp"
#include "simkit/echo_model.hpp"
#include "support/usb_rig.hpp"

#include <cipherlane/drivers/transport/hid.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;
using tests::comes_true;
using tests::usb_port;

/// A collection of the maker's own: 8 bytes in, 8 bytes out (HID 1.11, 6.2.2).
const std::string gadget_reports{
    "\x06\x00\xFF\x09\x01\xA1\x01\x15\x00\x26\xFF\x00\x75\x08\x95\x08\x09\x02\x81\x02\x95\x08\x09\x03\x91\x02\xC0",
    27};

drivers::hid_filter filter_of(std::uint16_t product) {
    drivers::hid_filter filter;
    filter.vendor = 0x1209;
    filter.product = product;
    return filter;
}

result<std::unique_ptr<net::transport>> open_when_there(
    boost::asio::io_context& io, const drivers::hid_filter& filter) {
    auto link = drivers::open_hid(io.get_executor(), filter);
    (void)comes_true([&] { return link || (link = drivers::open_hid(io.get_executor(), filter)); });
    return link;
}

result<bytes> read_report(net::transport& link, std::chrono::milliseconds span = 20s) {
    bytes report(64);
    CIPHERLANE_TRY(const std::size_t size, link.read_some(report, call(span)));
    report.resize(size);
    return report;
}

/// Report number 0, since reports are not numbered; then the report.
bytes numbered(bytes report) {
    report.insert(report.begin(), 0);
    return report;
}

class KernelHid : public ::testing::Test {
  protected:
    KernelHid() {
        model_.become_hid();
        port_ = rig_.plug(model_);
    }

    boost::asio::io_context io_;
    tests::usb_rig rig_;
    sim::echo_model model_;
    std::unique_ptr<usb_port> port_;
};

TEST_F(KernelHid, IsDescribedByTheSystem) {
    ASSERT_TRUE(comes_true([] { return drivers::list_hid_devices().size() == 1; }));
    const auto found = drivers::list_hid_devices().front();
    EXPECT_EQ(found.identity(), "1209:5a01:SN0001");
    EXPECT_EQ(found.usb_port, "1-1");
    EXPECT_EQ(found.usage_page, 0xFF00);
    EXPECT_TRUE(found.path.starts_with("/dev/hidraw")) << found.path;
}

TEST_F(KernelHid, CarriesReportsThroughARealHidrawNode) {
    auto link = open_when_there(io_, filter_of(0x5A01));
    ASSERT_TRUE(link) << link.error();
    for (std::uint8_t round = 0; round < 20; ++round) {
        const bytes report{round, 1, 2, 3, 4, 5, 6, 7};
        const auto sent = (*link)->write(numbered(report), call(20s));
        ASSERT_TRUE(sent) << sent.error();
        EXPECT_EQ(*read_report(**link), report);
    }
    EXPECT_TRUE(read_report(**link, 40ms).error().is(condition::timed_out));
    port_->function().send(0x82, bytes(8, 9), sim::message_end::open);
    EXPECT_EQ(*read_report(**link), bytes(8, 9)) << "a deadline loses nothing";
}

TEST_F(KernelHid, UnpluggedInEitherOrderItIsLostAndCanBeOpenedAgain) {
    for (const auto how : {usb_port::order::descriptor_first, usb_port::order::event_first}) {
        auto link = open_when_there(io_, filter_of(0x5A01));
        ASSERT_TRUE(link) << link.error();
        ASSERT_TRUE((*link)->write(numbered(bytes(8, 1)), call(20s)));
        ASSERT_TRUE(read_report(**link));
        port_->unplug(how);
        const auto lost = read_report(**link);
        ASSERT_FALSE(lost);
        EXPECT_TRUE(lost.error().is(condition::link_lost)) << lost.error();
        EXPECT_FALSE((*link)->write(numbered(bytes(8, 1)), call(20s)));
        port_ = rig_.plug(model_);
    }
}

TEST_F(KernelHid, LibusbTakesItFromTheKernelAndGivesItBack) {
    auto host = drivers::usb_host::start();
    ASSERT_TRUE(host);
    ASSERT_TRUE((*host)->wait_for({}, call(20s)));
    {
        auto link = drivers::open_hid_through_usb(**host, io_.get_executor(), filter_of(0x5A01), call(20s));
        ASSERT_TRUE(link) << link.error();
        EXPECT_EQ(port_->kernel_driver(), "");
        EXPECT_TRUE(drivers::list_hid_devices().empty());
        ASSERT_TRUE((*link)->write(numbered(bytes(8, 4)), call(20s)));
        EXPECT_EQ(*read_report(**link), bytes(8, 4));
    }
    EXPECT_EQ(port_->kernel_driver(), "usbhid");
    EXPECT_TRUE(open_when_there(io_, filter_of(0x5A01)));
}

TEST(KernelGadget, AHidGadgetIsUnpluggedAndOpenedAgain) {
    boost::asio::io_context io;
    tests::gadget device("hid", "SN-HID-GADGET",
        {{"protocol", "0"}, {"subclass", "0"}, {"report_length", "8"}, {"report_desc", gadget_reports}});
    for (int round = 0; round < 2; ++round) {
        device.plug();
        auto link = open_when_there(io, filter_of(tests::gadget::product));
        ASSERT_TRUE(link) << link.error();
        const int peer = ::open("/dev/hidg0", O_RDWR | O_CLOEXEC);
        ASSERT_GE(peer, 0);
        const bytes report{1, 2, 3, 4, 5, 6, 7, 8};
        ASSERT_TRUE((*link)->write(numbered(report), call(20s)));
        bytes got(8);
        ASSERT_EQ(::read(peer, got.data(), got.size()), 8);
        EXPECT_EQ(got, report);
        ASSERT_EQ(::write(peer, report.data(), report.size()), 8);
        EXPECT_EQ(*read_report(**link), report);
        ::close(peer);
        device.unplug();
        const auto lost = read_report(**link);
        ASSERT_FALSE(lost);
        EXPECT_TRUE(lost.error().is(condition::link_lost)) << lost.error();
    }
}

} // namespace
} // namespace cipherlane
