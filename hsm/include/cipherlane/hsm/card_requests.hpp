#pragma once

#include <cipherlane/crypto/emv_keys.hpp>
#include <cipherlane/hsm/operation_request.hpp>
#include <cipherlane/hsm/pin_requests.hpp>
#include <cipherlane/hsm/reply.hpp>

#include <cstdint>
#include <string_view>

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
    using response = verification;
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

/// The session keys under which cards of EMV 4 make their cryptograms.
enum class emv_session : std::uint8_t {
    common,          ///< EMV's common session key: Visa CVN 18, M/Chip CVN 14, most others
    common_option_b, ///< the same with the card key by option B, for PANs of more than 16 digits
    unionpay,        ///< of PBOC and UnionPay cards (银联)
};
[[nodiscard]] std::string_view to_string(emv_session value) noexcept;

/// The session keys of EMV 2000 (Book 2 of versions 4.0 and 4.1, A1.3): leaves of a tree of keys. Cards that were
/// issued under it are still in use.
struct emv_tree_session {
    crypto::emv_tree shape = crypto::emv_tree::of_4;
    crypto::emv_tree_start start{}; ///< zeros unless an issuer has chosen another value
    crypto::emv_card_key_option card_key = crypto::emv_card_key_option::a;
};

/// Verifies an ARQC, and makes the ARPC if one is asked for. Which command does it (KQ, KW, K6), and which sessions a
/// unit knows, is the profile's matter.
class verify_arqc_request final : public operation_request {
  public:
    using response = cryptogram_result;
    /// Under the card key or M/Chip's session key, by KQ's own number of the scheme (0, 1); with an authorisation
    /// response code of 2 bytes the ARPC by method 1.
    verify_arqc_request(const key& mk_ac, unsigned scheme, const arqc_data& what, byte_view arc = {});
    /// Under a session key of EMV 4 (KW). `unpredictable` of `what` is not used. For option B `pan_psn` is all digits
    /// of PAN and sequence number, packed.
    verify_arqc_request(const key& mk_ac, emv_session session, const arqc_data& what);
    /// Under a session key of EMV 2000 (KW). `unpredictable` of `what` is not used; `pan_psn` as above.
    verify_arqc_request(const key& mk_ac, const emv_tree_session& session, const arqc_data& what);

    /// Asks for the ARPC by method 1 (EMV 4.3 Book 2, 8.2.1): 8 bytes from the response code of 2.
    verify_arqc_request& answer(byte_view arc);
    /// Asks for the ARPC by method 2 (EMV 4.3 Book 2, 8.2.2): 4 bytes from card status update (CSU, 4 bytes) and
    /// proprietary authentication data (0 to 8).
    verify_arqc_request& answer_by_status(byte_view status_update, byte_view proprietary = {});

  private:
    void put_cryptogram(const key& mk_ac, const arqc_data& what);
};

} // namespace cipherlane::hsm
