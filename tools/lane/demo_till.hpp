#pragma once

#include <cipherlane/ports/journal_record.hpp>
#include <cipherlane/till/till.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// Where everything around the till of the demonstration is.
struct demo_places {
    std::string folder;     ///< for the journal
    std::string key_folder; ///< for the journal's key and the terminal's master key
    std::string public_key; ///< the gateway's, a PEM file
    std::string host;
    std::string gateway;
    std::string display;
    std::string pinpad;
};

/// The demonstration's terminal, TEST0001, as an integrator would set it up. Writes its master key (a test key).
[[nodiscard]] till_settings demo_settings(const demo_places& at);

/// The gateway of the settings is WeChat Pay ("wechat") or Alipay ("alipay") instead, as its simulator knows the
/// merchant whose test keys are in `keys`.
void speak_as(till_settings::gateway_place& gateway, std::string_view kind, const std::string& keys);

/// The till of these settings. Throws `std::runtime_error` when a part does not come up.
/// @param watch may be null; must outlive the till.
[[nodiscard]] till open_till(const till_settings& settings, acquiring::timeline* watch, logger log);

/// A file that this user alone may read: a key and a line end.
void write_private_file(const std::string& path, std::string_view content);

/// All records of the till's terminal, from its journal's file.
[[nodiscard]] std::vector<ports::journal_record> records_of(const till& at);

} // namespace cipherlane::sim
