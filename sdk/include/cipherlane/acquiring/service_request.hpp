#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::acquiring {

/// What a terminal asks of its host besides trades.
enum class service : std::uint8_t {
    sign_off,    ///< 签退: the working keys are given up; the next trade signs in again
    echo,        ///< 回响测试: is the host there
    master_key,  ///< 主密钥下载: a new TMK under the one in force; the working keys are void
    status,      ///< 状态上送: the terminal says who it is
    parameters,  ///< 参数下载
    ca_keys,     ///< 公钥下载: the schemes' keys for chip cards
    sm_ca_keys,  ///< 国密公钥下载
    aids,        ///< IC 卡参数下载
    contactless, ///< 非接参数下载
    qps_bins,    ///< 小额免密免签 BIN 表: cards to which the rule for small amounts applies
    blacklist,   ///< 黑名单 BIN 表
    card_bins,   ///< 卡 BIN 表
};

/// "sign-off", "CA keys".
[[nodiscard]] std::string_view to_string(service value) noexcept;
/// The service of that name, with '-' where the name has a blank; nothing where there is none.
[[nodiscard]] std::optional<service> find_service(std::string_view name) noexcept;

struct service_request {
    explicit service_request(service asked)
        : what(asked) {}
    service what;
};

struct service_report {
    std::uint32_t messages = 0; ///< that it took
    std::uint32_t entries = 0;  ///< of a list: what the host gave, and the journal keeps
    bool resumed = false;       ///< of a list: it went on with one that had been broken off
};

} // namespace cipherlane::acquiring
