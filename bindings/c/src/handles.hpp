#pragma once

#include "guard.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

// Handles are tokens: place, kind and generation. A closed or invented one is found out by its number, and no address
// of a caller is ever followed.

namespace cipherlane::c {

enum class kind : std::uint8_t {
    none,
    stop,
    hsm,
    hsm_request,
    hsm_reply,
    key,
    key_block,
    dialect,
    message,
    till,
    display,
    pinpad,
    terminal,
};

/// How many may be inside at once.
enum class access : std::uint8_t { shared, exclusive };

/// What a handle stands for. Destroyed by the last call that leaves it after it was closed.
class object {
  public:
    object() = default;
    object(const object&) = delete;
    object& operator=(const object&) = delete;
    virtual ~object() = default;
    /// Ends what is under way: called once, while others may be inside.
    virtual void close() noexcept {}
};

/// Where a handle's thing lies, held while a call is inside.
class slot;

/// Keeps a thing; its token is never 0. @return 0 where a process has too many handles
[[nodiscard]] std::uintptr_t enter(kind what, std::unique_ptr<object> thing);
/// The slot of an open handle, counted; null and `why` otherwise.
[[nodiscard]] slot* acquire(std::uintptr_t token, kind what, access how, c_errc& why) noexcept;
void release(slot& of, access how) noexcept;
[[nodiscard]] object& thing_in(slot& of) noexcept;
/// No call gets in any more; those inside are ended.
[[nodiscard]] result<void> leave(std::uintptr_t token, kind what, std::string_view argument);
/// Waits until the last call is out of a closed handle and its thing is gone.
void await_gone(std::uintptr_t token) noexcept;

/// Says of a class that a handle stands for it which kind and how many: `static constexpr kind what` and
/// `static constexpr access how`.
template <class Thing>
class pinned {
  public:
    [[nodiscard]] static result<pinned> of(const void* handle, std::string_view argument) noexcept {
        if (handle == nullptr) return refuse(c_errc::null_argument, argument);
        auto why = c_errc::bad_handle;
        auto* found = acquire(reinterpret_cast<std::uintptr_t>(handle), Thing::what, Thing::how, why);
        if (found == nullptr) return refuse(why, argument);
        return pinned(found);
    }
    pinned(pinned&& other) noexcept
        : at_(std::exchange(other.at_, nullptr)) {}
    pinned& operator=(pinned&&) = delete;
    pinned(const pinned&) = delete;
    pinned& operator=(const pinned&) = delete;
    ~pinned() {
        if (at_ != nullptr) release(*at_, Thing::how);
    }
    [[nodiscard]] Thing* operator->() const noexcept { return &static_cast<Thing&>(thing_in(*at_)); }
    [[nodiscard]] Thing& operator*() const noexcept { return static_cast<Thing&>(thing_in(*at_)); }

  private:
    explicit pinned(slot* at) noexcept
        : at_(at) {}
    slot* at_;
};

/// Two handles of a kind at once. They may be one: of what serves one thread a second hold would be refused.
template <class Thing>
class pinned_pair {
  public:
    [[nodiscard]] static result<pinned_pair> of(const void* first, std::string_view first_argument,
        const void* second, std::string_view second_argument) noexcept {
        CIPHERLANE_TRY(auto one, pinned<Thing>::of(first, first_argument));
        if (first == second) return pinned_pair(std::move(one), std::nullopt);
        CIPHERLANE_TRY(auto other, pinned<Thing>::of(second, second_argument));
        return pinned_pair(std::move(one), std::move(other));
    }
    [[nodiscard]] const pinned<Thing>& first() const noexcept { return first_; }
    [[nodiscard]] const pinned<Thing>& second() const noexcept { return second_ ? *second_ : first_; }

  private:
    pinned_pair(pinned<Thing> first, std::optional<pinned<Thing>> second) noexcept
        : first_(std::move(first))
        , second_(std::move(second)) {}
    pinned<Thing> first_;
    std::optional<pinned<Thing>> second_;
};

/// Gives a thing its handle.
template <class Handle, class Thing>
[[nodiscard]] result<void> hand_out(std::unique_ptr<Thing> thing, Handle* to) {
    const auto token = enter(Thing::what, std::move(thing));
    if (token == 0) return refuse(c_errc::no_memory, "handle");
    *to = reinterpret_cast<Handle>(token); // NOLINT(performance-no-int-to-ptr): never followed
    return {};
}

template <class Thing>
[[nodiscard]] result<void> close_handle(const void* handle, std::string_view argument) {
    if (handle == nullptr) return refuse(c_errc::null_argument, argument);
    return leave(reinterpret_cast<std::uintptr_t>(handle), Thing::what, argument);
}

} // namespace cipherlane::c
