#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

struct mac_result {
    short_bytes mac; ///< as many bytes as the unit gave: 8, or 4
    [[nodiscard]] static result<mac_result> from(const reply& of);
};

/// A MAC over a whole message (M6, MS, D1 32).
class make_mac_request final : public operation_request {
  public:
    using response = mac_result;
    /// `type` is tak or zak.
    make_mac_request(
        key_type type, const key& mac_key, mac_algorithm algorithm, byte_view data, padding fill = padding::zeros);
    make_mac_request& data(byte_view message);
};

/// Is a MAC right (M8, MC, D1 34)? Compared by the unit, or, where it has no command, locally in constant time.
///
/// `length` is how many bytes it must have, 4 or 8: not the sender chooses that. A MAC of another length ends the
/// call with `hsm_errc::bad_length`, field `mac`, before anything is sent.
class verify_mac_request final : public operation_request {
  public:
    using response = verification;
    verify_mac_request(key_type type, const key& mac_key, mac_algorithm algorithm, byte_view data, byte_view mac,
        std::size_t length, padding fill = padding::zeros);
};

/// A MAC with a key derived from a BDK (GW).
class dukpt_mac_request final : public operation_request {
  public:
    using response = mac_result;
    dukpt_mac_request(const key& bdk, std::string_view ksn, byte_view data);
};

} // namespace cipherlane::hsm
