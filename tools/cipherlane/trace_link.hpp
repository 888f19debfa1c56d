#pragma once

#include <cipherlane/net/transport.hpp>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::cli {

/// A link that writes down what goes over it, for handing over: one line a transfer, "> HEX" for what the SDK sent,
/// "< HEX" for what the device sent. Runs of 12 and more digits (a PAN, a track, an encrypted PIN) keep their first
/// six and last four digits only.
class trace_link final : public net::transport {
  public:
    trace_link(std::unique_ptr<net::transport> inner, const std::string& file);

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
    void note(char direction, byte_view data);
    std::unique_ptr<net::transport> inner_;
    std::ofstream file_;
};

/// Zeroes the middle of every run of 12 and more hexadecimal digits that begins with a decimal one. In place.
void mask_digits(bytes& data);

/// One transfer of a trace.
struct trace_entry {
    enum class from { till, device } who;
    bytes data;
};
/// Throws `std::runtime_error` for a file that is no trace.
[[nodiscard]] std::vector<trace_entry> read_trace(const std::string& file);

} // namespace cipherlane::cli
