#pragma once

#include "usb_context.hpp"

#include <cipherlane/drivers/transport/usb.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <libusb.h>

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace cipherlane::drivers {

/// An endpoint as the configuration describes it.
struct usb_pipe_info {
    std::uint8_t address = 0; ///< 0: the interface has none in this direction
    libusb_transfer_type type = LIBUSB_TRANSFER_TYPE_BULK;
    std::size_t packet_size = 64;
};

/// A claimed interface: one transfer in each direction, used blocking and asynchronously by the same steps. Kept
/// alive by its transfers; closed by its owner.
///
/// The event thread enters only through `on_end` and `device_left`, which note what happened and wake or post.
class usb_link : public std::enable_shared_from_this<usb_link> {
  public:
    usb_link(std::shared_ptr<usb_context> context, libusb_device_handle* handle, boost::asio::any_io_executor on,
        usb_device_info device, const usb_settings& settings, usb_pipe_info out, usb_pipe_info in);
    usb_link(const usb_link&) = delete;
    usb_link& operator=(const usb_link&) = delete;
    ~usb_link();

    [[nodiscard]] result<void> write(byte_view data, const call& bounds);
    [[nodiscard]] result<std::size_t> read_some(byte_span into, const call& bounds);
    void async_write(byte_view data, net::completion<void> done);
    void async_read_some(byte_span into, net::completion<std::size_t> done);
    [[nodiscard]] result<std::size_t> control(
        const usb_control& request, byte_view out, byte_span in, const call& bounds);
    void cancel();
    void close();
    [[nodiscard]] bool is_open() const;

    /// The hotplug event; comes before or after the transfers' own end.
    void device_left();

    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const usb_device_info& device() const noexcept { return device_; }

  private:
    enum class direction { out, in };
    /// One direction: its transfer, and how the last one ended.
    struct pipe {
        usb_pipe_info what;
        libusb_transfer* transfer = nullptr;
        bytes buffer{};
        bool in_flight = false;
        bool ended = false;
        bool clearing = false;            ///< the device is asked to clear a stall, without the lock
        bool cleared = false;             ///< a stall was cleared, and nothing went through since
        std::shared_ptr<usb_link> keep{}; ///< from submission until the outcome is taken

        [[nodiscard]] bool busy() const noexcept { return in_flight || clearing; }
    };
    /// `again`: the lock was let go meanwhile; what the caller knows may be out of date.
    struct attempt {
        enum class kind { moved, pending, failed, again };
        kind what;
        std::size_t count = 0;
        error why{};
    };
    template <class T>
    struct operation {
        std::uint64_t generation = 0;
        std::optional<net::completion<T>> done{};
    };
    using lock = std::unique_lock<std::mutex>;

    static void LIBUSB_CALL on_end(libusb_transfer* transfer);
    void post_steps();
    [[nodiscard]] error make(const error& why, std::string_view doing) const;
    [[nodiscard]] std::optional<error> unusable(std::string_view doing) const;
    [[nodiscard]] attempt failed(error why, std::string_view doing);
    [[nodiscard]] attempt try_write(lock& held, byte_view& left);
    [[nodiscard]] attempt try_read(lock& held, byte_span into);
    [[nodiscard]] std::optional<attempt> take_written(lock& held, byte_view& left);
    [[nodiscard]] std::optional<attempt> take_read(lock& held);
    [[nodiscard]] attempt clear_stall(lock& held, pipe& line, std::string_view doing);
    [[nodiscard]] attempt submit(pipe& line, int size, std::string_view doing);
    enum class waited { progress, timed_out, cancelled };
    [[nodiscard]] waited wait(lock& held, const pipe& line, const call& bounds, unsigned cancels);
    void abandon(lock& held, pipe& line);
    void step_read();
    void step_write();
    void cancel_read(std::uint64_t generation);
    void cancel_write(std::uint64_t generation);
    void finish_read(lock& held, result<std::size_t> outcome);
    void finish_write(lock& held, result<void> outcome);

    std::shared_ptr<usb_context> context_;
    libusb_device_handle* handle_;
    boost::asio::any_io_executor executor_;
    usb_device_info device_;
    std::string endpoint_;
    std::uint8_t interface_;
    usb_settings::zero_packet zero_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    pipe out_;
    pipe in_;
    std::size_t given_ = 0;                       ///< of in_.buffer, to the reader
    std::size_t stored_ = 0;                      ///< in in_.buffer
    unsigned controls_ = 0;                       ///< control transfers with libusb
    std::shared_ptr<usb_link> keep_for_controls_; ///< while there are any
    bool open_ = true;
    bool failed_ = false;
    bool gone_ = false;
    unsigned cancels_ = 0;
    byte_span reading_into_{};
    byte_view writing_from_{};
    operation<std::size_t> reading_;
    operation<void> writing_;
};

} // namespace cipherlane::drivers
