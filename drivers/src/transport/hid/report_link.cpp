#include <cipherlane/drivers/transport/report_link.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t largest_report = 4'096;

class report_link final : public net::transport {
  public:
    report_link(std::unique_ptr<net::transport> hid, const report_shape& shape)
        : hid_(std::move(hid))
        , shape_(shape)
        , out_(shape.out_size + 1)
        , in_(shape.in_size + 1) {
        assert(shape.out_size > 0 && shape.out_size <= largest_report);
        assert(shape.in_size > 0 && shape.in_size <= largest_report);
    }

    result<void> write(byte_view data, const call& bounds) override {
        while (!data.empty()) {
            CIPHERLANE_CHECK(hid_->write(next_report(data), bounds));
        }
        return {};
    }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        while (held_.empty()) {
            CIPHERLANE_TRY(auto size, hid_->read_some(in_, bounds));
            take(size);
        }
        return give(into);
    }
    void async_write(byte_view data, net::completion<void> done) override {
        if (data.empty()) return net::post_completion(get_executor(), std::move(done), result<void>());
        const auto slot = boost::asio::get_associated_cancellation_slot(done);
        const auto report = next_report(data);
        hid_->async_write(report,
            boost::asio::bind_cancellation_slot(slot, [this, data, end = std::move(done)](result<void> sent) mutable {
                if (!sent || data.empty()) return std::move(end)(std::move(sent));
                async_write(data, std::move(end));
            }));
    }
    void async_read_some(byte_span into, net::completion<std::size_t> done) override {
        if (!held_.empty()) {
            return net::post_completion(get_executor(), std::move(done), result<std::size_t>(give(into)));
        }
        const auto slot = boost::asio::get_associated_cancellation_slot(done);
        hid_->async_read_some(in_, boost::asio::bind_cancellation_slot(
                                       slot, [this, into, end = std::move(done)](result<std::size_t> size) mutable {
                                           if (!size) return std::move(end)(std::move(size));
                                           take(*size);
                                           if (held_.empty()) return async_read_some(into, std::move(end));
                                           std::move(end)(result<std::size_t>(give(into)));
                                       }));
    }
    void cancel() noexcept override { hid_->cancel(); }
    void close() noexcept override { hid_->close(); }
    bool is_open() const noexcept override { return hid_->is_open(); }
    boost::asio::any_io_executor get_executor() override { return hid_->get_executor(); }
    std::string_view endpoint() const noexcept override { return hid_->endpoint(); }

  private:
    /// Moves the front of `data` into a report: its number, the bytes, filling.
    byte_view next_report(byte_view& data) {
        const auto size = std::min(data.size(), shape_.out_size);
        out_[0] = shape_.out_number;
        std::copy_n(data.begin(), size, out_.begin() + 1);
        std::fill(out_.begin() + 1 + static_cast<std::ptrdiff_t>(size), out_.end(), shape_.fill);
        data = data.subspan(size);
        return out_;
    }
    void take(std::size_t size) {
        auto report = byte_view(in_).first(size);
        if (shape_.in_number != 0) {
            if (report.empty() || report[0] != shape_.in_number) return;
            report = report.subspan(1);
        }
        held_ = report;
    }
    std::size_t give(byte_span into) {
        const auto size = std::min(into.size(), held_.size());
        std::copy_n(held_.begin(), size, into.begin());
        held_ = held_.subspan(size);
        return size;
    }

    std::unique_ptr<net::transport> hid_;
    report_shape shape_;
    bytes out_;
    bytes in_;
    byte_view held_; ///< of `in_`, not yet read
};

} // namespace

std::unique_ptr<net::transport> make_report_link(std::unique_ptr<net::transport> hid, const report_shape& shape) {
    return std::make_unique<report_link>(std::move(hid), shape);
}

} // namespace cipherlane::drivers
