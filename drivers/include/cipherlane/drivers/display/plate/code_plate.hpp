#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// A code plate that is an HTTP client (云码牌), and how it talks: the plate asks, this side answers. What its
/// maker's pages tell are the paths' base, the request of the fixed code and the names in it; every other name is a
/// setting.
struct code_plate_profile {
    std::vector<std::string> plates;         ///< numbers (IMEI) of those that are answered
    std::string base = "/payroute";          ///< of all paths
    std::string fixed_path = "staticqrcode"; ///< asked when it is switched on: the code that it keeps for itself
    std::string code_path = "dynamicqrcode"; ///< asked again and again: what it shall show now
    std::string plate_name = "imei";         ///< in a request: who asks
    std::string code_name = "qrcode";        ///< in an answer
    std::string amount_name = "amount";
    std::string payee_name = "payee";
    std::string outcome_name =
        "state";            ///< "idle", "waiting", "approved", "declined", "cancelled", "expired", "unknown"
    std::string fixed_code; ///< for `fixed_path`; empty: none
    std::chrono::milliseconds asks_within{5'000}; ///< a plate that has not asked for so long is away

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// The server that code plates call. What is to be shown is kept here and given to whoever asks, each plate by its
/// number; nobody else gets anything, and no plate has a say in the amount.
///
/// `show` ends when every plate has fetched the content, and fails with `no_answer` where one does not: then the code
/// is given to nobody any more. Thread-safe; one content at a time. Its thread answers from memory.
class code_plate final : public ports::display {
  public:
    /// @param address HOST:PORT to listen at; port 0 is chosen by the system
    /// @return `bad_setting`, `bad_address`, `busy` where nobody can listen there
    [[nodiscard]] static result<std::unique_ptr<code_plate>> listen(
        const std::string& address, code_plate_profile profile, logger log = logger::none());
    ~code_plate() override;

    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    /// Waits until each plate has asked once more.
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;
    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct state;
    explicit code_plate(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::drivers
