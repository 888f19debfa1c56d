#include <cipherlane/core/pause.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/errc.hpp>

#include <array>
#include <optional>

namespace cipherlane::net {
namespace {

/// One blocking run of one machine.
class blocking_engine {
  public:
    blocking_engine(transport& link, const call& bounds)
        : link_(link)
        , bounds_(bounds) {}
    blocking_engine(const blocking_engine&) = delete;
    blocking_engine& operator=(const blocking_engine&) = delete;
    // What a peer sends may be a PIN block or a key.
    ~blocking_engine() { wipe(buffer_); }

    event perform(const action& next) {
        if (bounds_.stopped()) return failed(net_errc::cancelled, "exchange");
        if (bounds_.until().passed()) return failed(net_errc::timed_out, "exchange");
        switch (next.what) {
        case action::kind::send: return send(next);
        case action::kind::receive: return receive(next);
        case action::kind::wait: return wait(next);
        case action::kind::done: break;
        }
        return {};
    }

  private:
    [[nodiscard]] event failed(error why) const { return {event::kind::failed, {}, std::move(why)}; }
    [[nodiscard]] event failed(net_errc code, std::string_view operation) const {
        return failed(error(code, layer::net).during(operation).at_endpoint(link_.endpoint()));
    }

    event send(const action& next) {
        auto sent = link_.write(next.bytes, bounds_);
        return sent ? event{event::kind::sent, {}, {}} : failed(sent.error());
    }

    event receive(const action& next) {
        if (next.rule == action::timer::starts) {
            timer_.reset();
            if (next.timeout.count() > 0) timer_.emplace(deadline::in(next.timeout));
        }
        const bool timer_first = timer_ && timer_->at() < bounds_.until().at();
        const call limits(timer_first ? *timer_ : bounds_.until(), bounds_.stop());
        auto got = link_.read_some(buffer_, limits);
        if (got) return {event::kind::received, byte_view(buffer_).first(*got), {}};
        if (timer_first && got.error().is(condition::timed_out)) return {event::kind::expired, {}, {}};
        return failed(got.error());
    }

    event wait(const action& next) {
        cipherlane::pause(bounds_.no_later_than(next.timeout));
        if (bounds_.stopped()) return failed(net_errc::cancelled, "wait");
        if (bounds_.until().passed()) return failed(net_errc::timed_out, "wait");
        return {event::kind::expired, {}, {}};
    }

    transport& link_;
    const call& bounds_;
    std::optional<deadline> timer_;
    std::array<std::uint8_t, 2048> buffer_{};
};

} // namespace

void drive(machine& subject, transport& link, const call& bounds) {
    blocking_engine engine(link, bounds);
    for (action next = subject.resume({}); next.what != action::kind::done;)
        next = subject.resume(engine.perform(next));
}

} // namespace cipherlane::net
