// How a pool's calls end: answered, refused, unreadable, lost with their connection, cancelled; and what that says of
// the unit.
#include "client/command_exchange.hpp"
#include "client/pool_core.hpp"
#include "fail.hpp"

#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace cipherlane::hsm {
namespace {

std::size_t bucket_of(std::uint64_t microseconds) {
    const auto width = static_cast<std::size_t>(std::bit_width(microseconds >> 4));
    return std::min(width, unit_stats::latency_buckets - 1);
}

/// More than any dialect has.
constexpr std::size_t most_codes = 256;

void count_code(std::map<std::string, std::uint64_t>& in, std::string_view code) {
    std::string name(code);
    if (in.size() >= most_codes && !in.contains(name)) name = "other";
    ++in[name];
}

} // namespace

void pool_core::answered(pool_connection& on, pool_call& what) {
    auto& unit = units_[on.unit()];
    const auto moment = now();
    unit.health.answered(moment, what.is_health);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(moment - what.sent_at).count();
    const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took, 0));
    ++unit.stats.answers;
    ++unit.stats.latency[bucket_of(microseconds)];
    unit.stats.latency_sum_us += microseconds;
    judge_unit(on, *what.subject);
    // Before anybody else takes the room.
    if (unit.health.is_check_due() && on.has_room()) check_health(on);
    finish(what, nullptr);
    if (!waiting_.empty()) serve_waiting();
}

/// The unit has carried it out, or refused: asking again would not be safe, nor would it help.
void pool_core::unreadable(pool_connection& on, pool_call& what, const error& why) {
    auto& unit = units_[on.unit()];
    unit.health.heard(now());
    ++unit.stats.unreadable;
    if (const auto times = unreadable_.count(now()); times != 0) {
        settings_.log.warning(
            "hsm", counted_line::counted(
                       unit.stats.endpoint + " gave an answer that cannot be read: " + why.to_string(), times));
    }
    finish(what, judge_loss(error(why).at_endpoint(on.endpoint()), what.subject->command, true));
    if (!waiting_.empty()) serve_waiting();
}

/// A refusal may be about the unit itself, or hint at another local master key.
void pool_core::judge_unit(pool_connection& on, const reply& answer) {
    auto& subject = units_[on.unit()];
    if (answer.command == nullptr) return;
    if (answer.status.what != answer_status::kind::refused) return subject.health.accepted();
    const auto code = answer.status.code.view();
    ++subject.stats.refusals;
    count_code(subject.stats.by_code, code);
    const auto& parity = settings_.dialect->key_parity;
    subject.health.refused(std::find(parity.begin(), parity.end(), code) != parity.end());
    const auto judged = check_status(answer);
    const bool fatal = !judged && judged.error().code() == make_error_code(hsm_errc::out_of_service);
    // A command for the authorised state says nothing about a unit that works outside it.
    const bool known = subject.health.state() == unit_state::out_of_service;
    if (!fatal || answer.command->needs_authorised || known) return;
    settings_.log.error("hsm", subject.stats.endpoint + " is taken out: code " + std::string(code) + ", " +
                                   std::string(settings_.dialect->meaning(*answer.command, code)));
    subject.health.take_out(judged.error());
    taken_out(on.unit());
}

bool pool_core::may_repeat(const pool_call& what) const {
    return settings_.retry == retry_policy::safe_commands && what.safe && !what.is_health && !what.second &&
           what.attempts < settings_.attempts && !closed_;
}

void pool_core::lost(pool_call& what, std::size_t unit, const error& why) {
    ++units_[unit].stats.lost;
    if (may_repeat(what) && clock::now() < what.until) {
        ++retries_;
        what.avoid = unit;
        return place(what);
    }
    finish(what, judge_loss(why, what.subject->command, true));
}

/// With the answer in the call where `why` is null.
void pool_core::finish(pool_call& what, const error* why) {
    deactivate(what);
    if (what.on_stop) what.on_stop.reset();
    if (what.cancellable) boost::asio::get_associated_cancellation_slot(*what.end).clear();
    call_end end(std::move(*what.end));
    what.end.reset();
    // The end reads the answer, and may throw.
    struct recycled {
        pool_core& core;
        pool_call& used;
        ~recycled() { core.recycle(used); }
    } const after{*this, what};
    if (why != nullptr) return std::move(end)(*why);
    std::move(end)(&what.subject);
}

void pool_core::activate(pool_call& what) {
    what.place = active_.size();
    active_.push_back(&what);
}

void pool_core::deactivate(pool_call& what) {
    if (what.waiting) {
        const auto at = std::find(waiting_.begin(), waiting_.end(), &what);
        if (at != waiting_.end()) waiting_.erase(at);
    }
    active_[what.place] = active_.back();
    active_[what.place]->place = what.place;
    active_.pop_back();
}

void pool_core::cancel(pool_call& what, std::uint64_t serial) {
    if (what.serial != serial) return;
    const bool left = what.on != nullptr;
    const error why(make_error_code(net_errc::cancelled), layer::hsm);
    if (left) what.on->forget(what);
    if (what.serial == serial) finish(what, judge_loss(why, what.subject->command, left));
}

} // namespace cipherlane::hsm
