#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// What somebody says by hand about the routes of a till (`routing.terminals` of its settings), in a TOML file that
/// any process may change: a till that is open sees it at its next payment. Distinct objects may be used from
/// distinct threads.
class route_hand {
  public:
    struct route {
        std::string host;     ///< as records name it
        std::string terminal; ///< which is sent there
        std::uint32_t fee_ppm = 0;
        std::int64_t fee_minor = 0;
    };
    struct word {
        std::string pinned; ///< a host to which all payments go; empty: they are chosen for
        std::set<std::string> closed;
        friend bool operator==(const word&, const word&) = default;
    };

    /// @return `till_errc::missing_setting` where the settings name no terminals that are chosen among
    [[nodiscard]] static result<route_hand> of(const till_settings& all);

    [[nodiscard]] const std::vector<route>& routes() const noexcept { return routes_; }
    /// Where there is no file nothing was said. @return `till_errc::no_file`, `not_toml`, `bad_setting`
    [[nodiscard]] result<word> read() const;
    /// Durable when it returns. Empty: none is pinned.
    /// @return `till_errc::no_route` for a host that is none of the routes; what reading and writing the file says
    [[nodiscard]] result<void> pin(std::string_view host) const;
    [[nodiscard]] result<void> close(std::string_view host) const;
    [[nodiscard]] result<void> reopen(std::string_view host) const;
    /// Another one after each change; empty where there is no file.
    [[nodiscard]] std::string version() const;

  private:
    route_hand(std::string file, std::vector<route> routes)
        : file_(std::move(file))
        , routes_(std::move(routes)) {}
    [[nodiscard]] result<void> check(std::string_view host) const;
    [[nodiscard]] result<void> write(const word& what) const;

    std::string file_;
    std::vector<route> routes_;
};

} // namespace cipherlane
