#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/drivers/scanner/scanner_profile.hpp>
#include <cipherlane/ports/scanner.hpp>

#include <optional>
#include <string>

namespace cipherlane::drivers {

/// Makes codes of what a scanner's line gives, sans-io. Bytes are taken in any pieces; what was held is wiped.
class scan_reader {
  public:
    explicit scan_reader(const scanner_profile& profile);
    scan_reader(const scan_reader&) = delete;
    scan_reader& operator=(const scan_reader&) = delete;
    virtual ~scan_reader();

    /// The first whole code of `data`; what comes behind it is dropped, since nobody waits for it.
    [[nodiscard]] std::optional<ports::scanned_code> take(byte_view data);
    /// Nothing came for the time of the profile: the code where silence ends it; else what was begun is dropped.
    [[nodiscard]] virtual std::optional<ports::scanned_code> silent();
    /// Whether a code has begun.
    [[nodiscard]] bool begun() const noexcept { return held_ > 0; }
    /// For how long nothing may come while a code has begun.
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept;
    /// Forgets what was begun.
    virtual void reset();

  protected:
    /// One byte of the line. @return true where a code has come to its end.
    [[nodiscard]] virtual bool feed(std::uint8_t byte) = 0;
    /// One character of the code; true where it is the end of one.
    [[nodiscard]] bool add(std::uint8_t character);
    /// The end of a code that another sign than a character ends.
    [[nodiscard]] bool ended() const noexcept { return held_ > 0; }
    /// Some of the code is lost: all that comes up to its end is dropped.
    void spoil() noexcept { too_long_ = true; }
    void symbology(std::string identifier) { symbology_ = std::move(identifier); }

  private:
    [[nodiscard]] std::optional<ports::scanned_code> make();
    [[nodiscard]] bool is_end(std::uint8_t character) const noexcept;

    scanner_profile profile_;
    secret_bytes text_;
    std::size_t held_ = 0;
    bool too_long_ = false; ///< or not whole
    std::string symbology_;
};

/// A line of characters: serial, USB-serial, TCP.
class text_scan_reader final : public scan_reader {
  public:
    using scan_reader::scan_reader;

  private:
    [[nodiscard]] bool feed(std::uint8_t byte) override { return add(byte); }
};

/// HID-POS (usage page 8C): input reports, here without their number: length, AIM identifier (3), data (56), the
/// maker's own symbology byte, a reserved byte, and whether more reports follow. What is behind the length is
/// filling.
class report_scan_reader final : public scan_reader {
  public:
    static constexpr std::uint8_t report_number = 2;
    static constexpr std::size_t report_size = 63;

    explicit report_scan_reader(scanner_profile profile);
    /// A code whose last report does not come is none.
    [[nodiscard]] std::optional<ports::scanned_code> silent() override;
    void reset() override;

  private:
    [[nodiscard]] bool feed(std::uint8_t byte) override;
    [[nodiscard]] bool whole_report();

    secret_bytes report_;
    std::size_t at_ = 0;
};

/// A keyboard wedge: the system's input events (`struct input_event`), keys of the American layout, or characters by
/// their numbers under ALT, which no layout changes.
class wedge_scan_reader final : public scan_reader {
  public:
    explicit wedge_scan_reader(const scanner_profile& profile);
    void reset() override;

  private:
    [[nodiscard]] bool feed(std::uint8_t byte) override;
    [[nodiscard]] bool key(std::uint16_t code, std::int32_t value);
    [[nodiscard]] bool alt_key(std::int32_t value);

    secret_bytes event_;
    std::size_t at_ = 0;
    bool shift_left_ = false;
    bool shift_right_ = false;
    bool alt_ = false;
    unsigned number_ = 0; ///< of a character, typed under ALT
};

} // namespace cipherlane::drivers
