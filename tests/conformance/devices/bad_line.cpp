#include "bad_line.hpp"

#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t driver_buffer = 4'095; ///< what a serial line holds for who does not read
constexpr std::uint8_t not_acknowledged = 0x15;

error on_the_line(net_errc code) {
    return {make_error_code(code), layer::net};
}

std::size_t place_in(const bytes& said, int where) {
    return (said.size() - 1) * static_cast<std::size_t>(where) / (damage::places - 1);
}

} // namespace

std::string_view to_string(damage::kind value) noexcept {
    using kind = damage::kind;
    switch (value) {
    case kind::none: return "nothing";
    case kind::in_pieces: return "in pieces";
    case kind::lost: return "lost";
    case kind::mute: return "mute from there on";
    case kind::flipped: return "a wrong bit";
    case kind::shortened: return "broken off";
    case kind::lengthened: return "a byte too long";
    case kind::repeated: return "twice";
    case kind::earlier_before: return "an earlier one before it";
    case kind::earlier_instead: return "an earlier one instead";
    case kind::noise_before: return "noise before it";
    case kind::endless_noise: return "noise without end";
    case kind::endless_answer: return "again without end";
    case kind::nak: return "NAK instead";
    case kind::nak_storm: return "a storm of NAKs";
    case kind::deaf_bit: return "a wrong bit to the device";
    case kind::gone: return "the link is lost";
    }
    return "?";
}

/// The till's end.
class bad_line::link final : public net::transport {
  public:
    explicit link(bad_line& of)
        : of_(of)
        , number_(++of.links_) {}
    ~link() override { close(); }

    result<void> write(byte_view data, const call& bounds) override {
        if (bounds.stopped()) return on_the_line(net_errc::cancelled);
        if (!of_.up_) return on_the_line(net_errc::lost);
        of_.to_device(data);
        return {};
    }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        while (of_.inbox_.empty()) {
            if (!of_.up_) return on_the_line(net_errc::lost);
            if (bounds.stopped()) return on_the_line(net_errc::cancelled);
            if (bounds.until().passed()) return on_the_line(net_errc::timed_out);
            if (of_.ready_ && of_.ready_()) {
                of_.ready_ = nullptr;
                of_.act_();
                continue;
            }
            static_cast<void>(of_.pass_to_next(bounds.until().at()));
        }
        auto& first = of_.inbox_.front();
        const auto size = std::min(into.size(), first.size());
        std::copy_n(first.begin(), size, into.begin());
        first.erase(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(size));
        of_.held_ -= size;
        if (first.empty()) of_.inbox_.pop_front();
        return size;
    }
    void async_write(byte_view, net::completion<void>) override { throw std::logic_error("blocking use only"); }
    void async_read_some(byte_span, net::completion<std::size_t>) override {
        throw std::logic_error("blocking use only");
    }
    void cancel() noexcept override {}
    void close() noexcept override {
        if (of_.links_ == number_) of_.up_ = false;
    }
    bool is_open() const noexcept override { return of_.up_ && of_.links_ == number_; }
    boost::asio::any_io_executor get_executor() override { return of_.io_.get_executor(); }
    std::string_view endpoint() const noexcept override { return "the line"; }

  private:
    bad_line& of_;
    int number_;
};

bad_line::bad_line(const maker& model) {
    sim::surroundings around;
    around.send = [this](const bytes& said) { from_device(said); };
    around.later = [this](std::chrono::milliseconds span, std::function<void()> act) { plan(span, std::move(act)); };
    around.unplug = [this] { up_ = false; };
    model_ = model(std::move(around));
}

bad_line::~bad_line() = default;

std::unique_ptr<net::transport> bad_line::connect() {
    model_->link_lost();
    inbox_.clear();
    held_ = 0;
    auto end = std::make_unique<link>(*this);
    up_ = true;
    return end;
}

void bad_line::arm(const damage& what) {
    heal();
    damage_ = what;
    said_ = 0;
    earlier_.clear();
    happened_ = false;
}

void bad_line::heal() {
    damage_ = {};
    mute_ = storm_ = deaf_bit_ = false;
    ready_ = nullptr;
    ++turn_;
}

void bad_line::when(std::function<bool()> ready, std::function<void()> act) {
    ready_ = std::move(ready);
    act_ = std::move(act);
}

void bad_line::to_device(byte_view data) {
    if (storm_) return arrives(bytes{not_acknowledged});
    if (!std::exchange(deaf_bit_, false)) return model_->receive(data);
    bytes spoilt(data.begin(), data.end());
    spoilt[spoilt.size() / 2] ^= 0x01;
    model_->receive(spoilt);
}

void bad_line::from_device(const bytes& said) {
    if (said.empty()) return;
    const auto earlier = std::exchange(earlier_, said);
    if (mute_) return;
    if (said_++ != damage_.at || damage_.what == damage::kind::none) return arrives(said);
    happened_ = true;
    spoil(said, earlier);
}

void bad_line::spoil(const bytes& said, const bytes& earlier) {
    using kind = damage::kind;
    const bytes noise(256, 'x');
    auto altered = said;
    switch (damage_.what) {
    case kind::none: break;
    case kind::in_pieces:
        for (const auto one : said)
            arrives(bytes{one});
        return;
    case kind::mute: mute_ = true; return;
    case kind::lost: return;
    case kind::flipped: altered[place_in(said, damage_.where)] ^= 0x01; break;
    case kind::shortened: altered.resize(place_in(said, damage_.where)); break;
    case kind::lengthened: altered.push_back('0'); break;
    case kind::repeated: arrives(said); break;
    case kind::earlier_before: arrives(earlier); break;
    case kind::earlier_instead: return arrives(earlier);
    case kind::noise_before: arrives(byte_view(noise).first(5)); break;
    case kind::endless_noise: return talk(noise, turn_);
    case kind::endless_answer: return talk(said, turn_);
    case kind::nak_storm: storm_ = true; [[fallthrough]];
    case kind::nak: altered = {not_acknowledged}; break;
    case kind::deaf_bit: deaf_bit_ = true; break;
    case kind::gone: up_ = false; return;
    }
    arrives(altered);
}

void bad_line::arrives(byte_view data) {
    if (!up_ || data.empty() || held_ + data.size() > driver_buffer) return;
    inbox_.emplace_back(data.begin(), data.end());
    held_ += data.size();
}

void bad_line::talk(const bytes& what, std::uint64_t since) {
    if (since != turn_ || !up_) return;
    arrives(what);
    plan(5ms, [this, what, since] { talk(what, since); });
}

} // namespace cipherlane::tests
