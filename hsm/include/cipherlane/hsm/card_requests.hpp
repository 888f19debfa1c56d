#pragma once

#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/reply.hpp>

namespace cipherlane::hsm {

struct cvv_result {
    std::string cvv; ///< three digits
    [[nodiscard]] static result<cvv_result> from(const reply& of);
};

/// CVV, CVV2 (service 000) or iCVV (999) (CW).
class make_cvv_request final : public operation_request {
  public:
    using response = cvv_result;
    make_cvv_request(const key& cvk, const pan& card, std::string_view expiry, std::string_view service);
};

class verify_cvv_request final : public operation_request {
  public:
    using response = verdict;
    verify_cvv_request(
        const key& cvk, const pan& card, std::string_view expiry, std::string_view service, std::string_view cvv);
};

/// The cryptogram is right; its answer where one was asked for.
struct cryptogram_result {
    bool right = false;
    short_bytes arpc;
    fixed_text<4> warning; ///< the unit's code, in dialects whose command has one; empty if all is well
    [[nodiscard]] static result<cryptogram_result> from(const reply& of);
};

/// What an application cryptogram was made over.
struct arqc_data {
    short_bytes pan_psn;       ///< 8 bytes: PAN and sequence number as the derivation takes them
    short_bytes atc;           ///< 2 bytes
    short_bytes unpredictable; ///< 4 bytes
    bytes transaction;         ///< as the card's application hashed it, filled up to whole blocks
    short_bytes arqc;          ///< 8 bytes
};

/// Verifies an ARQC, and makes the ARPC for an authorisation response code of 2 bytes if one is given (KQ).
class verify_arqc_request final : public operation_request {
  public:
    using response = cryptogram_result;
    verify_arqc_request(const key& mk_ac, unsigned scheme, const arqc_data& what, byte_view arc = {});
};

} // namespace cipherlane::hsm
