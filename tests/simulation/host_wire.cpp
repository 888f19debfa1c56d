#include "simulation/host_wire.hpp"

#include "simulation/devices.hpp"
#include "simulation/timed_wire.hpp"

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/tcp_host.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto bank_needs = 300ms;
constexpr auto between_pieces = 200ms;
constexpr auto late_by = 70'000ms; ///< of a request that hangs somewhere

/// Another code: what was approved is refused, what was refused approved. Field 39 stands before the terminal's name.
void spoil(bytes& answer) {
    const auto text = as_text(answer);
    const auto terminal = text.find("TEST000");
    if (terminal == std::string_view::npos || terminal < 2) return;
    const std::string_view other = text.substr(terminal - 2, 2) == "00" ? "51" : "00";
    std::copy(other.begin(), other.end(), answer.begin() + static_cast<std::ptrdiff_t>(terminal) - 2);
}

bytes framed(byte_view message) {
    bytes made{static_cast<std::uint8_t>(message.size() >> 8U), static_cast<std::uint8_t>(message.size())};
    made.insert(made.end(), message.begin(), message.end());
    return made;
}

/// One connection to the bank.
class wire final : public timed_wire {
  public:
    explicit wire(world& in) noexcept
        : timed_wire(in, "bank")
        , world_(in) {}

  private:
    void hear(bytes& sent) override {
        if (!world_.people.http) return hear_frames(sent);
        while (auto post = take_http_request(sent)) {
            auto frames = std::move(post->body);
            hear_frames(frames);
        }
    }

    void hear_frames(bytes& sent) {
        while (sent.size() >= 2) {
            const std::size_t size = static_cast<std::size_t>(sent[0]) << 8U | sent[1];
            if (sent.size() < 2 + size) break;
            const bytes message(sent.begin() + 2, sent.begin() + 2 + static_cast<std::ptrdiff_t>(size));
            sent.erase(sent.begin(), sent.begin() + 2 + static_cast<std::ptrdiff_t>(size));
            carry(message);
        }
    }

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
        case fault::says_unknown:
            world_.host_books.says_instead = "09";
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
            const auto frame = world_.people.http ? http_answer("200 OK", framed(one)) : framed(one);
            all.insert(all.end(), frame.begin(), frame.end());
        }
        // Where there are two, the second comes in two pieces.
        const bool splits = answers.size() > 1 || wrong == fault::answer_split || wrong == fault::answer_cut;
        const auto middle = splits ? all.size() - all.size() / (2 * answers.size()) : all.size();
        send(bank_needs, bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(middle)));
        if (wrong == fault::answer_cut) return end();
        if (splits) {
            send(bank_needs + between_pieces, bytes(all.begin() + static_cast<std::ptrdiff_t>(middle), all.end()));
        }
    }

    world& world_;
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
