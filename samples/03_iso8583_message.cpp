// Builds a sale of the UnionPay POS dialect, seals it with a MAC, and reads it back: what goes over the wire to an
// acquirer's host, without any host.
//
//     03_iso8583_message
//
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/field60.hpp>

#include <algorithm>
#include <array>
#include <iostream>

using namespace cipherlane;
using namespace std::string_view_literals;

namespace {

iso8583::message sale() {
    iso8583::field60 kind;
    kind.type = "22"sv; // sale
    kind.batch = "000001"sv;
    kind.network = "000"sv;
    kind.reader = "5"sv;
    iso8583::message what("0200");
    what.set_tpdu(iso8583::tpdu::parse("6000030000").value()).set_header("603100310730");
    what.set(2, "6222000000000017").set(3, "000000").set(4, "000000001234").set(11, "000002");
    what.set(14, "3012").set(22, "022").set(25, "00").set(41, "TEST0001").set(42, "TESTMERCH000001");
    what.set(49, "156").set(60, kind.to_digits());
    what.leave_mac_hole();
    return what;
}

} // namespace

int main() {
    try {
        // A test key; a till's MAC key comes wrapped at sign-in and lives in a PIN pad or a sealer.
        const auto clear = from_hex("0123456789ABCDEFFEDCBA9876543210").value();
        auto key = crypto::mac_key::create(crypto::algorithm::tdes, clear, crypto::cup_pos_policy).value();

        std::array<std::uint8_t, 1024> buffer{};
        const auto sent = iso8583::encode(iso8583::cup_pos(), sale(), buffer).value();
        const auto mac = crypto::unionpay_mac(key, sent.mac_range, crypto::unionpay_mac_form::ascii8).value();
        std::copy(mac.begin(), mac.end(), sent.mac.begin());
        std::cout << "on the wire: " << sent.frame.size() << " bytes, MAC " << as_text(mac) << "\n";

        const auto read = iso8583::decode(iso8583::cup_pos(), sent.frame).value();
        std::cout << iso8583::describe(read); // masked
        const bool right = std::ranges::equal(read.mac(), mac) && read.equals(4, "000000001234");
        std::cout << (right ? "read back unchanged\n" : "DIFFERS\n");

        // Bad input is refused with the field and the byte where it went wrong.
        const auto cut = iso8583::decode(iso8583::cup_pos(), sent.frame.first(40));
        std::cout << "cut short: " << cut.error() << "\n";
        return right && !cut ? 0 : 1;
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
        return 1;
    }
}
