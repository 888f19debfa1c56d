#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// ABECS commands whose parameters carry names and lengths of their own (section 3.1.3): what the pad is, digits in
/// clear, pictures. Values in, payloads out, and back.
namespace abecs {

/// What a pad says of itself (GIX, section 3.2.4); empty or 0 where it does not say.
struct pad_information {
    std::string serial_number;
    std::string part_number;
    std::string model; ///< "PP2000;8MB"
    std::string maker;
    std::string system_version;
    std::string specification; ///< "2.12"
    std::string application_version;
    bool contactless = false;
    int text_lines = 0;
    int text_columns = 0;
    int width = 0; ///< pixels of a display for pictures
    int height = 0;
    bool shows_png = false;
    bool shows_jpg = false;
    bool shows_gif = false;
};
/// Asks for what `pad_information` has.
[[nodiscard]] secret_bytes information_command();
/// @return `bad_content`.
[[nodiscard]] result<pad_information> parse_information(byte_view payload);

/// What a cardholder can be asked for in clear: texts that the pad has (section 3.3.8), so that nobody can ask for a
/// PIN this way. Others of its table can be cast.
enum class question : std::uint16_t {
    telephone = 0x0005, ///< with its area code
    cpf = 0x0007,       ///< the number of a Brazilian tax payer, 11 digits
    cpf_again = 0x0008,
    identity_card = 0x0009, ///< RG
    last_four_digits = 0x000B,
    security_code = 0x000C,
    cnpj = 0x000D, ///< the number of a Brazilian company, 14 digits
    cnpj_again = 0x000E,
    date = 0x000F, ///< DDMMYYYY
    birth_date = 0x0016,
    identification = 0x001D,
    loyalty_code = 0x001E,
    table_number = 0x001F,
    quantity = 0x0021,
    seller = 0x0025,
    invoice = 0x0028,
    bill = 0x0029, ///< comanda
    satisfaction = 0x002F,
    token = 0x0031,
    card_number = 0x0032,
    instalments = 0x0033,
};

/// GCD (section 3.3.8).
struct get_digits {
    question what = question::cpf;
    int least = 0;
    int most = 32;
    std::chrono::seconds idle{60}; ///< without a key pressed; 0: for ever, as long as the call lasts
};
/// @return `bad_setting` naming the value that the command cannot carry.
[[nodiscard]] result<secret_bytes> get_digits_command(const get_digits& what);
/// The digits; secret, as they are a person's.
/// @return `bad_content`.
[[nodiscard]] result<secret_bytes> parse_digits(byte_view payload);

/// MNU (section 3.3.13): a title and up to 20 options of 24 characters each; an option that begins with a digit can
/// be chosen by its key.
struct menu {
    std::string_view title; ///< UTF-8, at most 128 characters; empty: none
    std::span<const std::string> options;
    std::chrono::seconds idle{60}; ///< without a key pressed; 0: for ever, as long as the call lasts
};
/// Characters outside Latin-1 become `unknown`, or are refused where that is 0.
/// @return `bad_setting` naming the value that the command cannot carry; `unsendable_text`.
[[nodiscard]] result<secret_bytes> menu_command(const menu& what, char unknown);
/// Which option, counted from 0. @return `bad_content`.
[[nodiscard]] result<std::size_t> parse_choice(byte_view payload, std::size_t options);

/// Pictures that a pad may show (section 3.4).
enum class picture_format : std::uint8_t { png = 1, jpg = 2, gif = 3 };

/// MLI: a file of this name and content follows; one of the same name is replaced.
/// @param name 1 to 8 letters and digits; their case means nothing
/// @return `bad_setting`.
[[nodiscard]] result<secret_bytes> load_begin_command(
    std::string_view name, picture_format format, byte_view content);
/// How much of a file one MLR carries.
inline constexpr std::size_t largest_load = 1'990;
/// MLR: the next bytes of the file, at most `largest_load`.
[[nodiscard]] secret_bytes load_part_command(byte_view part);
/// MLE: that was all; the pad checks length and CRC.
[[nodiscard]] secret_bytes load_end_command();
/// DSI: shows a file that was loaded. @return `bad_setting`.
[[nodiscard]] result<secret_bytes> show_picture_command(std::string_view name);
/// DMF: deletes one; no fault where it is not there. @return `bad_setting`.
[[nodiscard]] result<secret_bytes> delete_picture_command(std::string_view name);
/// LMF: which files there are.
[[nodiscard]] secret_bytes list_pictures_command();
[[nodiscard]] result<std::vector<std::string>> parse_pictures(byte_view payload);

} // namespace abecs
} // namespace cipherlane::drivers
