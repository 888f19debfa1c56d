#include "acquirer-sim/issuer.hpp"

#include <cipherlane/crypto/clear_pin.hpp>
#include <cipherlane/crypto/key.hpp>
#include <cipherlane/crypto/key_policy.hpp>
#include <cipherlane/crypto/pin_block.hpp>

namespace cipherlane::sim {

std::string issuer::decide(const issuer_request& request, std::string_view today_yymm) {
    const auto card = books_.card(request.number);
    if (!card) return "14";
    if (card->expiry < today_yymm) return "54";
    if (!request.expiry.empty() && request.expiry != card->expiry) return "54";
    if (!request.pin_block.empty() && !pin_fits(*card, request.pin_block)) return "55";
    if (card->balance < request.amount) return "51";
    return "00";
}

bool issuer::pin_fits(const host_card& card, byte_view block) const {
    auto key = crypto::pin_key::create(crypto::algorithm::tdes, zone_key_.expose(), crypto::legacy_policy);
    if (!key) return false;
    const auto entered = crypto::decrypt_pin_block(*key, crypto::pin_block_format::iso_0, block, card.number);
    const auto kept = crypto::clear_pin::parse(card.pin);
    return entered && kept && *entered == *kept;
}

} // namespace cipherlane::sim
