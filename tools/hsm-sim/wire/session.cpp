#include "hsm-sim/wire/session.hpp"

#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace cipherlane::hsm_sim {

namespace {

constexpr std::chrono::seconds handshake_time{10};
constexpr std::chrono::seconds farewell_time{1};

} // namespace

session::session(worker& on, boost::asio::ip::tcp::socket socket)
    : worker_(on)
    , socket_(std::move(socket))
    , timer_(on.io)
    , idle_(on.io.get_executor(), on.idle, [this] { close(); }) {
    worker_.open_.fetch_add(1, std::memory_order_relaxed);
    boost::system::error_code gone; // a client that has hung up already has no address
    const auto local = socket_.local_endpoint(gone);
    const auto remote = gone ? local : socket_.remote_endpoint(gone);
    const auto address = remote.address().is_v4() ? remote.address().to_v4().to_uint() : 0U;
    number_ = worker_.device.statistics().add({local.port(), address, remote.port(), unit_statistics::clock::now()});
}

session::~session() {
    worker_.open_.fetch_sub(1, std::memory_order_relaxed);
    worker_.device.statistics().remove(number_);
}

void session::start() {
    if (worker_.tls == nullptr) return read();
    secured_ = std::make_unique<tls_stream>(socket_, *worker_.tls);
    shake_hands();
}

void session::shake_hands() {
    timer_.expires_after(handshake_time);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
        if (!stopped) self->close();
    });
    secured_->async_handshake(
        tls_stream::server, [self = shared_from_this()](const boost::system::error_code& failed) {
            self->timer_.cancel();
            if (!failed) return self->read();
            self->worker_.handshakes.tell(log_level::warning, "handshake", "handshake failed: " + failed.message());
            self->let_go();
        });
}

/// Hangs up so that the client sees the alert: closing at once would reset the connection if its first request has
/// already come.
void session::let_go() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    timer_.expires_after(farewell_time);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
        if (!stopped) self->close();
    });
    input_.resize(first_buffer);
    wait_for_end();
}

void session::wait_for_end() {
    socket_.async_read_some(
        boost::asio::buffer(input_), [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
            if (failed) return self->close();
            self->wait_for_end();
        });
}

void session::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
}

void session::read() {
    if (begin_ == filled_) begin_ = filled_ = 0;
    if (input_.size() - filled_ < first_buffer / 2) {
        if (begin_ > 0) {
            std::memmove(input_.data(), input_.data() + begin_, filled_ - begin_);
            filled_ -= begin_;
            begin_ = 0;
        }
        if (input_.size() - filled_ < first_buffer / 2)
            input_.resize(input_.empty() ? first_buffer : 2 * input_.size());
    }
    const auto room = boost::asio::buffer(input_.data() + filled_, input_.size() - filled_);
    const auto then = [self = shared_from_this()](
                          boost::system::error_code failed, std::size_t count) { self->on_read(failed, count); };
    if (secured_ != nullptr) return secured_->async_read_some(room, then);
    socket_.async_read_some(room, then);
}

void session::on_read(boost::system::error_code failed, std::size_t count) {
    if (failed) return;
    idle_.heard();
    worker_.device.statistics().count_received(count);
    filled_ += count;
    process();
}

/// Answers what is there. Stops early for a fault that needs time or ends the connection.
void session::process() {
    while (begin_ < filled_ && !hang_up_ && !silent_ && hold_.count() == 0 && output_.size() < largest_batch) {
        const std::string_view stream(input_.data() + begin_, filled_ - begin_);
        const auto begun = unit_statistics::clock::now();
        const auto done = worker_.wire->next(stream, output_);
        if (done.consumed == 0) break;
        worker_.count(done, unit_statistics::clock::now() - begun);
        const auto request = stream.substr(0, done.consumed);
        const auto fault = worker_.faults.hit(done.command);
        worker_.counts.add(done.command, done.refused || (fault && fault->kind == "status"));
        if (worker_.log_requests) log_request(done, request);
        begin_ += done.consumed;
        hang_up_ = done.hang_up;
        if (fault) apply(*fault, done);
    }
    if (silent_) begin_ = filled_;
    write();
}

void session::apply(const sim::fault& what, const answered& done) {
    if (done.end == 0) return;
    const bool half = what.effect == sim::fault_effect::halve;
    const auto text = std::string_view(output_).substr(done.at, half ? done.end - done.at : std::string::npos);
    const auto raw = as_bytes(text);
    const auto made = sim::play(what, bytes(raw.begin(), raw.end()),
        [&](const sim::fault& kind, bytes answer) { return altered(kind, std::move(answer), done); });
    output_.resize(done.at);
    if (made.delay.count() > 0) {
        held_ = as_text(made.message);
        hold_ = made.delay;
    } else {
        for (int copy = 0; copy < made.copies; ++copy)
            output_.append(as_text(made.message));
    }
    hang_up_ = hang_up_ || made.hang_up;
    silent_ = half && !made.hang_up;
    if (what.kind == "restart") worker_.events.restart(what.delay);
    if (what.kind == "lmk_change") worker_.events.change_lmks();
}

/// The kinds that only a cipher machine has. Places in `done` count from where its frame begins.
bytes session::altered(const sim::fault& what, bytes answer, const answered& done) const {
    const auto place = [&](std::size_t at) { return answer.begin() + static_cast<std::ptrdiff_t>(at - done.at); };
    if (what.kind == "wrong_header") {
        // Where there is no header the answer's own first byte is what the client ties it to.
        *place(done.header_at < done.body_at ? done.body_at - 1 : done.body_at) ^= 0x01U;
    } else if (what.kind == "warning" && done.status_at != 0) {
        const std::string code = what.value.empty() ? "02" : what.value;
        std::copy(code.begin(), code.end(), place(done.status_at));
    } else if (what.kind == "status") {
        answer.erase(place(done.status_at != 0 ? done.status_at : done.body_at), answer.end());
        const std::string code = what.value.empty() ? "41" : what.value;
        if (done.status_at != 0) {
            answer.insert(answer.end(), code.begin(), code.end());
        } else {
            answer.push_back('E');
            answer.push_back(static_cast<std::uint8_t>(std::strtoul(code.c_str(), nullptr, 16)));
        }
        if (worker_.device.settings().frame.length_prefix) {
            store_be16(answer.data(), static_cast<std::uint16_t>(answer.size() - 2));
        }
    }
    return answer;
}

void session::write() {
    if (output_.empty()) return after_write();
    worker_.device.statistics().count_sent(output_.size());
    const auto then = [self = shared_from_this()](
                          boost::system::error_code failed, std::size_t) { self->on_written(failed); };
    if (secured_ != nullptr) return boost::asio::async_write(*secured_, boost::asio::buffer(output_), then);
    boost::asio::async_write(socket_, boost::asio::buffer(output_), then);
}

void session::on_written(boost::system::error_code failed) {
    if (failed) return;
    output_.clear();
    after_write();
}

void session::after_write() {
    if (hold_.count() > 0) {
        timer_.expires_after(hold_);
        timer_.async_wait([self = shared_from_this()](boost::system::error_code failed) {
            if (failed) return;
            self->hold_ = std::chrono::milliseconds(0);
            self->output_ = std::move(self->held_);
            self->held_.clear();
            self->process();
        });
        return;
    }
    if (hang_up_) {
        // What the client still sends is read and thrown away by the system, so that it sees the answer first.
        boost::system::error_code ignored;
        socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
        return close();
    }
    read();
}

void session::log_request(const answered& done, std::string_view request) const {
    std::string line = command_name(done.command);
    line += " ";
    line += std::to_string(request.size());
    line += " bytes, status ";
    // What was too short for a command has none.
    line += done.status[0] == '\0' ? "none" : std::string(done.status.data(), done.status.size());
    line += ", answer ";
    line += std::to_string(done.end - done.at);
    line += " bytes";
    worker_.log.info("request", line);
}

} // namespace cipherlane::hsm_sim
