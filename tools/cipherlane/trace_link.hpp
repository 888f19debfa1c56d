#pragma once

#include "cipherlane/trace_mask.hpp"

#include <cipherlane/net/transport.hpp>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// A link that writes down what goes over it, for handing over: one line a transfer, "> HEX" for what the SDK sent,
/// "< HEX" for what the device sent, long numbers masked as `trace_mask` does.
class trace_link final : public net::transport {
  public:
    trace_link(std::unique_ptr<net::transport> inner, const std::string& file);
    ~trace_link() override;

    result<void> write(byte_view data, const call& bounds) override;
    result<std::size_t> read_some(byte_span into, const call& bounds) override;
    void async_write(byte_view data, net::completion<void> done) override;
    void async_read_some(byte_span into, net::completion<std::size_t> done) override;
    void cancel() noexcept override { inner_->cancel(); }
    void close() noexcept override { inner_->close(); }
    [[nodiscard]] bool is_open() const noexcept override { return inner_->is_open(); }
    [[nodiscard]] boost::asio::any_io_executor get_executor() override { return inner_->get_executor(); }
    [[nodiscard]] std::string_view endpoint() const noexcept override { return inner_->endpoint(); }

  private:
    void note(trace_entry::from who, byte_view data);
    void write_down();

    std::unique_ptr<net::transport> inner_;
    std::ofstream file_;
    trace_mask mask_;
};

/// Throws `std::runtime_error` for a file that is no trace.
[[nodiscard]] std::vector<trace_entry> read_trace(const std::string& file);

} // namespace cipherlane::cli
