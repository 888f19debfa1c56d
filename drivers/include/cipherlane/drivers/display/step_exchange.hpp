#pragma once

#include <cipherlane/drivers/display/step.hpp>
#include <cipherlane/net/machine.hpp>

#include <optional>

namespace cipherlane::drivers {

/// Carries out steps one after the other and stops at the first that fails: sans-io, for every display whose protocol
/// is "command, perhaps an answer, perhaps a pause".
///
/// Its outcome is the last answer (a line without its end, a block, a packet's content). Errors, with the step's name
/// as operation: `no_answer`, `wrong_answer` (the device's first bytes are its untrusted peer text), `refused` with
/// the device's code in hexadecimal, `bad_frame` for a line longer than `longest_line`, a broken packet, or more than
/// `most_foreign` bytes that belong to no answer, before a step or in it. The time of an answer is all of it, however
/// much else comes meanwhile.
class step_exchange final : public net::exchange<bytes> {
  public:
    static constexpr std::size_t longest_line = 512;
    static constexpr std::size_t most_foreign = 4'096;

    /// What may still be on its way from an exchange before this one.
    enum class start : std::uint8_t {
        clean,
        after_failure, ///< what arrives until the line has been quiet for `quiet` is dropped first
    };
    static constexpr std::chrono::milliseconds quiet{60};

    /// `rest`: how long the device is still to be left alone before the first step.
    explicit step_exchange(
        step_list steps, start from = start::clean, std::chrono::milliseconds rest = std::chrono::milliseconds{0});

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<bytes> take() override;
    /// How many steps have been carried out.
    [[nodiscard]] std::size_t carried_out() const noexcept { return at_; }

  private:
    net::action begin();
    net::action next();
    net::action send();
    net::action await();
    net::action received(byte_view data);
    net::action expired();
    void take_line_or_block();
    net::action judge();
    net::action finish_step();
    net::action fail(error why);
    net::action babbled();
    [[nodiscard]] bool complete();

    step_list steps_;
    std::size_t at_ = 0;
    int sent_ = 0; ///< how often this step was
    enum class phase : std::uint8_t { resting, draining, sending, receiving, pausing, over } phase_ = phase::sending;
    start from_;
    std::chrono::milliseconds rest_;
    bytes held_;
    bytes answer_;
    std::size_t foreign_ = 0; ///< bytes dropped in this step, or before the first
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
