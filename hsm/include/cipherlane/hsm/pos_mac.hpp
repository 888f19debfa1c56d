#pragma once

#include <cipherlane/crypto/unionpay_mac.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/operations.hpp>
#include <cipherlane/net/completion.hpp>
#include <cipherlane/net/post_completion.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <array>

namespace cipherlane::hsm {

/// Field 64 of a UnionPay POS message.
using pos_mac = std::array<std::uint8_t, 8>;

/// The request that makes the POS MAC (银联 POS ECB MAC) over `mab`, message type to the field before 64: the unit's
/// own command where the dialect has one (MU), else the message is folded and expanded here, which needs no key, and
/// the unit makes one CBC-MAC with the whole key over the 16 characters, or 32 where the key's scheme is the
/// dialect's for SM4. X9.19 would be wrong here.
[[nodiscard]] result<make_mac_request> pos_mac_request(const profile& dialect, const key& tak, byte_view mab);
/// Field 64 from that request's result: its first eight hex characters, or with SM4 its first eight bytes.
[[nodiscard]] pos_mac pos_mac_field(
    const mac_result& made, crypto::unionpay_mac_form form = crypto::unionpay_mac_form::ascii8) noexcept;

/// Makes field 64, blocking.
[[nodiscard]] result<pos_mac> make_pos_mac(operations& unit, const key& tak, byte_view mab, const call& bounds,
    crypto::unionpay_mac_form form = crypto::unionpay_mac_form::ascii8);
/// True if field 64 is right; compared in constant time.
[[nodiscard]] result<bool> verify_pos_mac(operations& unit, const key& tak, byte_view mab, const pos_mac& received,
    const call& bounds, crypto::unionpay_mac_form form = crypto::unionpay_mac_form::ascii8);

/// Whether the dialect has a scheme for keys of SM4.
[[nodiscard]] bool knows_sm4_keys(const profile& dialect) noexcept;
/// Whether a key is one of SM4, by its scheme. False where the dialect writes none.
[[nodiscard]] bool is_sm4_key(const profile& dialect, const key& one) noexcept;

/// As `make_pos_mac`, asynchronous: `void(result<pos_mac>)`.
template <class Token>
auto async_make_pos_mac(operations& unit, const key& tak, byte_view mab, const call& bounds, Token&& token) {
    return boost::asio::async_initiate<Token, void(result<pos_mac>)>(
        [](auto handler, operations* by, result<make_mac_request> request, call limits) {
            auto on = boost::asio::get_associated_executor(handler, by->get_executor());
            auto slot = boost::asio::get_associated_cancellation_slot(handler);
            net::completion<pos_mac> done(std::move(handler));
            if (!request) return net::post_completion<pos_mac>(by->get_executor(), std::move(done), request.error());
            by->async_make_mac(*request, limits,
                boost::asio::bind_executor(on, boost::asio::bind_cancellation_slot(slot,
                                                   [end = std::move(done)](const result<mac_result>& made) mutable {
                                                       std::move(end)(made ? result<pos_mac>(pos_mac_field(*made))
                                                                           : made.error());
                                                   })));
        },
        token, &unit, pos_mac_request(unit.dialect(), tak, mab), bounds);
}

} // namespace cipherlane::hsm
