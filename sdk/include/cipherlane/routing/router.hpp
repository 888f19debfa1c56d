#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::routing {

/// A way to have a payment carried out: a link to a host, or a gateway.
struct route {
    std::string name;           ///< as records name it (`journal_record::counterpart`); unique
    std::uint32_t fee_ppm = 0;  ///< of the amount, in millionths
    std::int64_t fee_minor = 0; ///< of each payment, besides
};

/// How a route is judged. All that differs between routes is made money: the cheapest is the best.
struct router_settings {
    std::chrono::milliseconds window{600'000}; ///< of the payments by which a route is judged
    /// A route of which little has been seen counts as if so many payments had succeeded as `expected_success` says.
    unsigned prior_weight = 20;
    double expected_success = 0.98;
    std::uint32_t failure_ppm = 20'000; ///< what a payment that fails costs, in millionths of its amount
    std::int64_t second_minor = 0;      ///< what a second of waiting costs
    unsigned better_percent = 10;       ///< another route must be cheaper by so much to take the place of this one
    std::chrono::milliseconds stay{120'000};       ///< so long at least, unless the route goes down
    unsigned failures_down = 4;                    ///< failures in a row that take a route out
    std::chrono::milliseconds first_trial{60'000}; ///< after which one payment tries it again
    /// Up to which that time doubles; a trial of which nothing is told for so long is over.
    std::chrono::milliseconds longest_trial{600'000};
    unsigned trials_up = 3; ///< successes in a row that bring it back
    friend bool operator==(const router_settings&, const router_settings&) = default;
};

/// What came of a payment, as far as its route is concerned.
enum class route_word : std::uint8_t {
    answered, ///< approved, or declined by the issuer: the route did its work
    failed,   ///< not sent, undone or refused for a reason of the route's own
    silent,   ///< nobody knows: the payment stays with its route until somebody does
};

/// Why a route was chosen.
enum class route_reason : std::uint8_t {
    bound,      ///< the payment is not decided on this route
    by_hand,    ///< somebody has said so
    best,       ///< the cheapest, or not worth leaving
    trial,      ///< one payment that tries a route which was down
    nothing_up, ///< all are down: of those that are not closed the one whose trial is due first
};
[[nodiscard]] std::string_view to_string(route_reason value) noexcept;

struct route_choice {
    std::size_t route = 0; ///< by its place in the list
    route_reason why = route_reason::best;
};

/// How a route stands, for people.
struct route_state {
    bool up = true;
    bool closed = false; ///< by hand
    double success = 0;  ///< of the window, with what is expected where little was seen
    double mean_seconds = 0;
    std::size_t payments = 0; ///< in the window
};

/// Chooses the route of each payment. A machine without clock, socket or thread: `now` is any clock that does not go
/// back, the same in all calls. One thread at a time.
///
/// A payment that is not decided never moves: until `decided` its key gets the same route again. After a restart
/// `bind` says what the records say.
class router {
  public:
    /// At least one route.
    router(std::vector<route> routes, const router_settings& settings);
    router(router&&) noexcept;
    router& operator=(router&&) noexcept;
    ~router();

    /// The route for a payment; from here on it is bound to it. Nothing where somebody has closed all of them:
    /// nothing may be sent then.
    /// @param without routes that this payment cannot take, whatever they are to others; by hand goes before that
    [[nodiscard]] std::optional<route_choice> choose(std::string_view payment, std::int64_t minor,
        std::chrono::milliseconds now, const std::set<std::size_t>& without = {});
    /// What came of it. With `silent` it stays bound, and its trial has failed.
    /// @param took nothing where nobody has measured it: it says nothing of how long the route takes then
    void report(std::string_view payment, route_word word, std::optional<std::chrono::milliseconds> took,
        std::chrono::milliseconds now);
    /// A payment that was silent is decided: its key is free.
    void decided(std::string_view payment);
    /// Of a record that is not decided, after a restart. False where no route has that name: nothing may be sent
    /// then.
    [[nodiscard]] bool bind(std::string_view payment, std::string_view route_name);

    /// What a check of the link itself says: down at once; up again by a trial.
    void link_is_down(std::size_t route, std::chrono::milliseconds now);
    /// All payments go there, whatever it costs; nothing: the router chooses.
    void pin(std::optional<std::size_t> route);
    /// Takes a route out, or back in. Its undecided payments stay with it.
    void close(std::size_t route);
    void reopen(std::size_t route);

    [[nodiscard]] const std::vector<route>& routes() const noexcept;
    [[nodiscard]] route_state state_of(std::size_t route, std::chrono::milliseconds now) const;
    [[nodiscard]] std::size_t bound() const noexcept;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::routing
