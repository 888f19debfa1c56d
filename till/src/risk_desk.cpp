#include "risk_desk.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace cipherlane::assembly {

struct risk_desk::room {
    std::shared_ptr<ports::risk_judge> judge;
    std::mutex mutex;
    std::condition_variable_any told;
    std::optional<ports::journal_record> question; ///< taken away by the thread
    std::optional<call> limits;
    std::optional<result<ports::risk_opinion>> answer;
    std::uint64_t number = 0; ///< of the question that is waited for
    bool busy = false;
    std::stop_source stop;
    std::jthread thread;

    void serve(const std::stop_token& ends) {
        std::unique_lock lock(mutex);
        while (told.wait(lock, ends, [&] { return question.has_value(); })) {
            const auto payment = *std::move(question);
            const auto bounds = *std::move(limits);
            const auto which = number;
            question.reset();
            lock.unlock();
            auto said = judge->judge(payment, bounds);
            lock.lock();
            busy = false;
            if (which == number) answer.emplace(std::move(said));
            told.notify_all();
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
    if (all.busy) return otherwise("the one who judges risk is still at an earlier payment");
    all.busy = true;
    const auto mine = ++all.number;
    all.answer.reset();
    all.question = payment;
    all.limits.emplace(limits.until(), all.stop.get_token());
    all.told.notify_all();
    const bool came = all.told.wait_until(
        lock, bounds.stop(), limits.until().at(), [&] { return all.number == mine && all.answer.has_value(); });
    ++all.number; // what is said from here on is heard by nobody
    if (!came) return otherwise("no word on the risk in time");
    auto said = *std::move(all.answer);
    all.answer.reset();
    if (!said) return otherwise("no word on the risk: " + said.error().to_string());
    return *std::move(said);
}

} // namespace cipherlane::assembly
