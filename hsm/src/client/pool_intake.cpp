// A pool's calls on their way in: made, bounded, handed to the strand, and gathered into batches.
#include "client/message_builder.hpp"
#include "client/pool_core.hpp"
#include "command/bind.hpp"
#include "fail.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::hsm {

pool_call& pool_core::take_call() {
    pool_call* made = nullptr;
    const bool here = is_here();
    if (here && !spare_.empty()) {
        made = spare_.back();
        spare_.pop_back();
    } else if (!here) {
        made = calls_.take();
    }
    if (made == nullptr) made = new pool_call;
    made->from_strand = here;
    if (made->subject == nullptr) made->subject = fresh_reply();
    return *made;
}

void pool_core::recycle(pool_call& used) {
    used.clear();
    if (used.from_strand) {
        spare_.push_back(&used);
    } else {
        calls_.give_back(&used);
    }
}

result<pool_call*> pool_core::prepare(const operation_request& request, const call& bounds) {
    auto& made = take_call();
    if (auto encoded = encode_call(request, *made.subject, made.body); !encoded) {
        recycle(made);
        return encoded.error();
    }
    return bounded(made, bounds);
}

result<pool_call*> pool_core::prepare(const raw_command& command, const call& bounds) {
    auto& made = take_call();
    if (auto bound = bind_raw(command.body(), *made.subject); !bound) {
        recycle(made);
        return bound.error();
    }
    made.body.assign(command.body().begin(), command.body().end());
    made.wants_raw = true;
    return bounded(made, bounds);
}

result<pool_call*> pool_core::bounded(pool_call& made, const call& bounds) {
    const auto& frame = settings_.dialect->frame;
    if (const auto size = made.body.size(); size + frame.header_length + frame.trailer.size() + 1 > frame.largest) {
        recycle(made);
        return fail(hsm_errc::bad_length).in_field("message").at_offset(size);
    }
    made.until = bounds.until().at();
    if (bounds.stop().stop_possible()) made.stop = bounds.stop();
    // Whether raw bytes may be sent twice is the caller's to know.
    made.safe = made.subject->command != nullptr && made.subject->command->repeat == repetition::safe;
    if (made.wants_raw) made.attempts = settings_.attempts;
    return &made;
}

void pool_core::submit(pool_call* what, call_end end) {
    what->end.emplace(std::move(end));
    if (is_here()) return admit(*what);
    bool first = false;
    {
        const std::lock_guard lock(inbox_guard_);
        first = inbox_.empty();
        inbox_.push_back(what);
    }
    if (first) boost::asio::post(strand_, [self = shared_from_this()] { self->take_inbox(); });
}

bool pool_core::withdraw(pool_call* what, std::uint64_t serial) {
    {
        const std::lock_guard lock(inbox_guard_);
        const auto at = std::find(inbox_.begin(), inbox_.end(), what);
        if (at == inbox_.end() || what->serial != serial) return false;
        inbox_.erase(at);
    }
    what->end.reset();
    recycle(*what);
    return true;
}

void pool_core::take_inbox() {
    const batch together(*this);
    {
        const std::lock_guard lock(inbox_guard_);
        taken_.swap(inbox_);
    }
    for (auto* each : taken_) {
        admit(*each);
    }
    taken_.clear();
}

void pool_core::refuse_later(const error& why, call_end end) {
    boost::asio::post(strand_, [last = std::move(end), why]() mutable { std::move(last)(why); });
}

namespace {

/// The core whose batch runs on this thread.
thread_local const pool_core* running = nullptr;

} // namespace

bool pool_core::is_here() const noexcept {
    return running == this;
}

pool_core::batch::batch(pool_core& of)
    : core_(of)
    , outer_(std::exchange(running, &of)) {
    if (core_.batches_++ == 0) core_.now_ = clock::now();
}

pool_core::batch::~batch() {
    if (core_.batches_ == 1) core_.flush_gathered();
    --core_.batches_;
    running = outer_;
}

bool pool_core::gathers(pool_connection& which) {
    if (batches_ == 0) return false;
    if (!std::exchange(which.gathered_, true)) gathered_.push_back(&which);
    return true;
}

void pool_core::flush_gathered() {
    for (auto* each : gathered_) {
        each->flush();
    }
    gathered_.clear();
}

} // namespace cipherlane::hsm
