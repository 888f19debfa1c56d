#pragma once

#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/hostlink/notice_reader.hpp>

#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace cipherlane::hostlink {

/// Reads the notices of a gateway that knows one merchant for all terminals of a till, none of the till's: which of
/// the till's merchants it is the order's number tells, or there is but one.
class merchant_notices : public notice_reader {
  public:
    /// @param gateway as errors have it, "… notice". @param taken what it wants to read once a notice is taken, and
    /// @param not_taken else.
    merchant_notices(std::string_view gateway, std::string_view taken, std::string_view not_taken)
        : gateway_(gateway)
        , taken_(taken)
        , not_taken_(not_taken) {}

    void expect_merchant(std::string merchant_id) final { merchants_.insert(std::move(merchant_id)); }
    [[nodiscard]] notice_reply reply(notice_end end) const override {
        if (end == notice_end::taken) return {200, "text/plain", taken_};
        return {end == notice_end::refused ? 400U : 503U, "text/plain", not_taken_};
    }

  protected:
    /// The only merchant of the till; empty where there are several.
    [[nodiscard]] std::string merchant() const {
        return merchants_.size() == 1 ? *merchants_.begin() : std::string();
    }
    [[nodiscard]] error not_believed(
        std::string_view field, hostlink_errc why = hostlink_errc::unreadable_notice) const {
        return error(why, layer::hostlink).during(gateway_).in_field(field);
    }

  private:
    std::string_view gateway_;
    std::string_view taken_;
    std::string_view not_taken_;
    std::set<std::string, std::less<>> merchants_;
};

} // namespace cipherlane::hostlink
