#pragma once

#include <cipherlane/drivers/pinpad/abecs/abecs_exchange.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_parameters.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace cipherlane::drivers {

/// How an ABECS PIN pad is used. Link: serial, USB or Bluetooth serial, 19200 8N1.
struct abecs_profile {
    abecs_timing timing{};
    std::string acquirer_index = "00";        ///< GCR_ACQIDXREQ: 00 uses the tables of all acquirers
    std::string application_type = "99";      ///< GCR_APPTYPREQ: 99 any
    std::string table_version = "0000000000"; ///< GCR_TABVER, ten characters
    bool accept_other_tables = true;          ///< goes on with the tables that the pad holds; one more round trip
    bool contactless = true;
    /// Objects asked for after a chip card, in this order (field 55).
    bytes emv_tags = {0x9F, 0x26, 0x9F, 0x27, 0x9F, 0x10, 0x9F, 0x37, 0x9F, 0x36, 0x95, 0x9A, 0x9C, 0x9F, 0x02, 0x5F,
        0x2A, 0x82, 0x9F, 0x1A, 0x9F, 0x03, 0x9F, 0x33, 0x9F, 0x34, 0x9F, 0x35, 0x9F, 0x1E, 0x84, 0x9F, 0x09, 0x9F,
        0x41};
    /// Objects asked for at the end of a chip transaction (script notice).
    bytes final_tags = {0x9F, 0x26, 0x9F, 0x27, 0x95, 0x9B};
    std::string pin_prompt = "ENTER PIN";
    std::string amount_prompt = "AMOUNT";
    std::string currency_prompt = "PAY IN? RATE"; ///< before the rate of a conversion
    std::string closing_line1 = "WELCOME";
    std::string closing_line2;
    char unknown_character = '?'; ///< shown for characters the pad's Latin-1 display does not have; 0: refused
    /// After a chip card the verdict is shown with one more command; else a sale is three round trips.
    bool show_chip_verdict = false;

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// An ABECS PIN pad (specification 2.12), master/working key, 3DES or DES PIN blocks of ISO 9564 format 0.
///
/// A magnetic sale is three round trips: GCR, GPN, DSP; a chip sale too: GCR, GOC (takes the PIN in the card's own
/// flow, so the PIN key must be in the card request), FNC. An offline sale is GCR, GOC (the card decides), DSP. A
/// call that ends early by deadline or stop request tells the pad to stop (CAN) and the next call makes sure of it.
/// One call at a time: a call of another thread meanwhile ends with `call_under_way` and sends nothing. Errors:
/// `abecs_error` for what the pad refuses; those of `abecs_exchange`; `bad_content` naming the answer's field;
/// `needs_key`, `not_open`, `card_declined`; `session_lost` where the pad has forgotten that it was opened.
class abecs_pinpad final : public ports::pinpad {
  public:
    explicit abecs_pinpad(
        std::unique_ptr<net::transport> link, abecs_profile profile = {}, abecs_exchange::notice_sink notice = {});
    ~abecs_pinpad() override;

    [[nodiscard]] result<void> open(const call& bounds) override;
    [[nodiscard]] bool attached() const noexcept override { return link_->is_open(); }
    [[nodiscard]] result<ports::card_data> read_card(const ports::card_request& request, const call& bounds) override;
    [[nodiscard]] result<secret_bytes> enter_pin(const ports::pin_request& request, const call& bounds) override;
    /// For a chip card use `finish_chip`: this shows the lines and leaves the card without the host's answer.
    [[nodiscard]] result<void> finish(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<ports::chip_report> finish_chip(
        const ports::chip_verdict& verdict, const call& bounds) override;
    [[nodiscard]] result<void> show(std::string_view line1, std::string_view line2, const call& bounds) override;
    [[nodiscard]] result<void> close(const call& bounds) override;

    /// By its menu (MNU): both amounts, each with its currency, under the rate; neither is chosen beforehand.
    [[nodiscard]] bool asks_currency() const noexcept override { return true; }
    [[nodiscard]] result<ports::currency_choice> choose_currency(
        const amount& local, const ports::conversion& offer, const call& bounds) override;

    // What only ABECS pads have.

    /// The cardholder chooses one of up to 20 options. @return which, counted from 0; `cardholder_cancelled`,
    /// `cardholder_timeout`; `bad_setting`.
    [[nodiscard]] result<std::size_t> choose(const abecs::menu& what, const call& bounds);
    /// How far a table load is: records loaded, of how many.
    using load_progress = std::function<void(std::size_t loaded, std::size_t all)>;
    /// Puts these EMV tables in the place of an acquirer's ("00": of all). Until the last command the old ones count;
    /// what ends early leaves them as they were. From then on `read_card` asks for this version.
    /// @param records each as section 4.1 has it, beginning with its length in three digits
    [[nodiscard]] result<void> load_tables(std::string_view acquirer, std::string_view version,
        std::span<const std::string> records, const load_progress& progress, const call& bounds);
    /// The version of the tables that the pad has; ten zeros: none.
    [[nodiscard]] result<std::string> tables_version(std::string_view acquirer, const call& bounds);

    /// What the pad says of itself.
    [[nodiscard]] result<abecs::pad_information> information(const call& bounds);
    /// Digits in clear, as a CPF: the pad shows one of its own texts.
    /// @return `cardholder_cancelled`, `cardholder_timeout`; `bad_setting`.
    [[nodiscard]] result<secret_bytes> ask_digits(const abecs::get_digits& what, const call& bounds);
    /// Stores a picture in the pad's permanent memory; one of the same name is replaced.
    [[nodiscard]] result<void> load_picture(
        std::string_view name, abecs::picture_format format, byte_view file, const call& bounds);
    /// Shows a picture that was loaded, until the next command writes on the display.
    [[nodiscard]] result<void> show_picture(std::string_view name, const call& bounds);
    /// Shows a payment code as large as the pad's display allows. The pad stores each in its permanent memory, in
    /// place of the one before.
    /// @return `not_supported` from a pad that shows no PNG; `does_not_fit`; errors of `qr::symbol::encode`.
    [[nodiscard]] result<void> show_code(std::string_view text, const call& bounds);

  private:
    result<void> put_picture(std::string_view name, abecs::picture_format format, byte_view file, const call& bounds);
    result<ports::card_data> take_card(const ports::card_request& request, const call& bounds);
    result<void> put_lines(std::string_view line1, std::string_view line2, const call& bounds);
    result<secret_bytes> ask(result<secret_bytes> payload, abecs_command::waits kind, const call& bounds);
    result<void> chip_flow(ports::card_data& card, const ports::card_request& request, const call& bounds);

    std::unique_ptr<net::transport> link_;
    abecs_profile profile_;
    abecs_exchange::notice_sink notice_;
    std::optional<abecs::pad_information> known_;
    bool open_ = false;
    bool cancel_first_ = true;
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
