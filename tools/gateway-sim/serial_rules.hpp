#pragma once

#include <cipherlane/crypto/key.hpp>

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>

namespace cipherlane::sim {

/// Whether a charge comes from the device whose serial number it names (终端序列号密文). Terminals whose key the rig
/// has set must say it; nobody else is asked.
class serial_rules {
  public:
    /// @param key SM4, 32 hex digits. Throws `std::invalid_argument`.
    void expect(const std::string& terminal_id, const std::string& key);
    /// Throws a `refusal` by the charge's number where the cryptogram is missing or wrong.
    void check(const nlohmann::json& charge);

  private:
    std::map<std::string, crypto::mac_key> keys_;
};

} // namespace cipherlane::sim
