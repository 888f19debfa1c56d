#include "usb_link.hpp"

#include "usb_error.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace cipherlane::drivers {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// One OUT transfer: whole packets of any size, and small enough to be cancelled in time.
constexpr std::size_t largest_out = 256 * 1024;
/// A cancelled transfer ends at once unless the kernel's host controller hangs.
constexpr auto cancel_grace = 2s;

std::size_t whole_packets(std::size_t size, std::size_t packet) {
    return (size + packet - 1) / packet * packet;
}

} // namespace

usb_link::usb_link(std::shared_ptr<usb_context> context, libusb_device_handle* handle,
    boost::asio::any_io_executor on, usb_device_info device, const usb_settings& settings, usb_pipe_info out,
    usb_pipe_info in)
    : context_(std::move(context))
    , handle_(handle)
    , executor_(std::move(on))
    , device_(std::move(device))
    , endpoint_(device_.identity())
    , interface_(settings.interface_number)
    , zero_(settings.zero)
    , out_{out, libusb_alloc_transfer(0)}
    , in_{in, libusb_alloc_transfer(0)} {
    in_.buffer.resize(whole_packets(std::max<std::size_t>(settings.read_size, 1), in.packet_size));
}

usb_link::~usb_link() {
    libusb_free_transfer(out_.transfer);
    libusb_free_transfer(in_.transfer);
}

error usb_link::make(const error& why, std::string_view doing) const {
    return error(why).during(doing).at_endpoint(endpoint_);
}

std::optional<error> usb_link::unusable(std::string_view doing) const {
    if (gone_) return make(error(drivers_errc::device_gone, layer::drivers), doing);
    if (!open_ || failed_) return make(error(net_errc::not_open, layer::drivers), doing);
    return std::nullopt;
}

usb_link::attempt usb_link::failed(error why, std::string_view doing) {
    if (why.code() == drivers_errc::device_gone) gone_ = true;
    failed_ = true;
    return {attempt::kind::failed, 0, make(why, doing)};
}

/// On the event thread: notes the end, wakes a blocked caller, posts for an asynchronous one. The reference that kept
/// the link for the transfer stays until somebody takes the outcome or closes, so that it never ends here. Everything
/// happens under the lock: a caller that sees the end may destroy the executor next.
void LIBUSB_CALL usb_link::on_end(libusb_transfer* transfer) {
    auto* self = static_cast<usb_link*>(transfer->user_data);
    const lock held(self->mutex_);
    pipe& line = transfer == self->out_.transfer ? self->out_ : self->in_;
    line.in_flight = false;
    line.ended = true;
    if (transfer->status == LIBUSB_TRANSFER_NO_DEVICE) self->gone_ = true;
    self->changed_.notify_all();
    self->post_steps();
}

void usb_link::post_steps() {
    if (!reading_.done && !writing_.done) return;
    asio::post(executor_, [self = shared_from_this()] {
        self->step_read();
        self->step_write();
    });
}

void usb_link::device_left() {
    const lock held(mutex_);
    gone_ = true;
    changed_.notify_all();
    post_steps();
}

usb_link::attempt usb_link::submit(pipe& line, int size, std::string_view doing) {
    libusb_fill_bulk_transfer(
        line.transfer, handle_, line.what.address, line.buffer.data(), size, &usb_link::on_end, this, 0);
    line.transfer->type = static_cast<unsigned char>(line.what.type);
    line.keep = shared_from_this();
    if (const int code = libusb_submit_transfer(line.transfer); code != 0) {
        line.keep.reset();
        return failed(usb_call_failure(code), doing);
    }
    line.in_flight = true;
    return {attempt::kind::pending, 0, {}};
}

/// After a stall: clears it and lets the caller try once more. Without the lock, since it asks the device: the
/// operation may have been cancelled and another begun when it is done.
usb_link::attempt usb_link::clear_stall(lock& held, pipe& line, std::string_view doing) {
    if (std::exchange(line.cleared, true)) return failed(error(drivers_errc::stalled, layer::drivers), doing);
    line.clearing = true;
    held.unlock();
    const int code = libusb_clear_halt(handle_, line.what.address);
    held.lock();
    line.clearing = false;
    changed_.notify_all();
    if (code != 0) return failed(usb_call_failure(code), doing);
    return {attempt::kind::again, 0, {}};
}

std::optional<usb_link::attempt> usb_link::take_written(lock& held, byte_view& left) {
    out_.ended = false;
    out_.keep.reset();
    const auto actual = static_cast<std::size_t>(out_.transfer->actual_length);
    left = left.subspan(std::min(actual, left.size()));
    switch (out_.transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED:
        out_.cleared = false;
        if (out_.transfer->actual_length == out_.transfer->length) return std::nullopt;
        return failed(error(drivers_errc::bus_fault, layer::drivers), "write");
    case LIBUSB_TRANSFER_STALL: return clear_stall(held, out_, "write");
    default: return failed(usb_transfer_failure(out_.transfer->status), "write");
    }
}

usb_link::attempt usb_link::try_write(lock& held, byte_view& left) {
    if (out_.busy()) return {attempt::kind::pending, 0, {}};
    if (out_.ended) {
        if (auto outcome = take_written(held, left)) return *outcome;
        if (left.empty()) return {attempt::kind::moved, 0, {}};
    }
    if (auto why = unusable("write")) return {attempt::kind::failed, 0, *why};
    if (out_.what.address == 0) {
        return {attempt::kind::failed, 0, make(error(drivers_errc::not_supported, layer::drivers), "write")};
    }
    if (left.empty()) return {attempt::kind::moved, 0, {}};
    const std::size_t size = std::min(left.size(), largest_out);
    out_.buffer.assign(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size));
    const bool last = size == left.size();
    out_.transfer->flags = 0;
    if (last && zero_ == usb_settings::zero_packet::closes_full_packets) {
        out_.transfer->flags = LIBUSB_TRANSFER_ADD_ZERO_PACKET;
    }
    return submit(out_, static_cast<int>(size), "write");
}

std::optional<usb_link::attempt> usb_link::take_read(lock& held) {
    in_.ended = false;
    in_.keep.reset();
    given_ = 0;
    stored_ = static_cast<std::size_t>(in_.transfer->actual_length);
    switch (in_.transfer->status) {
    case LIBUSB_TRANSFER_COMPLETED: in_.cleared = false; return std::nullopt;
    case LIBUSB_TRANSFER_CANCELLED:
    case LIBUSB_TRANSFER_TIMED_OUT: return std::nullopt; // with what had arrived
    case LIBUSB_TRANSFER_STALL: return clear_stall(held, in_, "read");
    case LIBUSB_TRANSFER_NO_DEVICE: stored_ = 0; return failed(usb_transfer_failure(in_.transfer->status), "read");
    default:
        // What came with a broken packet is not to be believed.
        stored_ = 0;
        return failed(usb_transfer_failure(in_.transfer->status), "read");
    }
}

usb_link::attempt usb_link::try_read(lock& held, byte_span into) {
    for (;;) {
        if (given_ < stored_) {
            const std::size_t count = std::min(into.size(), stored_ - given_);
            std::memcpy(into.data(), in_.buffer.data() + given_, count);
            given_ += count;
            return {attempt::kind::moved, count, {}};
        }
        if (!in_.busy() && in_.ended) {
            if (auto outcome = take_read(held)) return *outcome;
            continue;
        }
        if (auto why = unusable("read")) return {attempt::kind::failed, 0, *why};
        if (in_.busy()) return {attempt::kind::pending, 0, {}};
        if (in_.what.address == 0) {
            return {attempt::kind::failed, 0, make(error(drivers_errc::not_supported, layer::drivers), "read")};
        }
        return submit(in_, static_cast<int>(in_.buffer.size()), "read");
    }
}

usb_link::waited usb_link::wait(lock& held, const pipe& line, const call& bounds, unsigned cancels) {
    changed_.wait_until(
        held, bounds.stop(), bounds.until().at(), [&] { return !line.in_flight || gone_ || cancels_ != cancels; });
    if (bounds.stopped() || cancels_ != cancels) return waited::cancelled;
    if (!line.in_flight || gone_) return waited::progress;
    return waited::timed_out;
}

/// Takes a transfer back and waits until libusb has let go of its buffer.
void usb_link::abandon(lock& held, pipe& line) {
    if (!line.in_flight) return;
    libusb_cancel_transfer(line.transfer);
    changed_.wait_for(held, cancel_grace, [&] { return !line.in_flight; });
}

result<void> usb_link::write(byte_view data, const call& bounds) {
    lock held(mutex_);
    const unsigned cancels = cancels_;
    if (bounds.stopped()) return make(error(net_errc::cancelled, layer::drivers), "write");
    if (bounds.until().passed()) return make(error(net_errc::timed_out, layer::drivers), "write");
    for (byte_view left = data;;) {
        const attempt tried = try_write(held, left);
        if (tried.what == attempt::kind::moved) return {};
        if (tried.what == attempt::kind::failed) return tried.why;
        if (tried.what == attempt::kind::again) continue;
        const waited end = wait(held, out_, bounds, cancels);
        if (end == waited::progress) {
            if (gone_ && out_.in_flight) abandon(held, out_);
            if (out_.in_flight) return failed(error(drivers_errc::device_gone, layer::drivers), "write").why;
            continue;
        }
        abandon(held, out_);
        // How much the device has is unknown.
        failed_ = true;
        return make(
            error(end == waited::timed_out ? net_errc::timed_out : net_errc::cancelled, layer::drivers), "write");
    }
}

result<std::size_t> usb_link::read_some(byte_span into, const call& bounds) {
    lock held(mutex_);
    const unsigned cancels = cancels_;
    for (;;) {
        if (bounds.stopped()) return make(error(net_errc::cancelled, layer::drivers), "read");
        const attempt tried = try_read(held, into);
        if (tried.what == attempt::kind::moved) return tried.count;
        if (tried.what == attempt::kind::failed) return tried.why;
        if (tried.what == attempt::kind::again) continue;
        // The transfer stays with the device when the wait ends early: the next read finds what it brought.
        switch (wait(held, in_, bounds, cancels)) {
        case waited::progress: break;
        case waited::timed_out: return make(error(net_errc::timed_out, layer::drivers), "read");
        case waited::cancelled: return make(error(net_errc::cancelled, layer::drivers), "read");
        }
    }
}

void usb_link::async_read_some(byte_span into, net::completion<std::size_t> done) {
    const lock held(mutex_);
    assert(!reading_.done);
    const auto generation = ++reading_.generation;
    if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected()) {
        slot.assign([weak = weak_from_this(), generation](asio::cancellation_type) {
            if (auto self = weak.lock()) self->cancel_read(generation);
        });
    }
    reading_into_ = into;
    reading_.done.emplace(std::move(done));
    asio::post(executor_, [self = shared_from_this()] { self->step_read(); });
}

void usb_link::async_write(byte_view data, net::completion<void> done) {
    const lock held(mutex_);
    assert(!writing_.done);
    const auto generation = ++writing_.generation;
    if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected()) {
        slot.assign([weak = weak_from_this(), generation](asio::cancellation_type) {
            if (auto self = weak.lock()) self->cancel_write(generation);
        });
    }
    writing_from_ = data;
    writing_.done.emplace(std::move(done));
    asio::post(executor_, [self = shared_from_this()] { self->step_write(); });
}

void usb_link::step_read() {
    lock held(mutex_);
    attempt tried{attempt::kind::again};
    while (reading_.done && tried.what == attempt::kind::again)
        tried = try_read(held, reading_into_);
    if (!reading_.done) return;
    if (tried.what == attempt::kind::moved) finish_read(held, tried.count);
    if (tried.what == attempt::kind::failed) finish_read(held, tried.why);
}

void usb_link::step_write() {
    lock held(mutex_);
    attempt tried{attempt::kind::again};
    while (writing_.done && tried.what == attempt::kind::again)
        tried = try_write(held, writing_from_);
    if (!writing_.done) return;
    if (tried.what == attempt::kind::moved) finish_write(held, {});
    if (tried.what == attempt::kind::failed) finish_write(held, tried.why);
}

void usb_link::finish_read(lock&, result<std::size_t> outcome) {
    net::completion<std::size_t> done(std::move(*reading_.done));
    reading_.done.reset();
    net::post_completion(executor_, std::move(done), std::move(outcome));
}

void usb_link::finish_write(lock&, result<void> outcome) {
    net::completion<void> done(std::move(*writing_.done));
    writing_.done.reset();
    net::post_completion(executor_, std::move(done), std::move(outcome));
}

void usb_link::cancel_read(std::uint64_t generation) {
    lock held(mutex_);
    if (!reading_.done || reading_.generation > generation) return;
    finish_read(held, make(error(net_errc::cancelled, layer::drivers), "read"));
}

void usb_link::cancel_write(std::uint64_t generation) {
    lock held(mutex_);
    if (!writing_.done || writing_.generation > generation) return;
    if (out_.in_flight) libusb_cancel_transfer(out_.transfer);
    failed_ = true;
    finish_write(held, make(error(net_errc::cancelled, layer::drivers), "write"));
}

void usb_link::cancel() {
    std::uint64_t read = 0;
    std::uint64_t write = 0;
    {
        const lock held(mutex_);
        ++cancels_;
        changed_.notify_all();
        read = reading_.generation;
        write = writing_.generation;
    }
    cancel_read(read);
    cancel_write(write);
}

result<std::size_t> usb_link::control(const usb_control& request, byte_view out, byte_span in, const call& bounds) {
    /// Shared with the callback, which may come after this call has given up. The link is kept by itself meanwhile,
    /// so that it never ends on the event thread.
    struct state {
        usb_link* link = nullptr;
        bytes buffer;
        bool ended = false;
    };
    if (out.size() > 0xFFFF || in.size() > 0xFFFF) {
        return make(error(drivers_errc::too_long, layer::drivers), "control");
    }
    lock held(mutex_);
    if (auto why = unusable("control")) return *why;
    if (bounds.stopped()) return make(error(net_errc::cancelled, layer::drivers), "control");
    const auto length = static_cast<std::uint16_t>(std::max(out.size(), in.size()));
    auto shared = std::make_shared<state>();
    shared->link = this;
    shared->buffer.resize(LIBUSB_CONTROL_SETUP_SIZE + length);
    libusb_fill_control_setup(
        shared->buffer.data(), request.request_type, request.request, request.value, request.index, length);
    std::copy(out.begin(), out.end(), shared->buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE);
    const std::shared_ptr<libusb_transfer> transfer(libusb_alloc_transfer(0), &libusb_free_transfer);
    // The callback owns a reference to both; the last of the two to let go frees them.
    using shared_parts = std::pair<std::shared_ptr<state>, std::shared_ptr<libusb_transfer>>;
    auto* owned = new shared_parts(shared, transfer);
    libusb_fill_control_transfer(
        transfer.get(), handle_, shared->buffer.data(),
        [](libusb_transfer* ended) {
            const std::unique_ptr<shared_parts> mine(static_cast<shared_parts*>(ended->user_data));
            usb_link& link = *mine->first->link;
            const lock inner(link.mutex_);
            mine->first->ended = true;
            --link.controls_;
            link.changed_.notify_all();
        },
        owned, 0);
    if (const int code = libusb_submit_transfer(transfer.get()); code != 0) {
        delete owned;
        return make(usb_call_failure(code), "control");
    }
    ++controls_;
    keep_for_controls_ = shared_from_this();
    const unsigned cancels = cancels_;
    changed_.wait_until(
        held, bounds.stop(), bounds.until().at(), [&] { return shared->ended || cancels_ != cancels; });
    if (!shared->ended) {
        const bool timed_out = !bounds.stopped() && cancels_ == cancels;
        libusb_cancel_transfer(transfer.get());
        changed_.wait_for(held, cancel_grace, [&] { return shared->ended; });
        if (controls_ == 0) keep_for_controls_.reset();
        return make(error(timed_out ? net_errc::timed_out : net_errc::cancelled, layer::drivers), "control");
    }
    if (controls_ == 0) keep_for_controls_.reset();
    if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
        return make(usb_transfer_failure(transfer->status), "control");
    }
    const auto count = static_cast<std::size_t>(transfer->actual_length);
    const std::size_t taken = std::min(count, in.size());
    std::copy_n(shared->buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE, taken, in.begin());
    return in.empty() ? count : taken;
}

bool usb_link::is_open() const {
    const lock held(mutex_);
    return open_ && !gone_ && !failed_;
}

void usb_link::close() {
    lock held(mutex_);
    if (!std::exchange(open_, false)) return;
    ++cancels_;
    changed_.notify_all();
    if (reading_.done) finish_read(held, make(error(net_errc::cancelled, layer::drivers), "read"));
    if (writing_.done) finish_write(held, make(error(net_errc::cancelled, layer::drivers), "write"));
    for (pipe* line : {&out_, &in_}) {
        if (line->in_flight) libusb_cancel_transfer(line->transfer);
    }
    const auto at_rest = [this] { return !out_.busy() && !in_.busy() && controls_ == 0; };
    // A host controller that never gives a transfer back costs a handle, not the process.
    if (!changed_.wait_for(held, cancel_grace, at_rest)) return;
    out_.keep.reset();
    in_.keep.reset();
    keep_for_controls_.reset();
    held.unlock();
    libusb_release_interface(handle_, interface_);
    libusb_close(handle_);
}

} // namespace cipherlane::drivers
