#pragma once

#include "hsm-sim/keys/clear_key.hpp"
#include "hsm-sim/unit/unit.hpp"
#include "hsm-sim/westone/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::hsm_sim {

/// A key field: raw bytes in the request, or a number in the unit.
struct raw_key {
    static constexpr std::uint16_t follows = 0xFFFF;

    byte_view bytes;
    std::uint16_t index = follows;
};

/// One Westone request: first its layout is read, as far as the bytes go; then, if all are there, it is carried out.
class westone_exchange {
  public:
    westone_exchange(unit& of, const lmk_set& keys, std::string_view stream, std::string& out)
        : on(of)
        , lmks(keys)
        , stream_(as_bytes(stream))
        , out_(out) {}

    unit& on;
    const lmk_set& lmks;

    // Layout.

    byte_view take(std::size_t count);
    std::uint8_t byte();
    std::uint16_t word();
    /// 8, 16 or 24.
    std::size_t key_length();
    /// 1, 2 or 3 for a single, double or triple key.
    std::size_t length_flag();
    raw_key key_by_length() { return {take(key_length())}; }
    raw_key key_or_index(std::uint16_t index, std::size_t length);
    byte_view data();
    /// Whether the whole request was there; only then may it be carried out.
    [[nodiscard]] bool ready() const noexcept { return !incomplete_ && !failed(); }
    [[nodiscard]] bool incomplete() const noexcept { return incomplete_ && !failed(); }
    [[nodiscard]] std::size_t consumed() const noexcept { return at_; }

    // Errors.

    void fail(westone_error why) noexcept;
    /// A length or number that leaves the end of the request unknown.
    void impossible(westone_error why) noexcept;
    [[nodiscard]] bool failed() const noexcept { return error_ != westone_error::none; }
    [[nodiscard]] westone_error error() const noexcept { return error_; }
    [[nodiscard]] bool hang_up() const noexcept { return hang_up_; }

    // Keys. After a failure they are empty.

    lmk_slot type(std::uint8_t code);
    lmk_slot type_named(std::string_view code);
    /// Of the keys of D0 commands, which name none.
    lmk_slot untyped() { return type_named(on.settings().untyped); }
    lmk_slot transport() { return type_named("01"); }
    /// A key under the local master key.
    clear_key open(raw_key field, lmk_slot type);
    clear_key open_under(const clear_key& transport_key, byte_view wrapped);
    clear_key generate(std::size_t size);
    void check_kcv(const clear_key& key, byte_view given);

    // Answer.

    void put(byte_view raw) { out_.append(as_text(raw)); }
    void put_byte(std::size_t value) { out_.push_back(static_cast<char>(value)); }
    void put_word(std::size_t value);
    void put_key(lmk_slot type, const clear_key& key);
    void put_under(const clear_key& transport_key, const clear_key& key);
    void put_kcv(const clear_key& key);
    /// Length, key under the LMK, check value: what most commands answer.
    void put_new_key(lmk_slot type, const clear_key& key);

  private:
    std::size_t checked_length(std::size_t length);
    void check(const clear_key& key);

    byte_view stream_;
    std::string& out_;
    std::size_t at_ = 2;
    bool incomplete_ = false;
    bool hang_up_ = false;
    westone_error error_ = westone_error::none;
};

} // namespace cipherlane::hsm_sim
