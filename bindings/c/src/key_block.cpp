#include "arguments.hpp"
#include "key_thing.hpp"

#include <cipherlane/c/keyblock.h>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/key_block.hpp>
#include <cipherlane/crypto/key_block_check.hpp>

#include <boost/json.hpp>

namespace cipherlane::c {
namespace {

class key_block_thing final : public object {
  public:
    static constexpr kind what = kind::key_block;
    static constexpr access how = access::exclusive;
    explicit key_block_thing(crypto::key_block_protector made)
        : protector(std::move(made)) {}
    crypto::key_block_protector protector;
};

using block_pin = pinned<key_block_thing>;

/// The clear key of a block, in memory for secrets.
struct unwrapped {
    secret_bytes key;
    std::size_t size = 0;
    [[nodiscard]] byte_view view() const noexcept { return key.expose().first(size); }
};

result<unwrapped> unwrap(crypto::key_block_protector& by, std::string_view block) {
    unwrapped made{secret_bytes(block.size() / 2 + 1)};
    CIPHERLANE_TRY(const auto opened, by.unwrap(block, made.key.expose()));
    made.size = opened.key_size;
    return made;
}

template <class Key>
result<any_key> unwrap_as(crypto::key_block_protector& by, std::string_view block, const crypto::key_policy& rules) {
    const auto use = Key::use == crypto::purpose::base_derivation ? crypto::key_block_use::derive
                     : Key::use == crypto::purpose::mac || Key::use == crypto::purpose::pin_verification ||
                             Key::use == crypto::purpose::card_verification
                         ? crypto::key_block_use::reverse
                         : crypto::key_block_use::forward;
    CIPHERLANE_TRY(auto made, crypto::unwrap_key<Key::use>(by, block, use, rules));
    return any_key(std::move(made));
}

result<any_key> unwrap_purpose(
    crypto::key_block_protector& by, std::string_view block, std::int32_t purpose, const crypto::key_policy& rules) {
    switch (purpose) {
    case CIPHERLANE_KEY_PIN: return unwrap_as<crypto::pin_key>(by, block, rules);
    case CIPHERLANE_KEY_MAC: return unwrap_as<crypto::mac_key>(by, block, rules);
    case CIPHERLANE_KEY_DATA: return unwrap_as<crypto::data_key>(by, block, rules);
    case CIPHERLANE_KEY_KEY: return unwrap_as<crypto::key_encryption_key>(by, block, rules);
    case CIPHERLANE_KEY_BLOCK: return unwrap_as<crypto::key_block_protection_key>(by, block, rules);
    case CIPHERLANE_KEY_DERIVATION: return unwrap_as<crypto::base_derivation_key>(by, block, rules);
    case CIPHERLANE_KEY_PVV: return unwrap_as<crypto::pin_verification_key>(by, block, rules);
    case CIPHERLANE_KEY_CVV: return unwrap_as<crypto::card_verification_key>(by, block, rules);
    default: return refuse(c_errc::bad_argument, "purpose");
    }
}

boost::json::object in_words(std::string_view code, std::string_view means) {
    return {{"code", code}, {"means", means}};
}

boost::json::object inspect(const crypto::key_block_header& header) {
    const auto version = static_cast<char>(header.version());
    const auto algorithm = header.algorithm();
    const auto mode = header.mode_of_use();
    const auto exportability = header.exportability();
    boost::json::array options;
    for (const auto& each : header) {
        options.push_back({{"id", each.id}, {"data", each.data},
            {"means", crypto::describe_key_block_option(each.id, header.version())}});
    }
    boost::json::array findings;
    for (const auto& each : crypto::check_key_block_header(header))
        findings.push_back({{"field", each.field}, {"offset", each.offset}, {"text", each.text}});
    return {{"version", in_words({&version, 1}, crypto::describe_key_block_version(header.version()))},
        {"length", header.block_length()},
        {"usage", in_words(header.usage(), crypto::describe_key_usage(header.usage(), header.version()))},
        {"algorithm", in_words({&algorithm, 1}, crypto::describe_key_algorithm(algorithm))},
        {"mode", in_words({&mode, 1}, crypto::describe_mode_of_use(mode))}, {"key_version", header.key_version()},
        {"exportability", in_words({&exportability, 1}, crypto::describe_exportability(exportability))},
        {"reserved", header.reserved()}, {"options", std::move(options)}, {"findings", std::move(findings)}};
}

} // namespace
} // namespace cipherlane::c

using namespace cipherlane;
using namespace cipherlane::c;

cipherlane_condition cipherlane_keyblock_create(
    cipherlane_key protection, char version, cipherlane_keyblock* keyblock, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, pinned<key_thing>::of(protection, "protection"));
        CIPHERLANE_TRY(auto* const by, as<crypto::key_block_protection_key>(at, "protection"));
        CIPHERLANE_CHECK(need(keyblock, "keyblock"));
        if (version < 'A' || version > 'D') return refuse(c_errc::bad_argument, "version");
        CIPHERLANE_TRY(
            auto made, crypto::key_block_protector::create(*by, static_cast<crypto::key_block_version>(version)));
        return hand_out(std::make_unique<key_block_thing>(std::move(made)), keyblock);
    });
}

cipherlane_condition cipherlane_keyblock_close(cipherlane_keyblock keyblock, cipherlane_status* why) {
    return guard(why, [&] { return close_handle<key_block_thing>(keyblock, "keyblock"); });
}

cipherlane_condition cipherlane_keyblock_wrap(cipherlane_keyblock keyblock, const char* header, const void* key,
    size_t size, cipherlane_buffer* block, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, block_pin::of(keyblock, "keyblock"));
        CIPHERLANE_TRY(const auto text, text_of(header, "header"));
        CIPHERLANE_TRY(const auto clear, bytes_of(key, size, "key"));
        CIPHERLANE_TRY(const auto parsed, crypto::key_block_header::parse(text));
        CIPHERLANE_TRY(const auto made, at->protector.wrap(crypto::key_block_header_builder(parsed), clear));
        return give_text(made, block, "block");
    });
}

cipherlane_condition cipherlane_keyblock_unwrap(
    cipherlane_keyblock keyblock, const char* block, cipherlane_buffer* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, block_pin::of(keyblock, "keyblock"));
        CIPHERLANE_TRY(const auto text, text_of(block, "block"));
        CIPHERLANE_TRY(const auto made, unwrap(at->protector, text));
        return give(made.view(), key, "key");
    });
}

cipherlane_condition cipherlane_keyblock_unwrap_key(cipherlane_keyblock keyblock, const char* block, int32_t purpose,
    const char* policy, cipherlane_key* key, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto at, block_pin::of(keyblock, "keyblock"));
        CIPHERLANE_TRY(const auto text, text_of(block, "block"));
        CIPHERLANE_TRY(const auto* const rules, policy_of(policy));
        CIPHERLANE_CHECK(need(key, "key"));
        CIPHERLANE_TRY(auto made, unwrap_purpose(at->protector, text, purpose, *rules));
        return hand_out(std::make_unique<key_thing>(std::move(made)), key);
    });
}

cipherlane_condition cipherlane_keyblock_rewrap(cipherlane_keyblock from, const char* block, cipherlane_keyblock to,
    const char* policy, cipherlane_buffer* rewrapped, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto blocks, pinned_pair<key_block_thing>::of(from, "from", to, "to"));
        CIPHERLANE_TRY(const auto text, text_of(block, "block"));
        CIPHERLANE_TRY(const auto* const rules, policy_of(policy));
        CIPHERLANE_TRY(const auto made,
            crypto::rewrap_key_block(blocks.first()->protector, text, blocks.second()->protector, *rules));
        return give_text(made, rewrapped, "rewrapped");
    });
}

cipherlane_condition cipherlane_keyblock_inspect(const char* block, cipherlane_buffer* json, cipherlane_status* why) {
    return guard(why, [&]() -> result<void> {
        CIPHERLANE_TRY(const auto text, text_of(block, "block"));
        CIPHERLANE_TRY(const auto header, crypto::key_block_header::parse(text));
        return give_text(boost::json::serialize(inspect(header)), json, "json");
    });
}
