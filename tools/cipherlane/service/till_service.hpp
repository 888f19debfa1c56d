#pragma once

#include "cipherlane/service/http_door.hpp"
#include "cipherlane/till_trade_rows.hpp"

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cipherlane::service {

/// What a service does when its tills are open.
enum class at_start : std::uint8_t {
    recover, ///< decides what the last run left undecided, terminal by terminal
    wait,    ///< until somebody asks for it
};

struct service_settings {
    std::vector<till_settings> tills;
    door_settings door;
    at_start first = at_start::recover;
};

/// The tills of some settings files as one local HTTP service: `docs/31-till-service.md`. What goes on at a terminal
/// is the service's: whoever asked may go away.
class till_service {
  public:
    /// Opens the tills, then the door.
    /// @return what `till::open` and `http_door::open` say; `misuse` where two tills have a terminal of one number.
    [[nodiscard]] static result<std::unique_ptr<till_service>> open(
        boost::asio::io_context& on, service_settings settings, logger log, const call& bounds);
    till_service(const till_service&) = delete;
    till_service& operator=(const till_service&) = delete;
    /// Waits for trades that are under way, as a till does. After the io_context has stopped.
    ~till_service();

    [[nodiscard]] const std::string& where() const noexcept;
    /// Takes nothing new, asks what is under way to end, and calls `done` when it has, or after a while. On the
    /// thread of the io_context.
    void wind_up(std::function<void()> done);

  private:
    struct impl;
    explicit till_service(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

/// The version that `/health` tells.
inline constexpr const char* service_version = "1";

} // namespace cipherlane::service
