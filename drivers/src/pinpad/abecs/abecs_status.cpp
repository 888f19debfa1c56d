#include <cipherlane/core/error_category.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_status.hpp>

#include <array>
#include <cassert>

namespace cipherlane::drivers {
namespace {

constexpr errc_row refuses(int status, const char* text) {
    return {status, condition::rejected_by_peer, text};
}

constexpr std::array rows{
    refuses(3, "secure communication is not established"),
    refuses(4, "function key 1 was pressed"),
    refuses(5, "function key 2 was pressed"),
    refuses(6, "function key 3 was pressed"),
    refuses(7, "function key 4 was pressed"),
    refuses(8, "the clear key was pressed"),
    refuses(9, "the pad could not decrypt the packet, or wants packets encrypted"),
    refuses(10, "unknown command, or one that must come before is missing"),
    refuses(11, "invalid parameter"),
    refuses(19, "a mandatory parameter is missing"),
    refuses(20, "the EMV tables are of another version"),
    refuses(21, "the EMV tables cannot be stored"),
    refuses(40, "internal error of the pad"),
    refuses(41, "the magnetic stripe could not be read"),
    refuses(43, "no chip card in the reader"),
    refuses(44, "the pad takes no PIN for a while, for security"),
    refuses(45, "the answer is too long"),
    refuses(46, "cryptographic check failed"),
    refuses(51, "SAM missing or silent"),
    refuses(60, "the chip card does not answer"),
    refuses(61, "communication with the card failed"),
    refuses(67, "the card is invalidated"),
    refuses(68, "the chip card does not behave as it should"),
    refuses(69, "the chip card holds invalid data"),
    refuses(70, "the chip card has no application for these conditions"),
    refuses(71, "the card's application cannot be used here"),
    refuses(76, "the chip failed; the magnetic stripe may be used"),
    refuses(77, "invalid amount"),
    refuses(78, "too many candidate applications"),
    refuses(79, "the card is blocked"),
    refuses(80, "more than one contactless card"),
    refuses(81, "communication with the contactless card failed"),
    refuses(82, "the contactless card is invalidated"),
    refuses(83, "the contactless card does not behave as it should"),
    refuses(84, "the contactless card has no application for these conditions"),
    refuses(85, "the contactless card's application cannot be used here"),
    refuses(86, "the cardholder must confirm on the phone and present it again"),
    refuses(87, "use the chip or the magnetic stripe"),
    refuses(100, "no such media file"),
    refuses(101, "the media file's format is wrong"),
    refuses(102, "the media file could not be loaded"),
};

/// A status that no table knows is a refusal too.
class status_category final : public boost::system::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "cipherlane.abecs"; }
    [[nodiscard]] std::string message(int value) const override { return known_.message(value); }
    [[nodiscard]] boost::system::error_condition default_error_condition(int value) const noexcept override {
        for (const auto& row : rows) {
            if (row.value == value) return make_error_condition(row.means);
        }
        return make_error_condition(condition::rejected_by_peer);
    }

  private:
    table_category known_{"cipherlane.abecs", rows};
};

const status_category category;

/// What other devices say too.
boost::system::error_code code_of(int status) {
    switch (status) {
    case abecs_status::timeout: return drivers_errc::cardholder_timeout;
    case abecs_status::cancelled: return drivers_errc::cardholder_cancelled;
    case abecs_status::key_missing: return drivers_errc::no_key;
    default: return {status, category};
    }
}

} // namespace

error abecs_error(int status) {
    assert(status > 0 && status < 1000);
    const std::array digits{static_cast<char>('0' + status / 100), static_cast<char>('0' + status / 10 % 10),
        static_cast<char>('0' + status % 10)};
    return error(code_of(status), layer::drivers).with_peer_code({digits.data(), digits.size()});
}

} // namespace cipherlane::drivers
