#include "small_postgres.hpp"

#include "postgres_address.hpp"
#include "postgres_schema.hpp"

#include <algorithm>
#include <thread>

namespace cipherlane::store {
namespace {

using std::chrono::milliseconds;

/// For others' turns; shorter than what the server gives a statement, and often enough to see a stop.
constexpr milliseconds longest_turn{1'000};
/// Between two attempts to connect.
constexpr milliseconds connects_again_after{100};

} // namespace

template <>
transaction<postgres_database>::~transaction() {
    on_->rollback();
}

template <>
result<void> transaction<postgres_database>::begin() {
    CIPHERLANE_CHECK(on_->begin());
    auto alone = on_->prepare("SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 2))");
    CIPHERLANE_TRY([[maybe_unused]] const bool row, alone.step());
    return {};
}

template <>
result<void> transaction<postgres_database>::commit() {
    return on_->commit();
}

result<small_postgres> small_postgres::open(
    const std::string& address, std::string_view operation, const call& bounds) {
    CIPHERLANE_CHECK(check_postgres_address(address));
    small_postgres made(address, operation);
    CIPHERLANE_CHECK(made.try_ready(bounds));
    return made;
}

error small_postgres::late() const {
    return error(store_errc::too_late, layer::store).during(operation_);
}

result<void> small_postgres::check_time(const call& bounds) const {
    namespace errc = boost::system::errc;
    if (bounds.stopped())
        return error(errc::make_error_code(errc::operation_canceled), layer::store).during(operation_);
    if (bounds.until().passed()) return late();
    return {};
}

/// Within the call's time. Nothing of an operation has been asked for yet: a server that comes back is waited for, as
/// the journal waits for it.
result<void> small_postgres::make_ready(const call& bounds) {
    for (;;) {
        auto ready = try_ready(bounds);
        if (ready || ready.error().code() != make_error_code(store_errc::database_lost)) return ready;
        if (bounds.stopped() || bounds.until().left() <= connects_again_after) return ready;
        std::this_thread::sleep_for(connects_again_after);
    }
}

/// Connected, and locks that others hold waited for no longer than the call may take.
result<void> small_postgres::try_ready(const call& bounds) {
    CIPHERLANE_CHECK(check_time(bounds));
    if (!on_ || on_->lost()) {
        postgres_settings how;
        how.address = address_;
        CIPHERLANE_TRY(const auto session, new_postgres_session());
        CIPHERLANE_TRY(on_, postgres_database::open(how, session, bounds));
        CIPHERLANE_CHECK(settle_schema(*on_, how));
    }
    const auto left = std::clamp<std::int64_t>(bounds.until().left().count(), 1, longest_turn.count());
    auto limit = on_->prepare("SELECT set_config('lock_timeout', ?, false)"); // one statement, whatever the value
    const auto text = std::to_string(left);
    CIPHERLANE_CHECK(limit.bind(std::string_view(text)).run());
    return on_->settle(); // a connection that has gone shows here, before anything of the operation
}

} // namespace cipherlane::store
