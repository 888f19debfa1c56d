#pragma once

#include "support/planned_time.hpp"
#include "terminal-sim/terminal_model.hpp"

#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::tests {

/// A family as the suite runs it.
struct terminal_case {
    std::string name;   ///< of the case: "zvt_tcp"
    std::string driver; ///< as `open_terminal` and the simulator know it
    sim::terminal_setup::line over = sim::terminal_setup::line::stream;
    /// Whether the terminal sees that the cable is out: not on a line without a carrier.
    enum class cable : std::uint8_t { seen, unseen } cut = cable::seen;
    /// What its terminals cannot tell afterwards: an unknown outcome is then a person's.
    /// `passed`: what may have gone to its host through the till though the terminal has not stored it.
    /// `anything`: nobody knows how to ask it, or its answer does not say whether it is what was asked for.
    enum class untold : std::uint8_t { nothing, completions, passed, anything } leaves = untold::nothing;
    bool takes_back = false;   ///< a payment whose till is gone is undone, unless a fault says otherwise
    std::string description{}; ///< file of the acquirer, where its driver needs one
    enum class host : std::uint8_t { own, through_till } reaches = host::own;
    enum class results : std::uint8_t { with_amount, plain } tells = results::with_amount; ///< of payments

    friend void PrintTo(const terminal_case& one, std::ostream* out) { *out << one.name; }
};

[[nodiscard]] const std::vector<terminal_case>& terminal_cases();
/// The one of this name.
[[nodiscard]] const terminal_case& terminal_case_of(std::string_view name);
/// File of a description as it is shipped.
[[nodiscard]] std::string shipped_description(const std::string& name);
/// File of one with what an acquirer's contract adds to 银商's: the code of the question for the last transaction,
/// and lines of `[codes]`.
[[nodiscard]] std::string contract_description(const std::string& codes = {});

/// What goes wrong at one frame.
struct mishap {
    enum class kind : std::uint8_t {
        none,
        cut_before, ///< the frame is lost, and the link with it
        cut_after,  ///< the frame arrives, then the link is lost
        lost,       ///< the frame is lost, and nothing else
        restart,    ///< the terminal loses its power instead
        till_dies,  ///< the till's process ends
        damaged,    ///< a bit of the frame is wrong
        cut_short,  ///< the frame breaks off there
        falls_mute, ///< the terminal hears and says nothing any more, until it is armed anew; the cable is in
    };
    kind what = kind::none;
    int at = 0;    ///< counted from `arm`, both directions together
    int where = 0; ///< in the frame, of `damaged` and `cut_short`: 0 to `parts`, its first byte to its last
    static constexpr int parts = 2;
};

[[nodiscard]] const char* to_string(mishap::kind value) noexcept;

/// Thrown through the till where it dies.
struct till_died {};

/// A simulated terminal, its cable and the time, all on the test's thread: time passes only when somebody waits.
class terminal_world final : public planned_time {
  public:
    terminal_world(const terminal_case& of, sim::terminal_setup setup);
    ~terminal_world() override;

    /// A driver of the family at the other end of the cable.
    [[nodiscard]] std::unique_ptr<ports::terminal> new_driver(ports::terminal_events events = {});
    [[nodiscard]] sim::terminal_model& model() noexcept { return *model_; }
    /// What went through the till to the terminal's host, in the order in which it went.
    [[nodiscard]] const std::vector<bytes>& passed() const noexcept { return network_.passed; }
    /// What the host makes of the terminal's messages, in the place of an answer to each.
    void host_does(std::function<result<bytes>(const call&)> what) { network_.does = std::move(what); }
    /// From the next frame on; `then` is counted from where the first has happened.
    void arm(const mishap& what, const mishap& then = {}) noexcept;
    [[nodiscard]] bool happened() const noexcept { return happened_ > 0; }
    [[nodiscard]] bool both_happened() const noexcept { return happened_ > 1; }
    /// Called at the instant at which a till dies, while everything is as it leaves it.
    void on_death(std::function<void()> what) { on_death_ = std::move(what); }
    [[nodiscard]] int frames() const noexcept { return frames_; }
    /// Everything that has gone over the cable, as it went: who sent it, and the bytes.
    [[nodiscard]] const std::vector<std::pair<bool, bytes>>& traffic() const noexcept { return traffic_; }
    /// What is cut from now on stays cut, or comes back.
    void stay_down(bool value) noexcept { stays_down_ = value; }
    /// Another terminal of its kind comes in the place of the one there is, with books of its own.
    void replace(sim::terminal_setup setup);

  private:
    class link;
    /// A host that answers each message with another one of its own.
    struct host final : ports::terminal_network {
        [[nodiscard]] result<bytes> pass(byte_view message, const call& bounds) override;
        std::vector<bytes> passed;
        std::function<result<bytes>(const call&)> does;
    };
    struct cable {
        bytes inbox;
        bool open = true;
    };
    [[nodiscard]] sim::surroundings around();
    void from_till(byte_view frame);
    void from_terminal(bytes frame);
    [[nodiscard]] mishap next_frame() noexcept;
    void till_dies();
    void cut();
    void check_alive() const;

    terminal_case of_;
    boost::asio::io_context io_; ///< for its executor: never run
    std::shared_ptr<cable> cable_;
    std::unique_ptr<sim::terminal_model> model_;
    host network_;
    mishap mishap_;
    mishap then_;
    int happened_ = 0;
    std::function<void()> on_death_;
    bool dying_ = false;
    bool stays_down_ = false;
    bool down_ = false;
    bool mute_ = false;
    int frames_ = 0;
    std::vector<std::pair<bool, bytes>> traffic_;
};

} // namespace cipherlane::tests
