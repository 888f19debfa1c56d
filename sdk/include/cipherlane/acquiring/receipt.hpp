#pragma once

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement_report.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace cipherlane::acquiring {

/// Whose copy.
enum class receipt_copy : std::uint8_t { merchant, cardholder };

/// A receipt as UTF-8 text, `columns` wide (Chinese characters count two), the PAN masked (POS 签购单).
[[nodiscard]] std::string receipt_text(
    const payment& what, const terminal_settings& terminal, receipt_copy copy, std::size_t columns = 32);

/// What heads a receipt that was printed before, or perhaps was (重打印).
[[nodiscard]] std::string reprint_mark(const terminal_settings& terminal);

/// The settlement slip (结算单).
[[nodiscard]] std::string settlement_text(
    const settlement_report& what, const terminal_settings& terminal, std::size_t columns = 32);

} // namespace cipherlane::acquiring
