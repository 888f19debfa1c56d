#pragma once

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/machine.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace cipherlane::net {

/// A small protocol for the tests: sends "ASK;", receives up to a semicolon within 200 ms, asks a second time if the
/// timer runs out, then pauses 5 ms and sends "OK;".
class ask_exchange final : public exchange<std::string> {
  public:
    static constexpr std::chrono::milliseconds answer_timer{200};
    static constexpr std::chrono::milliseconds pause{5};

    action resume(const event& what) override {
        if (what.what == event::kind::failed) return end(what.why);
        switch (state_) {
        case state::start: state_ = state::asked; return action::send(as_bytes("ASK;"));
        case state::asked: state_ = state::listening; return action::receive(answer_timer);
        case state::listening: return listen(what);
        case state::pausing: state_ = state::closing; return action::send(as_bytes("OK;"));
        case state::closing: break;
        }
        return action::done();
    }

    result<std::string> take() override {
        if (failed_) return why_;
        return answer_;
    }

  private:
    enum class state { start, asked, listening, pausing, closing };

    action listen(const event& what) {
        if (what.what == event::kind::expired) {
            if (++silences_ == 2) return end(error(net_errc::timed_out, layer::tools));
            answer_.clear();
            state_ = state::asked;
            return action::send(as_bytes("ASK;"));
        }
        answer_ += as_text(what.bytes);
        if (!answer_.ends_with(';')) return action::receive_more();
        state_ = state::pausing;
        return action::wait(pause);
    }

    action end(const error& why) {
        failed_ = true;
        why_ = why;
        return action::done();
    }

    state state_ = state::start;
    int silences_ = 0;
    std::string answer_;
    bool failed_ = false;
    error why_;
};

inline std::unique_ptr<ask_exchange> make_ask() {
    return std::make_unique<ask_exchange>();
}

} // namespace cipherlane::net
