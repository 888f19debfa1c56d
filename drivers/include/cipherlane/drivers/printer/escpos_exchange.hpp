#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/drivers/printer/escpos_status.hpp>
#include <cipherlane/net/machine.hpp>

#include <array>
#include <chrono>
#include <optional>

namespace cipherlane::drivers {

/// What a printer must have said before something counts as printed.
enum class print_proof : std::uint8_t {
    printed, ///< GS r, which is answered when all before it is on paper
    state,   ///< that nothing stops it, before and after: for printers without GS r
    none,    ///< nothing: for lines on which nothing comes back. What is sent counts as printed
};

/// How long an ESC/POS printer may take.
struct escpos_timing {
    std::chrono::milliseconds answer{1'000};    ///< to a question
    std::chrono::milliseconds printing{30'000}; ///< after all has been sent
};

/// One job of an ESC/POS printer, sans-io: asks whether anything stops it, sends, and waits until the printer says
/// that it is done; meanwhile asks again and again what stops it. Without data it asks alone.
///
/// Errors: `no_answer`; `paper_out`, `printer_stopped` with the reason as hint.
class escpos_exchange final : public net::exchange<ports::printer_status> {
  public:
    /// @param owed how often the printer still has to say that earlier data is on paper: it does so first
    escpos_exchange(bytes data, print_proof proof, const escpos_timing& timing, unsigned owed = 0);

    [[nodiscard]] net::action resume(const net::event& what) override;
    [[nodiscard]] result<ports::printer_status> take() override;
    /// As the argument of the constructor, for the exchange behind this one.
    [[nodiscard]] unsigned owed() const noexcept { return owed_; }

  private:
    enum class phase : std::uint8_t { asking, sending, printing, looking, over };

    [[nodiscard]] net::action ask(std::size_t which);
    [[nodiscard]] net::action send_data();
    [[nodiscard]] net::action received(byte_view data);
    void note(const escpos_status_reader::told& one);
    [[nodiscard]] net::action answered();
    [[nodiscard]] net::action expired();
    [[nodiscard]] net::action wait_on();
    [[nodiscard]] net::action fail(error why);
    [[nodiscard]] net::action finish();

    bytes data_;
    print_proof proof_;
    escpos_timing timing_;
    phase phase_ = phase::asking;
    std::size_t question_ = 0;
    bool answered_ = false; ///< the question under way
    std::array<std::uint8_t, 3> out_{};
    escpos_status_reader reader_;
    escpos_status status_;
    std::chrono::milliseconds waited_{0};
    unsigned owed_;
    bool has_said_ = false;   ///< that something is on paper
    bool lost_sight_ = false; ///< it was asked something while it printed, and did not answer
    std::optional<error> why_;
};

} // namespace cipherlane::drivers
