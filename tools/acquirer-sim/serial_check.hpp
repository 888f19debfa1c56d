#pragma once

#include <cipherlane/crypto/key.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <map>
#include <optional>
#include <string>

namespace cipherlane::sim {

/// Whether sales and pre-authorisations come from the device whose serial number they name (终端序列号密文).
/// Terminals whose key the rig has set must say it; nobody else is asked.
class serial_check {
  public:
    /// @param key SM4, 32 hex digits. @param code of the refusal. Throws `std::invalid_argument`.
    void expect(const std::string& terminal_id, const std::string& key, const std::string& code);
    /// The code to refuse with; nothing where all is right, or nobody asks.
    [[nodiscard]] std::optional<std::string> refusal(
        const iso8583::message_view& request, iso8583::transaction what, const std::string& number);

  private:
    struct rule {
        crypto::mac_key key;
        std::string code;
    };
    std::map<std::string, rule> rules_;
};

} // namespace cipherlane::sim
