#include "../one_call.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/drivers/pinpad/pinpad_keeper.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace cipherlane::drivers {
namespace {

using moment = timer_source::clock::time_point;
using std::chrono::milliseconds;

constexpr auto never = moment::max();

/// What a pad can do besides what every pad can.
struct abilities {
    bool master_key = false;
    bool macs = false;
    bool serial_cryptogram = false;
    bool currency = false;
    bool lists = false;
};

abilities abilities_of(const ports::pinpad& pad) noexcept {
    return {pad.takes_master_key(), pad.makes_macs(), pad.makes_serial_cryptogram(), pad.asks_currency(),
        pad.takes_lists()};
}

/// @return false where the caller asked for the end.
bool wait_for(milliseconds span, const call& bounds) {
    pause(bounds.no_later_than(span));
    return !bounds.stopped();
}

} // namespace

result<void> pinpad_keeper_settings::validate() const {
    if (look_every.count() < 0) return bad_setting("look_every");
    if (reopen_first.count() <= 0) return bad_setting("reopen_first");
    if (reopen_most < reopen_first) return bad_setting("reopen_most");
    if (wait_for_pad.count() < 0) return bad_setting("wait_for_pad");
    if (own_call.count() <= 0) return bad_setting("own_call");
    return {};
}

class pinpad_keeper::body : public std::enable_shared_from_this<body> {
  public:
    body(opener open, timer_source& timer, pinpad_keeper_settings settings, keeper_observer watch, logger log)
        : open_(std::move(open))
        , timer_(timer)
        , settings_(settings)
        , watch_(std::move(watch))
        , log_(std::move(log)) {}

    /// No task of this keeper does anything from here on; one that runs is waited for.
    void stop() {
        const std::lock_guard held(io_);
        stopped_ = true;
        timer_.cancel(armed_);
        pad_.reset();
    }

    void start() {
        const std::lock_guard held(io_);
        if (stopped_ || pad_) return;
        wanted_ = true;
        change([](pinpad_health& is) { is.state = pinpad_state::away; });
        wake_at_ = timer_.now();
        arm();
    }

    [[nodiscard]] pinpad_health health() const {
        const std::lock_guard held(health_lock_);
        return health_;
    }

    [[nodiscard]] abilities can() const {
        const std::lock_guard held(health_lock_);
        return abilities_;
    }

    /// Which pads may carry a call out.
    enum class needs : std::uint8_t {
        any_pad,
        same_opening, ///< the one that has read the card, and not opened anew since
    };

    template <class F>
    auto use(needs which, const call& bounds, F what) -> decltype(what(std::declval<ports::pinpad&>())) {
        const one_call mine(under_way_);
        CIPHERLANE_CHECK(mine.check());
        std::unique_lock held(io_, std::defer_lock);
        if (!held.try_lock_until(bounds.until().at())) {
            return error(net_errc::timed_out, layer::drivers).during("open PIN pad");
        }
        auto outcome = carry_out(which, bounds, what);
        arm();
        held.unlock();
        tell();
        return outcome;
    }

    result<void> open(const call& bounds) {
        return use(needs::any_pad, bounds, [&](ports::pinpad& pad) -> result<void> {
            card_at_.reset();
            if (std::exchange(fresh_, false)) return {}; // the opener has just done it
            return pad.open(bounds);
        });
    }

    result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) {
        return use(needs::any_pad, bounds, [&](ports::pinpad& pad) {
            auto card = pad.read_card(request, bounds);
            card_at_.reset();
            if (card) card_at_ = opening_;
            return card;
        });
    }

    result<void> close(const call& bounds) {
        const one_call mine(under_way_);
        CIPHERLANE_CHECK(mine.check());
        std::unique_lock held(io_, std::defer_lock);
        if (!held.try_lock_until(bounds.until().at())) {
            return error(net_errc::timed_out, layer::drivers).during("close PIN pad");
        }
        wanted_ = false;
        card_at_.reset();
        const auto pad = std::exchange(pad_, nullptr);
        change([](pinpad_health& is) { is.state = pinpad_state::closed; });
        arm();
        return pad ? pad->close(bounds) : result<void>();
    }

  private:
    /// Under the io lock.
    template <class F>
    auto carry_out(needs which, const call& bounds, F& what) -> decltype(what(std::declval<ports::pinpad&>())) {
        CIPHERLANE_CHECK(be_there(bounds));
        if (which == needs::same_opening && card_at_ && *card_at_ != opening_) {
            return refused(drivers_errc::device_gone).during("card's transaction");
        }
        auto outcome = what(*pad_);
        fresh_ = false;
        if (!outcome && outcome.error().is(condition::link_lost)) drop(outcome.error());
        return outcome;
    }

    /// Under the io lock: a pad that is there, opened anew if need be.
    result<void> be_there(const call& bounds) {
        wanted_ = true;
        look();
        const auto until = bounds.no_later_than(settings_.wait_for_pad);
        while (!pad_) {
            auto opened = open_once(bounds);
            if (opened || opened.error().is(condition::misuse) || opened.error().is(condition::cancelled))
                return opened;
            if (until.until().passed()) return opened;
            if (!wait_for(pause_, until)) return error(net_errc::cancelled, layer::drivers).during("open PIN pad");
        }
        return {};
    }

    /// Notes a pad that went while nobody used it.
    void look() {
        if (pad_ && !pad_->attached()) drop(refused(drivers_errc::device_gone));
    }

    result<void> open_once(const call& bounds) {
        auto opened = open_(bounds);
        if (!opened) {
            pause_ = pause_.count() == 0 ? settings_.reopen_first : std::min(pause_ * 2, settings_.reopen_most);
            change([&](pinpad_health& is) {
                is.state = pinpad_state::away;
                is.last_error = opened.error();
            });
            return std::move(opened).error();
        }
        pad_ = *std::move(opened);
        pause_ = milliseconds{0};
        ++opening_;
        fresh_ = opened_ = true;
        change([&](pinpad_health& is) {
            abilities_ = abilities_of(*pad_);
            is.state = pinpad_state::attached;
            ++is.openings;
        });
        return {};
    }

    void drop(const error& why) {
        log_.warning("PIN pad", why.to_string());
        pad_.reset();
        lost_ = why;
        change([&](pinpad_health& is) {
            is.state = pinpad_state::away;
            ++is.losses;
            is.last_error = why;
        });
    }

    /// The timer's thread, while no call has the pad.
    void wake() {
        std::unique_lock held(io_, std::try_to_lock);
        if (!held) return look_again();
        if (stopped_ || !wanted_) return;
        look();
        if (!pad_) static_cast<void>(open_once(call(settings_.own_call)));
        arm();
        held.unlock();
        tell();
    }

    /// Whoever has the lock may have armed this very task, and then arms no other: a timer is as quick as that.
    void look_again() {
        timer_.at(timer_.now() + settings_.reopen_first, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->wake();
        });
    }

    /// One timer for whatever comes next.
    void arm() {
        timer_.cancel(armed_);
        armed_ = 0;
        auto next = std::exchange(wake_at_, never);
        if (next == never && wanted_) {
            if (!pad_) next = timer_.now() + std::max(pause_, settings_.reopen_first);
            if (pad_ && settings_.look_every.count() > 0) next = timer_.now() + settings_.look_every;
        }
        if (next == never || stopped_) return;
        armed_ = timer_.at(next, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->wake();
        });
    }

    /// Tells the observer what happened, without the lock.
    void tell() {
        std::optional<error> lost;
        bool opened = false;
        {
            const std::lock_guard held(io_);
            if (stopped_) return;
            lost = std::exchange(lost_, std::nullopt);
            opened = std::exchange(opened_, false);
        }
        if (lost && watch_.lost) watch_.lost(*lost);
        if (opened && watch_.opened) watch_.opened();
    }

    template <class F>
    void change(F how) {
        const std::lock_guard held(health_lock_);
        how(health_);
    }

    opener open_;
    timer_source& timer_;
    pinpad_keeper_settings settings_;
    keeper_observer watch_;
    logger log_;
    std::atomic<bool> under_way_ = false;

    std::timed_mutex io_; // guards all below up to health_lock_
    std::unique_ptr<ports::pinpad> pad_;
    std::uint64_t opening_ = 0;            ///< counts them
    std::optional<std::uint64_t> card_at_; ///< the opening that the last card was read in
    bool fresh_ = false;                   ///< opened, and nothing asked of it since
    bool wanted_ = false;
    bool stopped_ = false;
    bool opened_ = false;
    std::optional<error> lost_;
    milliseconds pause_{0};
    moment wake_at_ = never;
    std::uint64_t armed_ = 0;

    mutable std::mutex health_lock_; // never held over a call of anything else
    pinpad_health health_;
    abilities abilities_; ///< of the pad that was open last
};

pinpad_keeper::pinpad_keeper(
    opener open, timer_source& timer, pinpad_keeper_settings settings, keeper_observer watch, logger log)
    : body_(std::make_shared<body>(std::move(open), timer, settings, std::move(watch), std::move(log))) {}

pinpad_keeper::~pinpad_keeper() {
    body_->stop();
}

void pinpad_keeper::start() {
    body_->start();
}

pinpad_health pinpad_keeper::health() const {
    return body_->health();
}

bool pinpad_keeper::attached() const noexcept {
    return body_->health().state == pinpad_state::attached;
}

result<void> pinpad_keeper::open(const call& bounds) {
    return body_->open(bounds);
}

result<ports::card_data> pinpad_keeper::read_card(const ports::card_request& request, const call& bounds) {
    return body_->read_card(request, bounds);
}

result<secret_bytes> pinpad_keeper::enter_pin(const ports::pin_request& request, const call& bounds) {
    return body_->use(
        body::needs::same_opening, bounds, [&](ports::pinpad& pad) { return pad.enter_pin(request, bounds); });
}

result<void> pinpad_keeper::finish(std::string_view line1, std::string_view line2, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.finish(line1, line2, bounds); });
}

result<ports::chip_report> pinpad_keeper::finish_chip(const ports::chip_verdict& verdict, const call& bounds) {
    return body_->use(
        body::needs::same_opening, bounds, [&](ports::pinpad& pad) { return pad.finish_chip(verdict, bounds); });
}

result<void> pinpad_keeper::show(std::string_view line1, std::string_view line2, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.show(line1, line2, bounds); });
}

bool pinpad_keeper::takes_master_key() const noexcept {
    return body_->can().master_key;
}

result<void> pinpad_keeper::load_master_key(const ports::wrapped_key& key, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.load_master_key(key, bounds); });
}

bool pinpad_keeper::makes_macs() const noexcept {
    return body_->can().macs;
}

result<void> pinpad_keeper::load_working_key(
    ports::working_key use, const ports::wrapped_key& key, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.load_working_key(use, key, bounds); });
}

result<bytes> pinpad_keeper::make_mac(const ports::wrapped_key& key, byte_view mab, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.make_mac(key, mab, bounds); });
}

bool pinpad_keeper::makes_serial_cryptogram() const noexcept {
    return body_->can().serial_cryptogram;
}

result<ports::serial_cryptogram> pinpad_keeper::make_serial_cryptogram(
    std::string_view serial, std::string_view factor, const call& bounds) {
    return body_->use(body::needs::any_pad, bounds,
        [&](ports::pinpad& pad) { return pad.make_serial_cryptogram(serial, factor, bounds); });
}

bool pinpad_keeper::asks_currency() const noexcept {
    return body_->can().currency;
}

result<ports::currency_choice> pinpad_keeper::choose_currency(
    const amount& local, const ports::conversion& offer, const call& bounds) {
    return body_->use(body::needs::same_opening, bounds,
        [&](ports::pinpad& pad) { return pad.choose_currency(local, offer, bounds); });
}

bool pinpad_keeper::takes_lists() const noexcept {
    return body_->can().lists;
}

result<void> pinpad_keeper::load_list(std::string_view name, const std::vector<bytes>& entries, const call& bounds) {
    return body_->use(
        body::needs::any_pad, bounds, [&](ports::pinpad& pad) { return pad.load_list(name, entries, bounds); });
}

result<void> pinpad_keeper::close(const call& bounds) {
    return body_->close(bounds);
}

} // namespace cipherlane::drivers
