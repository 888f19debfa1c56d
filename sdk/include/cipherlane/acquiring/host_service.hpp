#pragma once

#include <cipherlane/acquiring/flow.hpp>

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

/// Asks the host for one of its services (MTI 0820, 0800 for a master key). None of them moves money, none is sealed
/// with a MAC, and silence is `timed_out`.
///
/// A list comes page by page, is kept in the journal after each page (`store::find_list`) and given to the PIN pad
/// where its kernel takes it: what was broken off on the same day goes on where it stopped. They run by themselves
/// before a trade when the host asks for them in its header (processing requests 1, 2, 4, 5), in the time that the
/// trade's call leaves beyond card and host's answer; one that fails then holds no trade up and is tried again before
/// the next, one that is not answered after some minutes. Its wish for a remote update (6) is raised as an alert.
/// Lists and the status move no money: their call's deadline ends the wait for an answer.
///
/// A master key is asked for only where sealer and PIN pad both can take it (`unsupported` otherwise); it is proved
/// by its check value and kept, encrypted under the one before it.
/// @return `rejected_by_peer` with the host's code (`service_refused`, `check_value_wrong`), `bad_message`
/// (`bad_answer`), `timed_out`, `link_lost`, `unsupported`.
using host_service = flow<service_request, service_report>;

extern template class flow<service_request, service_report>;

} // namespace cipherlane::acquiring
