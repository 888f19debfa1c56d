#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/machine.hpp>

#include <chrono>
#include <memory>

namespace cipherlane::drivers {

/// The link of a terminal's driver: opened when it is needed, closed at the first doubt of what still comes over it.
class terminal_link {
  public:
    explicit terminal_link(terminal_opener open);
    terminal_link(const terminal_link&) = delete;
    terminal_link& operator=(const terminal_link&) = delete;
    ~terminal_link();

    [[nodiscard]] bool attached() const noexcept;
    /// Opens it where it is not.
    [[nodiscard]] result<void> connect(const call& bounds);
    void drop() noexcept;
    /// Runs an exchange over the link that there is; its error names the endpoint.
    template <class T>
    [[nodiscard]] result<T> run(net::exchange<T>& what, const call& bounds) {
        auto said = net::run(what, *wire_, bounds);
        if (said) return said;
        return here(std::move(said).error());
    }
    [[nodiscard]] result<void> write(byte_view data, const call& bounds);
    /// Takes what still comes, and throws it away, until nothing has come for so long.
    /// @return `at_work` where the terminal talks on and on; what ended the call or the link.
    [[nodiscard]] result<void> hush(std::chrono::milliseconds silence, const call& bounds);
    /// The error, at the endpoint of the link that there is.
    [[nodiscard]] error here(error why) const;

  private:
    terminal_opener open_;
    std::unique_ptr<net::transport> wire_;
};

} // namespace cipherlane::drivers
