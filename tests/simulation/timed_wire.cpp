#include "simulation/timed_wire.hpp"

#include <cipherlane/net/errc.hpp>

#include <boost/asio/system_executor.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::simulation {
namespace {

error wire_error(net_errc why) {
    return {why, layer::net};
}

constexpr std::string_view head_ends = "\r\n\r\n";

} // namespace

result<void> timed_wire::write(byte_view data, const call& /*bounds*/) {
    if (!open_) return wire_error(net_errc::not_open);
    sent_.insert(sent_.end(), data.begin(), data.end());
    hear(sent_);
    return {};
}

result<std::size_t> timed_wire::read_some(byte_span into, const call& bounds) {
    const auto until = bounds.until().at();
    for (;;) {
        if (world_.doors.off()) {
            world_.time.pause(bounds);
            return wire_error(net_errc::timed_out);
        }
        if (!pieces_.empty() && pieces_.front().at <= world_.time.now()) return take(into);
        if (ends_ && pieces_.empty()) {
            open_ = false;
            return wire_error(net_errc::closed_by_peer);
        }
        if (world_.time.now() >= until) return wire_error(net_errc::timed_out);
        static_cast<void>(world_.time.pass_to_next(pieces_.empty() ? until : std::min(until, pieces_.front().at)));
    }
}

std::size_t timed_wire::take(byte_span into) {
    auto& next = pieces_.front().data;
    const auto count = std::min(into.size(), next.size());
    std::copy_n(next.begin(), count, into.begin());
    next.erase(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(count));
    if (next.empty()) pieces_.pop_front();
    return count;
}

void timed_wire::async_write(byte_view /*data*/, net::completion<void> done) {
    std::move(done)(wire_error(net_errc::lost));
}
void timed_wire::async_read_some(byte_span /*into*/, net::completion<std::size_t> done) {
    std::move(done)(wire_error(net_errc::lost));
}
boost::asio::any_io_executor timed_wire::get_executor() {
    return boost::asio::system_executor();
}

std::optional<http_request> take_http_request(bytes& sent) {
    const auto text = as_text(sent);
    const auto head = text.find(head_ends);
    constexpr std::string_view length_is = "Content-Length: ";
    const auto length = text.find(length_is);
    if (head == std::string_view::npos || length > head) return std::nullopt;
    std::size_t size = 0;
    for (auto at = length + length_is.size(); text[at] >= '0' && text[at] <= '9'; ++at)
        size = size * 10 + static_cast<std::size_t>(text[at] - '0');
    const auto begin = head + head_ends.size();
    if (sent.size() < begin + size) return std::nullopt;
    http_request found;
    found.line = std::string(text.substr(0, text.find("\r\n")));
    const auto from = sent.begin() + static_cast<std::ptrdiff_t>(begin);
    found.body.assign(from, from + static_cast<std::ptrdiff_t>(size));
    sent.erase(sent.begin(), from + static_cast<std::ptrdiff_t>(size));
    return found;
}

bytes http_answer(std::string_view status, byte_view body) {
    const auto head = "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
                      std::string(head_ends);
    bytes made(head.begin(), head.end());
    made.insert(made.end(), body.begin(), body.end());
    return made;
}

} // namespace cipherlane::simulation
