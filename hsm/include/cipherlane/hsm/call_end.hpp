#pragma once

#include <cipherlane/hsm/reply.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace cipherlane::hsm {

/// Where a call lives whose end is told to a `call_end`.
class call_home {
  public:
    call_home() = default;
    call_home(const call_home&) = delete;
    call_home& operator=(const call_home&) = delete;

    /// The answer, for those who keep it.
    [[nodiscard]] virtual reply_ptr take_answer() = 0;
    /// The end has moved out what it needs and is destroyed: its room, and the answer, may be used again.
    virtual void leave() noexcept = 0;

  protected:
    ~call_home() = default;
};

/// Whom a call tells how it ended. Built in room that the call provides, so that a call allocates nothing.
class call_end {
  public:
    call_end() = default;
    call_end(const call_end&) = delete;
    call_end& operator=(const call_end&) = delete;
    virtual ~call_end() = default;

    /// Called once: destroys itself, leaves `home` and tells the handler. `answer` is null where `why` is not, and
    /// the reverse; both live until `home.leave()`.
    virtual void finish(const reply* answer, const error* why, call_home& home) = 0;
    /// Through which the caller cancels.
    [[nodiscard]] virtual boost::asio::cancellation_slot slot() const noexcept { return {}; }
};

/// How a call builds its end: `make(room, handler)`, once.
struct call_end_source {
    std::size_t size = 0; ///< of the room, aligned as for `operator new`
    call_end* (*make)(void* room, void* handler) = nullptr;
    void* handler = nullptr;
};

/// An end that reads the answer of a typed operation and calls a handler, on the handler's executor if it has one.
template <class Response, class Handler>
class typed_end final : public call_end {
    /// Stands for "none of its own".
    struct no_executor {};
    using own_executor = boost::asio::associated_executor<Handler, no_executor>;
    using executor = typename own_executor::type;
    static constexpr bool anywhere = std::is_same_v<executor, no_executor>;
    struct nothing {
        explicit nothing(const no_executor& /*none*/) {}
    };
    /// `conditional` would instantiate the guard of no executor.
    template <class Executor>
    struct work_of {
        using type = boost::asio::executor_work_guard<Executor>;
    };
    using work = typename std::conditional_t<anywhere, std::type_identity<nothing>, work_of<executor>>::type;

  public:
    explicit typed_end(Handler&& handler)
        : handler_(std::move(handler))
        , work_(own_executor::get(handler_, no_executor())) {}

    [[nodiscard]] static call_end_source from(Handler& handler) noexcept {
        return {sizeof(typed_end),
            [](void* room, void* what) -> call_end* {
                return ::new (room) typed_end(std::move(*static_cast<Handler*>(what)));
            },
            &handler};
    }

    void finish(const reply* answer, const error* why, call_home& home) override {
        auto outcome = answer != nullptr ? Response::from(*answer) : result<Response>(*why);
        Handler end(std::move(handler_));
        [[maybe_unused]] const work guard(std::move(work_));
        this->~typed_end();
        home.leave();
        if constexpr (anywhere) {
            std::move(end)(std::move(outcome));
        } else {
            auto on = own_executor::get(end, no_executor());
            boost::asio::dispatch(on,
                [last = std::move(end), what = std::move(outcome)]() mutable { std::move(last)(std::move(what)); });
        }
    }

    [[nodiscard]] boost::asio::cancellation_slot slot() const noexcept override {
        return boost::asio::get_associated_cancellation_slot(handler_);
    }

  private:
    Handler handler_;
    work work_; ///< keeps the handler's executor running meanwhile
};

} // namespace cipherlane::hsm
