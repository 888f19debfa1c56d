#pragma once

#include "terminal-sim/terminal_model.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace cipherlane::sim {

/// A terminal behind a TCP port: one till at a time, a later connection takes the place of the one before. Belongs to
/// the io_context's thread; must outlive its run.
class terminal_server {
  public:
    using maker = std::function<std::unique_ptr<terminal_model>(surroundings)>;

    [[nodiscard]] static result<std::unique_ptr<terminal_server>> start(
        boost::asio::io_context& on, std::uint16_t port, const maker& make);
    terminal_server(const terminal_server&) = delete;
    terminal_server& operator=(const terminal_server&) = delete;
    ~terminal_server();

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] terminal_model& model() noexcept;
    nlohmann::json control(const nlohmann::json& request);

  private:
    struct impl;
    explicit terminal_server(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
