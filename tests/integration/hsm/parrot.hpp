#pragma once

#include "support/test_peer.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>
#include <string>
#include <string_view>

namespace cipherlane::tests {

/// Whatever it is asked, one answer.
class parrot {
  public:
    explicit parrot(std::string_view hex)
        : peer_([said = from_hex(hex).value()](test_peer::socket& link) {
            std::array<char, 64> room{};
            boost::system::error_code failed;
            while (!failed) {
                link.read_some(boost::asio::buffer(room), failed);
                if (!failed) boost::asio::write(link, boost::asio::buffer(said), failed);
            }
        }) {}
    [[nodiscard]] std::string at() const { return peer_.address(); }
    [[nodiscard]] int asked() const { return peer_.connections; }

  private:
    test_peer peer_;
};

} // namespace cipherlane::tests
