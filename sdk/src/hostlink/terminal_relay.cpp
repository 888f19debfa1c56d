#include <cipherlane/hostlink/terminal_relay.hpp>

#include <string>
#include <utility>

namespace cipherlane::hostlink {
namespace {

/// On a connection of its own whatever comes first is the answer.
class any_answer final : public ports::answer_filter {
  public:
    [[nodiscard]] bool matches(byte_view message) const override { return !message.empty(); }
};

} // namespace

terminal_relay::terminal_relay(std::unique_ptr<ports::host> host, logger log)
    : host_(std::move(host))
    , log_(std::move(log)) {}

terminal_relay::~terminal_relay() = default;

result<bytes> terminal_relay::pass(byte_view message, const call& bounds) {
    const any_answer filter;
    auto answer = host_->exchange(message, filter, bounds);
    const auto sent = "terminal to host: " + std::to_string(message.size()) + " bytes, ";
    log_.info("relay", sent + (answer ? std::to_string(answer->size()) + " bytes back" : answer.error().to_string()));
    return answer;
}

} // namespace cipherlane::hostlink
