#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// What somebody says by hand about the routes of a till (`routing.terminals` and `routing.gateways` of its
/// settings), in a TOML file that any process may change: a till that is open sees it at its next payment. A host and
/// a gateway have never one name. Distinct objects may be used from distinct threads.
class route_hand {
  public:
    struct route {
        std::string host;     ///< as records name it
        std::string terminal; ///< which is sent there
        std::uint32_t fee_ppm = 0;
        std::int64_t fee_minor = 0;
    };
    struct gateway {
        std::string name;
        std::uint32_t fee_ppm = 0;
        std::int64_t fee_minor = 0;
    };
    struct word {
        std::string pinned; ///< a host to which all payments go; empty: they are chosen for
        std::set<std::string> closed;
        std::string pinned_gateway; ///< likewise, of what goes to a gateway
        friend bool operator==(const word&, const word&) = default;
    };

    /// @return `till_errc::missing_setting` where the settings name neither terminals nor gateways that are chosen
    /// among
    [[nodiscard]] static result<route_hand> of(const till_settings& all);

    [[nodiscard]] const std::vector<route>& routes() const noexcept { return routes_; }
    [[nodiscard]] const std::vector<gateway>& gateways() const noexcept { return gateways_; }
    /// Where there is no file nothing was said. @return `till_errc::no_file`, `not_toml`, `bad_setting`
    [[nodiscard]] result<word> read() const;
    /// A host or a gateway by its name; durable when it returns. Empty: none is pinned.
    /// @return `till_errc::no_route` for a name that no route has; what reading and writing the file says
    [[nodiscard]] result<void> pin(std::string_view name) const;
    [[nodiscard]] result<void> close(std::string_view name) const;
    [[nodiscard]] result<void> reopen(std::string_view name) const;
    /// Another one after each change; empty where there is no file.
    [[nodiscard]] std::string version() const;

  private:
    route_hand(std::string file, std::vector<route> routes, std::vector<gateway> gateways)
        : file_(std::move(file))
        , routes_(std::move(routes))
        , gateways_(std::move(gateways)) {}
    [[nodiscard]] bool is_gateway(std::string_view name) const noexcept;
    [[nodiscard]] result<void> check(std::string_view name) const;
    [[nodiscard]] result<void> write(const word& what) const;

    std::string file_;
    std::vector<route> routes_;
    std::vector<gateway> gateways_;
};

} // namespace cipherlane
