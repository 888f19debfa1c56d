#pragma once

#include <cipherlane/core/result.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace cipherlane::sim {

/// The rig's side of a control channel: one command, one answer, blocking.
class control_client {
  public:
    /// `where` as the simulator announced it: "127.0.0.1:PORT" or "unix:PATH". A Unix socket must be of this user's
    /// program, or root's: commands carry cards and PINs.
    [[nodiscard]] static result<control_client> connect(const std::string& where);
    control_client(control_client&&) noexcept;
    control_client& operator=(control_client&&) noexcept;
    ~control_client();

    /// Throws `std::runtime_error` with the simulator's words when it refuses or is gone: rigs and tests stop there.
    nlohmann::json ask(const nlohmann::json& request);

  private:
    struct impl;
    explicit control_client(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
