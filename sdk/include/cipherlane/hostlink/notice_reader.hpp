#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hostlink/http_fields.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// What becomes of a notice.
enum class notice_end : std::uint8_t {
    taken,    ///< believed, and durable
    refused,  ///< not believed
    not_kept, ///< believed, and the disk failed: to be sent again
};

/// The answer to a notice, as its gateway wants it.
struct notice_reply {
    unsigned status = 200;
    std::string_view type; ///< of the body; empty: none
    std::string_view body;
};

/// Decides whether a gateway's notice is to be believed, and reads it: signature, age, then whose order it is about.
/// Takes the raw bytes as they came. One thread at a time.
class notice_reader {
  public:
    notice_reader() = default;
    notice_reader(const notice_reader&) = delete;
    notice_reader& operator=(const notice_reader&) = delete;
    virtual ~notice_reader() = default;

    /// From now on notices about this merchant's orders are believed, besides those of merchants named before.
    virtual void expect_merchant(std::string merchant_id) = 0;
    /// Nothing for a notice that is genuine and tells nothing that a till keeps. @return `bad_message` or
    /// `outcome_unknown` for what is not believed.
    [[nodiscard]] virtual result<std::optional<ports::qr_order_status>> read(
        const http_fields& fields, std::string_view body) = 0;
    /// What `read` told last is durable: the same notice again may tell nothing.
    virtual void kept() {}
    /// What of the message that was read last a person must hear, as that a refund has failed; empty: nothing.
    [[nodiscard]] virtual std::string remark() const { return {}; }
    [[nodiscard]] virtual notice_reply reply(notice_end end) const = 0;
};

} // namespace cipherlane::hostlink
