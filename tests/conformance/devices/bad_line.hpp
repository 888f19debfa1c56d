#pragma once

#include "simkit/simulated_device.hpp"
#include "support/planned_time.hpp"

#include <cipherlane/net/transport.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>

namespace cipherlane::tests {

/// What a line does to one thing that a device says, or to all from there on.
struct damage {
    enum class kind : std::uint8_t {
        none,
        in_pieces,       ///< it comes byte by byte
        lost,            ///< it does not come
        mute,            ///< nor does anything after it
        flipped,         ///< a bit of it is wrong
        shortened,       ///< it breaks off
        lengthened,      ///< a byte more stands behind it
        repeated,        ///< it comes twice
        earlier_before,  ///< what was said before it comes once more, then it
        earlier_instead, ///< what was said before it comes once more, and it does not
        noise_before,    ///< other bytes come, then it
        endless_noise,   ///< other bytes come without end
        endless_answer,  ///< it comes without end
        nak,             ///< NAK in its place
        nak_storm,       ///< and to whatever is said from there on
        deaf_bit,        ///< a bit is wrong of what the device is told next
        gone,            ///< the link is lost
    };
    kind what = kind::none;
    int at = 0;    ///< counted from `arm`: the things that the device says
    int where = 0; ///< in it, of `flipped` and `shortened`: 0 to `places` - 1
    static constexpr int places = 3;
};
[[nodiscard]] std::string_view to_string(damage::kind value) noexcept;

/// A device's model, the line to it and the time, all on the test's thread: time passes only when somebody waits.
class bad_line final : public planned_time {
  public:
    using maker = std::function<std::unique_ptr<sim::simulated_device>(sim::surroundings)>;

    explicit bad_line(const maker& model);
    ~bad_line() override;

    /// The till's end, anew.
    [[nodiscard]] std::unique_ptr<net::transport> connect();
    [[nodiscard]] bool is_up() const noexcept { return up_; }
    [[nodiscard]] sim::simulated_device& model() noexcept { return *model_; }

    /// From the next thing on that the device says.
    void arm(const damage& what);
    [[nodiscard]] bool happened() const noexcept { return happened_; }
    /// The line is good again; what is on it already stays there.
    void heal();
    /// Does something at the device once a test of it passes, while somebody waits for it.
    void when(std::function<bool()> ready, std::function<void()> act);

  private:
    class link;
    void to_device(byte_view data);
    void from_device(const bytes& said);
    void spoil(const bytes& said, const bytes& earlier);
    void arrives(byte_view data);
    void talk(const bytes& what, std::uint64_t since);

    boost::asio::io_context io_; ///< for its executor: never run
    std::unique_ptr<sim::simulated_device> model_;
    std::deque<bytes> inbox_;
    std::size_t held_ = 0;
    bool up_ = false;
    int links_ = 0;
    damage damage_;
    int said_ = 0;
    bytes earlier_;
    bool happened_ = false;
    bool mute_ = false;
    bool storm_ = false;
    bool deaf_bit_ = false;
    std::uint64_t turn_ = 0;
    std::function<bool()> ready_;
    std::function<void()> act_;
};

} // namespace cipherlane::tests
