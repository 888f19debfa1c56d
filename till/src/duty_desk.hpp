#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/ports/clock.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/ports/trade_guard.hpp>
#include <cipherlane/store/shift_book.hpp>
#include <cipherlane/till/clerk_book.hpp>
#include <cipherlane/till/shift_report.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::assembly {

/// Who is on duty at the terminals of a till, and what they may do. Without operators in the settings everybody may
/// do everything. Thread-safe.
class duty_desk {
  public:
    /// `clock` and `journal` outlive it.
    [[nodiscard]] static result<std::unique_ptr<duty_desk>> open(const till_settings::clerks_place& place,
        const ports::clock& clock, ports::store& journal, const call& bounds);

    [[nodiscard]] result<shift_report> sign_on(
        const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    void sign_off(const std::string& terminal_id) noexcept;
    [[nodiscard]] result<shift_report> close_shift(const std::string& terminal_id, const call& bounds);
    /// One of several who work there by turns: nobody's place is taken.
    [[nodiscard]] result<shift_report> enter(
        const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    void leave(const std::string& terminal_id, std::string_view operator_id) noexcept;
    [[nodiscard]] result<shift_report> close_shift_of(
        const std::string& terminal_id, std::string_view operator_id, const call& bounds);
    /// Who asks for what is done under a key from here on, whoever is on duty.
    /// @return `nobody_on_duty` for one who has not entered; `acquiring_errc::busy` where the key has somebody.
    [[nodiscard]] result<void> act_as(
        const std::string& terminal_id, std::string_view operator_id, std::string_view key);
    void act_done(const std::string& terminal_id, std::string_view key) noexcept;
    [[nodiscard]] result<std::vector<shift_report>> shifts(
        const std::string& terminal_id, std::size_t limit, const call& bounds);
    /// Who is signed on; nobody's is empty.
    [[nodiscard]] ports::duty on_duty(const std::string& terminal_id) const;

    /// @param key of what is done; of a settlement empty.
    /// @return `till_errc::nobody_on_duty`, `no_right`, with the right's name as the field.
    [[nodiscard]] result<ports::duty> allow(const std::string& terminal_id, right what, std::string_view key) const;

  private:
    struct session {
        clerk who;
        store::shift shift;
    };
    duty_desk(clerk_book clerks, std::unique_ptr<store::shift_book> shifts, const ports::clock& clock,
        ports::store& journal) noexcept;
    using place = std::pair<std::string, std::string>; ///< a terminal, and an operator or a key there
    [[nodiscard]] result<session> begin_session(
        const std::string& terminal_id, std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    /// Ends a shift, and all that goes on under it. @return the report
    [[nodiscard]] result<shift_report> close(store::shift mine, const call& bounds);
    void forget(const store::shift& from) noexcept;
    /// With the lock held; null: nobody.
    [[nodiscard]] const session* who_asks(const std::string& terminal_id, std::string_view key) const;
    [[nodiscard]] result<void> check_secret(
        std::string_view operator_id, const secret_bytes& secret, const call& bounds);
    [[nodiscard]] result<shift_report> report_of(const store::shift& shift, const call& bounds);
    [[nodiscard]] std::string holders_of(right what) const;

    const clerk_book clerks_;
    const std::unique_ptr<store::shift_book> shifts_;
    const ports::clock& clock_;
    ports::store& journal_;
    mutable std::mutex mutex_;
    std::map<std::string, session, std::less<>> sessions_; ///< by terminal
    std::map<place, session> beside_;                      ///< by terminal and operator
    std::map<place, std::string> actors_;                  ///< by terminal and key: whose doing it is
};

/// Which right a deed needs.
[[nodiscard]] right right_for(const ports::intent& what) noexcept;

} // namespace cipherlane::assembly
