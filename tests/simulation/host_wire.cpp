#include "simulation/host_wire.hpp"

#include "simulation/devices.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/system_executor.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto bank_needs = 300ms;
constexpr auto between_pieces = 200ms;
constexpr auto late_by = 70'000ms; ///< of a request that hangs somewhere

error wire_error(net_errc why) {
    return {why, layer::net};
}

/// Another code: what was approved is refused, what was refused approved. Field 39 stands before the terminal's name.
void spoil(bytes& answer) {
    const auto text = as_text(answer);
    const auto terminal = text.find("TEST000");
    if (terminal == std::string_view::npos || terminal < 2) return;
    const std::string_view other = text.substr(terminal - 2, 2) == "00" ? "51" : "00";
    std::copy(other.begin(), other.end(), answer.begin() + static_cast<std::ptrdiff_t>(terminal) - 2);
}

constexpr std::string_view head_ends = "\r\n\r\n";

/// What an HTTP post carries, once it is there whole; it is taken out of `sent`.
bytes posted(bytes& sent) {
    const auto text = as_text(sent);
    const auto head = text.find(head_ends);
    constexpr std::string_view length_is = "Content-Length: ";
    const auto length = text.find(length_is);
    if (head == std::string_view::npos || length > head) return {};
    std::size_t size = 0;
    for (auto at = length + length_is.size(); text[at] >= '0' && text[at] <= '9'; ++at)
        size = size * 10 + static_cast<std::size_t>(text[at] - '0');
    const auto begin = head + head_ends.size();
    if (sent.size() < begin + size) return {};
    const auto from = sent.begin() + static_cast<std::ptrdiff_t>(begin);
    bytes body(from, from + static_cast<std::ptrdiff_t>(size));
    sent.erase(sent.begin(), from + static_cast<std::ptrdiff_t>(size));
    return body;
}

bytes http_answer(byte_view body) {
    const auto head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + std::string(head_ends);
    bytes made(head.begin(), head.end());
    made.insert(made.end(), body.begin(), body.end());
    return made;
}

bytes framed(byte_view message) {
    bytes made{static_cast<std::uint8_t>(message.size() >> 8U), static_cast<std::uint8_t>(message.size())};
    made.insert(made.end(), message.begin(), message.end());
    return made;
}

/// One connection. What the bank sends comes in pieces, each at its time.
class wire final : public net::transport {
  public:
    explicit wire(world& in) noexcept
        : world_(in) {}

    [[nodiscard]] result<void> write(byte_view data, const call& /*bounds*/) override {
        if (!open_) return wire_error(net_errc::not_open);
        auto& to = world_.people.http ? posts_ : sent_;
        to.insert(to.end(), data.begin(), data.end());
        if (world_.people.http) sent_ = posted(posts_);
        while (sent_.size() >= 2) {
            const std::size_t size = static_cast<std::size_t>(sent_[0]) << 8U | sent_[1];
            if (sent_.size() < 2 + size) break;
            const bytes message(sent_.begin() + 2, sent_.begin() + 2 + static_cast<std::ptrdiff_t>(size));
            sent_.erase(sent_.begin(), sent_.begin() + 2 + static_cast<std::ptrdiff_t>(size));
            carry(message);
        }
        return {};
    }

    [[nodiscard]] result<std::size_t> read_some(byte_span into, const call& bounds) override {
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
            static_cast<void>(
                world_.time.pass_to_next(pieces_.empty() ? until : std::min(until, pieces_.front().at)));
        }
    }

    void async_write(byte_view, net::completion<void> done) override { std::move(done)(wire_error(net_errc::lost)); }
    void async_read_some(byte_span, net::completion<std::size_t> done) override {
        std::move(done)(wire_error(net_errc::lost));
    }
    void cancel() noexcept override {}
    void close() noexcept override { open_ = false; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() override { return boost::asio::system_executor(); }
    [[nodiscard]] std::string_view endpoint() const noexcept override { return "bank"; }

  private:
    struct piece {
        virtual_time::moment at;
        bytes data;
    };

    /// The bank hears a message; its answer, empty where it gives none.
    [[nodiscard]] bytes deliver(byte_view request) {
        // A reversal that the till takes for done, and nobody has heard of.
        const bool reversal = request.size() > 13 && request[11] == 0x04 && request[12] == 0x00;
        if (world_.wrong == mutant::reversal_dropped && reversal) {
            auto elsewhere = world_.host_books;
            return elsewhere.handle(request, world_.key, world_.stamp()).value_or(bytes());
        }
        return world_.host_books.handle(request, world_.key, world_.stamp()).value_or(bytes());
    }

    void hear_late(const bytes& message) {
        fingerprint tag;
        tag.add(message);
        tag.add(world_.key);
        const auto hear = [&in = world_, message, key = world_.key] {
            static_cast<void>(in.host_books.handle(message, key, in.stamp()));
        };
        world_.time.plan(late_by, hear, tag.value());
    }

    void carry(const bytes& message) {
        std::vector<bytes> answers;
        switch (world_.doors.next(point::host_request, "request")) {
        case fault::off:
        case fault::request_lost: return;
        case fault::request_late: return hear_late(message);
        case fault::request_twice:
            answers.push_back(deliver(message));
            answers.push_back(deliver(message));
            break;
        case fault::request_resent:
            static_cast<void>(deliver(message));
            answers.push_back(deliver(message));
            break;
        case fault::says_failed:
            world_.host_books.says_instead = "96";
            answers.push_back(deliver(message));
            break;
        case fault::says_invalid:
            world_.host_books.says_instead = "12";
            world_.host_books.does_nothing = true;
            answers.push_back(deliver(message));
            break;
        default: answers.push_back(deliver(message)); break;
        }
        answer(std::move(answers));
    }

    void answer(std::vector<bytes> answers) {
        if (answers.front().empty()) return;
        const auto wrong = world_.doors.next(point::host_answer, "answer");
        const auto own = answers.front();
        if (wrong == fault::off || wrong == fault::answer_lost) return;
        if (wrong == fault::answer_spoilt) spoil(answers.front());
        if (wrong == fault::answer_foreign) answers.insert(answers.begin(), world_.earlier_answer);
        world_.earlier_answer = own;
        bytes all;
        for (const auto& one : answers) {
            if (one.empty()) continue;
            const auto frame = world_.people.http ? http_answer(framed(one)) : framed(one);
            all.insert(all.end(), frame.begin(), frame.end());
        }
        const auto first = world_.time.now() + bank_needs;
        // Where there are two, the second comes in two pieces.
        const bool splits = answers.size() > 1 || wrong == fault::answer_split || wrong == fault::answer_cut;
        const auto middle = splits ? all.size() - all.size() / (2 * answers.size()) : all.size();
        pieces_.push_back({first, bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(middle))});
        ends_ = wrong == fault::answer_cut;
        if (splits && !ends_) {
            pieces_.push_back(
                {first + between_pieces, bytes(all.begin() + static_cast<std::ptrdiff_t>(middle), all.end())});
        }
    }

    [[nodiscard]] std::size_t take(byte_span into) {
        auto& next = pieces_.front().data;
        const auto count = std::min(into.size(), next.size());
        std::copy_n(next.begin(), count, into.begin());
        next.erase(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(count));
        if (next.empty()) pieces_.pop_front();
        return count;
    }

    world& world_;
    bool open_ = true;
    bool ends_ = false; ///< the peer closes behind what is on its way
    bytes posts_;       ///< the HTTP around what was sent
    bytes sent_;
    std::deque<piece> pieces_;
};

result<std::unique_ptr<net::transport>> connect(world& in) {
    const auto wrong = in.doors.next(point::host_send, "connect");
    if (wrong != fault::none) return without_effect(wrong);
    return std::unique_ptr<net::transport>(std::make_unique<wire>(in));
}

/// A link with one of the faults that mutants have.
class mutant_link final : public ports::host {
  public:
    mutant_link(std::unique_ptr<ports::host> real, world& in) noexcept
        : real_(std::move(real))
        , world_(in) {}

    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override {
        const bool any = world_.wrong == mutant::any_answer_believed;
        auto end = any ? real_->exchange(request, anything(), bounds) : real_->exchange(request, filter, bounds);
        if (end || !end.error().is(condition::outcome_unknown)) return end;
        if (world_.wrong == mutant::silence_is_refusal) return without_effect(fault::link_lost);
        return end;
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override { return real_->response_time(); }

  private:
    class anything final : public ports::answer_filter {
      public:
        [[nodiscard]] bool matches(byte_view) const override { return true; }
    };
    std::unique_ptr<ports::host> real_;
    world& world_;
};

} // namespace

result<std::unique_ptr<ports::host>> link_to_bank(world& in) {
    hostlink::tcp_host_settings settings;
    settings.address = "127.0.0.1:1"; // never connected to
    if (in.people.http) settings.http_path = "/pos";
    if (in.people.keeps_connection) settings.life = hostlink::connection_life::kept;
    CIPHERLANE_TRY(
        auto link, hostlink::tcp_host::create(settings, logger::none(), [&in](const call&) { return connect(in); }));
    if (in.wrong == mutant::none) return std::unique_ptr<ports::host>(std::move(link));
    return std::unique_ptr<ports::host>(std::make_unique<mutant_link>(std::move(link), in));
}

} // namespace cipherlane::simulation
