#pragma once

#include "simulation/timed_wire.hpp"

#include <string>

namespace cipherlane::simulation {

/// What a gateway answers over HTTP.
struct desk_answer {
    std::string status; ///< "200 OK"
    std::string body;   ///< JSON
};

/// The gateway's own side of its HTTP form, over the world's wallet, written from docs/14-gateway-api.md without the
/// SDK's reader and writer: a mistake of those would be seen here.
class gateway_desk {
  public:
    explicit gateway_desk(world& in) noexcept
        : world_(in) {}
    [[nodiscard]] desk_answer answer(const http_request& request);
    /// Of a request to give back; empty for any other.
    [[nodiscard]] static std::string refund_number_of(const http_request& request);

  private:
    [[nodiscard]] desk_answer create(const http_request& request);
    [[nodiscard]] desk_answer query(const std::string& number);
    [[nodiscard]] desk_answer cancel(const std::string& number);
    [[nodiscard]] desk_answer charge(const http_request& request);
    [[nodiscard]] desk_answer reverse(const std::string& number, const http_request& request);
    [[nodiscard]] desk_answer refund(const std::string& number, const http_request& request);

    world& world_;
};

} // namespace cipherlane::simulation
