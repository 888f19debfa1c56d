#pragma once

#include "hsm-sim/keys/check_value.hpp"
#include "hsm-sim/keys/lmk.hpp"
#include "hsm-sim/keys/pin.hpp"
#include "hsm-sim/unit/statistics.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

namespace cipherlane::hsm_sim {

/// The dialects the simulator answers; a bit each, so that a command row names all that have it.
enum class family : std::uint8_t {
    payshield = 1,
    payshield_kb = 2,
    sjj1310 = 4,
    sjl06 = 8,
    sjl05 = 16,
    westone = 32, ///< binary D0 and D1 commands
};

/// How long a ZMK without a scheme tag is. `by_fit` reads it as double, and as single where the request then fits
/// and otherwise does not.
enum class zmk_length : std::uint8_t { by_fit, single_length, double_length };

/// What MQ does with a double-length ZAK. The fact sheet gives X9.19, and one known answer of a first block with the
/// whole key in every block; so `as_published` takes X9.19 for whole messages and 3DES-CBC for chained ones.
enum class mq_double_key : std::uint8_t { as_published, retail, tdes_cbc };

/// How messages are cut out of the stream.
struct unit_framing {
    bool length_prefix = true;     ///< two bytes, big-endian, not counting themselves
    std::size_t header_length = 4; ///< characters in front of the command, given back unchanged
    std::size_t largest = 32'768;
    bool closes_after_unknown = false; ///< Westone: nothing can be resynchronised after an unknown command
};

struct profile_tables;

/// How a unit is set up. Fixed while it runs; what changes is in `unit`.
struct unit_settings {
    std::string profile = "payshield";
    family dialect = family::payshield;
    unit_framing frame;
    std::string note; ///< what is not confirmed about the profile; said at start
    pin_policy policy = pin_policy::legacy;
    bool strict = false;    ///< single DES, repeated key halves and PIN format 03 are refused
    bool authorised = true; ///< at start; `--locked` starts without
    zmk_length zmk = zmk_length::by_fit;
    mq_double_key mq = mq_double_key::as_published;
    wide_check wide_kcv = wide_check::ecb;
    std::string test_check = "2686040000000000"; ///< what NC shows of the test keys: published, not to be computed
    std::string firmware = "0007-E000";
    std::string serial_number = "SIM000000001"; ///< 12 characters
    std::size_t kcv_digits = 6;                 ///< of A0, A6, A8, FC, FE and the like where no tail asks
    bool lower_case_hex = false;                ///< hex digits in answers; requests may have either
    std::size_t account_digits = 12;            ///< in D1 24 and D1 26
    std::string pin_separator = ";";            ///< in D1 24
    bool little_endian = false;                 ///< two-byte lengths inside Westone messages
    bool check_import_parity = true;            ///< D1 02
    std::string import_type = "11";             ///< D1 02 has no key type field: PIN key
    std::map<std::string, pin_format, std::less<>> pin_formats; ///< by the code on the wire
    std::map<std::string, lmk_slot, std::less<>> raw_key_types; ///< by the byte in hex: Westone
    /// Type of the keys of D0 commands, which name none: data key (`quirks.form_key_type`).
    std::string untyped = "13";
    std::shared_ptr<const profile_tables> tables; ///< of a profile file: commands that it adds; null: none
};

/// The settings that a built-in profile starts with; nothing for an unknown name. `sjl05-binary` is `sjj1312`.
[[nodiscard]] std::optional<unit_settings> settings_of(std::string_view profile);

/// As above, or from a profile file (`docs/09-dialects.md`), which `hsm::profile::load` must accept: the settings of
/// its `base`, with the file's framing, account digits, check value digits, PIN formats and Westone key types in
/// their place, and with its commands: those that it adds, lays out anew or removes. A file without a `base` starts
/// from `payshield`, or from `sjj1312` if its answers are flags.
/// @return `misuse` with the file's name as endpoint and the faulty entry as field; `local_fault` if unreadable.
[[nodiscard]] result<unit_settings> find_settings(const std::string& name_or_file);

/// A key in the unit's user storage.
struct stored_key {
    std::string field; ///< as a request would carry it: tag and hex digits, or a key block
    std::string type;  ///< three characters
    std::string label;
    std::string kcv;
    std::string stored_at;
};

/// The state that all connections of one simulated unit share: keys, authorised state, user storage.
/// Thread-safe.
class unit {
  public:
    unit(unit_settings settings, std::shared_ptr<const lmk_set> keys);

    [[nodiscard]] const unit_settings& settings() const noexcept { return settings_; }

    /// Changes whenever the keys do; cheap to ask on every request.
    [[nodiscard]] std::uint64_t lmk_generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    [[nodiscard]] std::shared_ptr<const lmk_set> lmks() const;
    [[nodiscard]] std::shared_ptr<const lmk_set> old_lmks() const; ///< nothing before the first change
    /// Loads other keys; the ones before stay as the old set for BW and BG.
    void change_lmks(std::shared_ptr<const lmk_set> keys);

    [[nodiscard]] bool authorised() const noexcept { return authorised_.load(std::memory_order_relaxed); }
    void set_authorised(bool yes) noexcept { authorised_.store(yes, std::memory_order_relaxed); }

    void store(std::uint32_t index, stored_key key);
    [[nodiscard]] std::optional<stored_key> find(std::uint32_t index) const;
    void erase(std::uint32_t index);
    [[nodiscard]] unit_statistics& statistics() noexcept { return statistics_; }
    /// After a restart: the authorised state as at first. What a host loaded into a payShield's user storage is lost;
    /// the keys that the other families store stay.
    void start_again();

  private:
    unit_settings settings_;
    mutable std::shared_mutex mutex_;
    std::shared_ptr<const lmk_set> lmks_;
    std::shared_ptr<const lmk_set> old_;
    std::atomic<std::uint64_t> generation_;
    std::atomic<bool> authorised_;
    std::map<std::uint32_t, stored_key> storage_;
    unit_statistics statistics_;
};

} // namespace cipherlane::hsm_sim
