#pragma once

#include <cipherlane/drivers/escpos/escpos_profile.hpp>
#include <cipherlane/drivers/printer/escpos_exchange.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/printer.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace cipherlane::drivers {

/// How an ESC/POS printer prints receipts.
struct receipt_printer_profile {
    enum class cutting : std::uint8_t { partial, full, none };

    escpos_printer_profile paper; ///< character set, width
    print_proof proof = print_proof::printed;
    cutting cut = cutting::partial;
    int drawer_pin = 2;      ///< of its connector: 2 or 5
    std::size_t columns = 0; ///< 0: as its width has, 12 dots a letter
    escpos_timing timing;

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// How many letters of half width such paper has across (font A: 12 dots each).
[[nodiscard]] constexpr std::size_t letters_across(int width_dots) noexcept {
    return width_dots <= 0 ? 0 : static_cast<std::size_t>(width_dots) / 12;
}

/// The bytes of a slip, with its cut.
[[nodiscard]] bytes escpos_slip(const ports::print_job& job, const receipt_printer_profile& profile);

/// An ESC/POS receipt printer over one link (serial, USB, TCP port 9100). Errors name the endpoint; see
/// `escpos_exchange`. One call at a time: a call of another thread meanwhile ends with `call_under_way`.
class escpos_receipt_printer final : public ports::printer {
  public:
    escpos_receipt_printer(std::unique_ptr<net::transport> link, receipt_printer_profile profile);
    ~escpos_receipt_printer() override;

    [[nodiscard]] result<void> print(const ports::print_job& job, const call& bounds) override;
    [[nodiscard]] result<void> open_drawer(const call& bounds) override;
    [[nodiscard]] result<ports::printer_status> status(const call& bounds) override;
    [[nodiscard]] ports::printer_capabilities capabilities() const noexcept override;

  private:
    [[nodiscard]] result<ports::printer_status> run(
        std::string_view name, bytes data, print_proof proof, const call& bounds);

    std::unique_ptr<net::transport> link_;
    receipt_printer_profile profile_;
    unsigned owed_ = 0; ///< see `escpos_exchange`
    std::atomic<bool> under_way_ = false;
};

} // namespace cipherlane::drivers
