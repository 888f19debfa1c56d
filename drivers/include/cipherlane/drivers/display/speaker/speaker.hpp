#pragma once

#include <cipherlane/core/wiped_text.hpp>
#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a broker may have of a message whose link was lost: kept over links, so that it gives none on twice.
struct speaker_outbox {
    enum class part : std::uint8_t {
        none,
        message, ///< it may have been given the message
        release, ///< it has the message, and may have been told to give it on
    };
    part open = part::none;
    std::string number;       ///< of the message
    std::uint16_t packet = 0; ///< the last packet number
};

/// A speaker that tells payments (收款播报音箱), and the broker between: MQTT 3.1.1.
struct speaker_profile {
    enum class delivery : std::uint8_t {
        at_least_once = 1, ///< QoS 1: the broker says that it has the message
        exactly_once = 2,  ///< QoS 2: and gives it on once
    };
    std::string topic;                         ///< of the speaker: mostly its number (IMEI)
    std::string client_id = "cipherlane-till"; ///< ours at the broker: no two clients may have the same
    std::string user;                          ///< empty: none
    wiped_text password;
    delivery qos = delivery::exactly_once;
    std::chrono::seconds keep_alive{60}; ///< the broker drops a client of which it hears nothing for longer
    std::chrono::milliseconds answer_timeout{5'000}; ///< of the broker
    wording words = wording::chinese();
    /// Of all links to this speaker, one after the other; null: each link has its own.
    std::shared_ptr<speaker_outbox> outbox{};

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// What a speaker is told, as ZKC's have it: a JSON text in GBK with a message number, by which the speaker knows a
/// message that it has spoken. The broker acknowledges it; no speaker says that it has spoken, so that none of this
/// proves more than that the message is on its way.
///
/// An outcome of a payment whose number is known (`outcome_view::payment`) has the same message number each time:
/// sent again after a lost link it is not spoken twice. Everything else gets a number of its own. With
/// `exactly_once` the broker keeps the session over links: what it may have been given is sent again under the same
/// packet number and as a duplicate, and what it has is told to be given on alone, for which the `outbox` remembers
/// how far it came.
class speaker_protocol final : public screen_protocol {
  public:
    explicit speaker_protocol(speaker_profile profile);

    [[nodiscard]] result<step_list> show(const ports::display_content& what) override;
    [[nodiscard]] result<step_list> set_brightness(int percent) override;
    /// PINGREQ: whether the broker is there.
    [[nodiscard]] result<step_list> heartbeat() override;
    [[nodiscard]] result<std::string> identity(byte_view answer) const override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;
    using screen_protocol::settled;
    void carried_out(std::size_t steps) override { carried_out_ = steps; }
    void settled(ending how, byte_view answer) override;

  private:
    /// What the last list says, and where in it.
    struct plan {
        std::string number;
        std::uint16_t packet = 0;
        std::optional<std::size_t> older_at;   ///< gives on what is open of an older message
        std::optional<std::size_t> message_at; ///< none: the broker has it
    };
    [[nodiscard]] step_list begin();
    [[nodiscard]] step release(std::uint16_t packet) const;
    void failed(const plan& what);
    [[nodiscard]] result<step_list> say(std::string_view text, std::string_view number);
    [[nodiscard]] result<step_list> say_once(std::string_view text);
    [[nodiscard]] result<step_list> draw(const ports::qr_view& view);
    [[nodiscard]] result<step_list> draw(const ports::amount_view& money);
    [[nodiscard]] result<step_list> draw(const ports::text_view& text);
    [[nodiscard]] result<step_list> draw(const ports::outcome_view& end);
    [[nodiscard]] result<step_list> draw(const ports::remaining_view& time);
    [[nodiscard]] result<step_list> draw(const ports::blank_view& nothing);

    speaker_profile profile_;
    std::shared_ptr<speaker_outbox> outbox_;
    std::optional<plan> plan_; ///< of the last list; none: it said nothing
    std::size_t carried_out_ = 0;
    bool connected_ = false;
};

} // namespace cipherlane::drivers
