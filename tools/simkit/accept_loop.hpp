#pragma once

#include "simkit/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace cipherlane::sim {

/// Accepts one connection after the other on an acceptor that its owner has opened, and hands each over. Where it
/// cannot accept it rests for `pause_after_failure`.
template <class Protocol>
class accept_loop : public std::enable_shared_from_this<accept_loop<Protocol>> {
  public:
    using socket = typename Protocol::socket;

    accept_loop(boost::asio::io_context& on, std::function<void(socket)> hand_over, descriptors which)
        : acceptor(on)
        , pause_(on)
        , accepted_(std::move(hand_over))
        , may_use_(which) {}

    void start() {
        acceptor.async_accept([weak = this->weak_from_this()](boost::system::error_code failed, socket peer) {
            auto self = weak.lock();
            if (!self || failed == boost::asio::error::operation_aborted) return;
            if (failed) return self->start_later();
            const bool room = self->may_use_ == descriptors::all || has_room_for(peer.native_handle());
            if (room) self->accepted_(std::move(peer));
            self->start();
        });
    }

    void stop() noexcept {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause_.cancel();
    }

    typename Protocol::acceptor acceptor;

  private:
    /// Out of descriptors the next try would fail at once, too.
    void start_later() {
        pause_.expires_after(pause_after_failure);
        pause_.async_wait([weak = this->weak_from_this()](boost::system::error_code stopped) {
            if (auto self = weak.lock(); self && !stopped) self->start();
        });
    }

    boost::asio::steady_timer pause_;
    std::function<void(socket)> accepted_;
    descriptors may_use_;
};

} // namespace cipherlane::sim
