#include "risk_desk.hpp"

#include <cipherlane/till/errc.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

namespace cipherlane::assembly {

struct risk_desk::question {
    question(ports::journal_record about, call limits)
        : payment(std::move(about))
        , bounds(std::move(limits)) {}
    const ports::journal_record payment;
    const call bounds;
    std::optional<result<ports::risk_opinion>> answer; ///< with the room locked
};

struct risk_desk::room {
    std::shared_ptr<ports::risk_judge> judge;
    std::mutex mutex;
    std::condition_variable_any told;
    std::shared_ptr<question> waiting; ///< taken away by the thread
    bool busy = false;                 ///< from the question until its answer
    std::stop_source stop;
    std::jthread thread;

    void serve(const std::stop_token& ends) {
        std::unique_lock lock(mutex);
        while (told.wait(lock, ends, [&] { return waiting != nullptr; })) {
            const auto one = std::exchange(waiting, nullptr);
            lock.unlock();
            auto said = judge_safely(*one);
            lock.lock();
            busy = false;
            one->answer.emplace(std::move(said));
            told.notify_all();
        }
    }

    /// Whoever judges is the caller's code: what it throws must not end the process.
    [[nodiscard]] result<ports::risk_opinion> judge_safely(const question& one) const {
        const auto thrown = [](std::string_view what) {
            return error(till_errc::risk_refuses, layer::till).during("risk").with_hint(what);
        };
        try {
            return judge->judge(one.payment, one.bounds);
        } catch (const std::exception& why) {
            return thrown(why.what());
        } catch (...) {
            return thrown("something that is no std::exception");
        }
    }
};

risk_desk::risk_desk(std::shared_ptr<ports::risk_judge> judge, const till_settings::risk_place& how, logger log)
    : how_(how)
    , log_(std::move(log))
    , room_(std::make_unique<room>()) {
    room_->judge = std::move(judge);
    room_->thread = std::jthread([all = room_.get()](const std::stop_token& ends) { all->serve(ends); });
}

risk_desk::~risk_desk() {
    room_->stop.request_stop();
    room_->thread.request_stop();
    room_->thread.join();
}

ports::risk_opinion risk_desk::otherwise(const std::string& why) const {
    using word = till_settings::risk_place::word;
    log_.warning("risk", why);
    switch (how_.otherwise) {
    case word::accept: return {ports::risk_word::accept, why};
    case word::review: return {ports::risk_word::review, why};
    case word::reject: break;
    }
    return {ports::risk_word::reject, why};
}

ports::risk_opinion risk_desk::ask(const ports::journal_record& payment, const call& bounds) {
    auto& all = *room_;
    const auto limits = bounds.no_later_than(how_.deadline);
    std::unique_lock lock(all.mutex);
    const auto until = limits.until().at();
    if (!all.told.wait_until(lock, bounds.stop(), until, [&] { return !all.busy; }))
        return otherwise("the one who judges risk is still at an earlier payment");
    all.busy = true;
    const auto mine = std::make_shared<question>(payment, call(limits.until(), all.stop.get_token()));
    all.waiting = mine;
    all.told.notify_all();
    if (!all.told.wait_until(lock, bounds.stop(), until, [&] { return mine->answer.has_value(); }))
        return otherwise("no word on the risk in time"); // what is said from here on is heard by nobody
    auto said = *std::move(mine->answer);
    if (!said) return otherwise("no word on the risk: " + said.error().to_string());
    return *std::move(said);
}

} // namespace cipherlane::assembly
