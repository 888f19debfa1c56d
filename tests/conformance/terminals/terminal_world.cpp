#include "terminal_world.hpp"

#include "support/temporary_folder.hpp"

#include <cipherlane/net/errc.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

namespace cipherlane::tests {
namespace {

/// What is left of a frame that the line has spoilt.
bytes spoilt(byte_view frame, const mishap& by) {
    bytes made(frame.begin(), frame.end());
    const auto at = (made.size() - 1) * static_cast<std::size_t>(by.where) / mishap::parts;
    if (by.what == mishap::kind::damaged) {
        made.at(at) ^= 0x01;
    } else {
        made.resize(at);
    }
    return made;
}

error lost() {
    return {make_error_code(net_errc::lost), layer::net};
}

} // namespace

std::string shipped_description(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/drivers/descriptions/mispos-" + name + ".toml";
}

std::string contract_description(const std::string& codes) {
    static const temporary_folder folder;
    const auto file = folder.file("contract" + std::to_string(std::hash<std::string>()(codes)) + ".toml");
    std::ifstream shipped(shipped_description("ums"));
    std::string text((std::istreambuf_iterator<char>(shipped)), std::istreambuf_iterator<char>());
    const std::string section = "[codes]\n";
    text.insert(text.find(section) + section.size(), codes);
    std::ofstream(file) << text << "last.code = \"90\"\n";
    return file;
}

const terminal_case& terminal_case_of(std::string_view name) {
    const auto& all = terminal_cases();
    return *std::ranges::find(all, name, &terminal_case::name);
}

const std::vector<terminal_case>& terminal_cases() {
    using line = sim::terminal_setup::line;
    const auto ums = contract_description();
    static const std::vector<terminal_case> cases{
        {"zvt_tcp", "zvt", line::stream, terminal_case::cable::seen, terminal_case::untold::nothing, true},
        {"zvt_serial", "zvt", line::serial, terminal_case::cable::unseen, terminal_case::untold::nothing, true},
        {"ecr17_tcp", "ecr17", line::stream, terminal_case::cable::seen, terminal_case::untold::completions},
        {"ecr17_serial", "ecr17", line::serial, terminal_case::cable::unseen, terminal_case::untold::completions},
        {"ecr17_plain", "ecr17", line::stream, terminal_case::cable::seen, terminal_case::untold::anything, false, {},
            terminal_case::host::own, terminal_case::results::plain},
        {"mispos_tcp", "mispos", line::stream, terminal_case::cable::seen, terminal_case::untold::nothing, false,
            ums},
        {"mispos_serial", "mispos", line::serial, terminal_case::cable::unseen, terminal_case::untold::passed, false,
            ums, terminal_case::host::through_till},
        // As they are shipped, without what only a contract says.
        {"ums_tcp", "mispos", line::stream, terminal_case::cable::seen, terminal_case::untold::anything, false,
            shipped_description("ums")},
        {"yisheng_serial", "mispos", line::serial, terminal_case::cable::unseen, terminal_case::untold::anything,
            false, shipped_description("yisheng")},
    };
    return cases;
}

const char* to_string(mishap::kind value) noexcept {
    switch (value) {
    case mishap::kind::none: return "nothing";
    case mishap::kind::cut_before: return "cut before";
    case mishap::kind::cut_after: return "cut after";
    case mishap::kind::lost: return "loss of";
    case mishap::kind::restart: return "restart of the terminal";
    case mishap::kind::till_dies: return "death of the till";
    case mishap::kind::damaged: return "a wrong bit in";
    case mishap::kind::cut_short: return "half of";
    case mishap::kind::falls_mute: return "silence from";
    }
    return "?";
}

result<bytes> terminal_world::host::pass(byte_view message, const call& bounds) {
    if (bounds.until().passed()) return error(make_error_code(net_errc::timed_out), layer::net);
    passed.emplace_back(message.begin(), message.end());
    if (does) return does(bounds);
    return bytes{0x60, 0x00, 0x03, 0x02, 0x06, 0x15, 0xFF};
}

/// The till's end of the cable.
class terminal_world::link final : public net::transport {
  public:
    link(terminal_world& of, std::shared_ptr<cable> end)
        : of_(of)
        , end_(std::move(end)) {}
    ~link() override { close(); }

    result<void> write(byte_view data, const call& bounds) override {
        of_.check_alive();
        if (bounds.stopped()) return error(make_error_code(net_errc::cancelled), layer::net);
        if (!end_->open) return lost();
        of_.from_till(data);
        of_.check_alive();
        return {};
    }
    result<std::size_t> read_some(byte_span into, const call& bounds) override {
        for (;;) {
            of_.check_alive();
            if (!end_->inbox.empty()) break;
            if (!end_->open) return lost();
            if (bounds.stopped()) return error(make_error_code(net_errc::cancelled), layer::net);
            if (bounds.until().passed()) return error(make_error_code(net_errc::timed_out), layer::net);
            static_cast<void>(of_.pass_to_next(bounds.until().at()));
        }
        const auto size = std::min(into.size(), end_->inbox.size());
        std::copy_n(end_->inbox.begin(), size, into.begin());
        end_->inbox.erase(end_->inbox.begin(), end_->inbox.begin() + static_cast<std::ptrdiff_t>(size));
        return size;
    }
    void async_write(byte_view, net::completion<void>) override { throw std::logic_error("blocking use only"); }
    void async_read_some(byte_span, net::completion<std::size_t>) override {
        throw std::logic_error("blocking use only");
    }
    void cancel() noexcept override {}
    void close() noexcept override {
        if (std::exchange(closed_, true) || of_.cable_ != end_) return;
        if (end_->open && of_.of_.cut == terminal_case::cable::seen) of_.cut();
        end_->open = false;
    }
    bool is_open() const noexcept override { return end_->open; }
    boost::asio::any_io_executor get_executor() override { return of_.io_.get_executor(); }
    std::string_view endpoint() const noexcept override { return "the cable"; }

  private:
    terminal_world& of_;
    std::shared_ptr<cable> end_;
    bool closed_ = false;
};

terminal_world::terminal_world(const terminal_case& of, sim::terminal_setup setup)
    : of_(of) {
    replace(std::move(setup));
}

terminal_world::~terminal_world() = default;

void terminal_world::replace(sim::terminal_setup setup) {
    cut();
    forget_plans(); // of the one before
    setup.over = of_.over;
    setup.description_file = of_.description;
    setup.through_till = of_.reaches == terminal_case::host::through_till;
    model_ = sim::make_terminal_model(of_.driver, std::move(setup), around());
}

sim::surroundings terminal_world::around() {
    sim::surroundings made;
    made.send = [this](bytes frame) { from_terminal(std::move(frame)); };
    made.later = [this](std::chrono::milliseconds span, std::function<void()> what) { plan(span, std::move(what)); };
    made.unplug = [this] { cut(); };
    return made;
}

std::unique_ptr<ports::terminal> terminal_world::new_driver(ports::terminal_events events) {
    auto open = [this](const call& bounds) -> result<std::unique_ptr<net::transport>> {
        check_alive();
        if (bounds.until().passed()) return error(make_error_code(net_errc::timed_out), layer::net);
        settle();
        down_ = down_ && stays_down_;
        if (down_) return lost();
        if (cable_ && cable_->open) cut();
        settle();
        cable_ = std::make_shared<cable>();
        return std::unique_ptr<net::transport>(std::make_unique<link>(*this, cable_));
    };
    const auto* const family = drivers::find_terminal_family(of_.driver);
    if (family == nullptr) throw std::invalid_argument("no such driver");
    drivers::terminal_options options;
    options.events = std::move(events);
    options.description_file = of_.description;
    options.plain_payment = of_.tells == terminal_case::results::plain;
    dying_ = false;
    const bool stream = of_.over == sim::terminal_setup::line::stream;
    const auto over = stream ? drivers::address_kind::tcp : drivers::address_kind::line;
    auto made = family->make(std::move(open), over, options).value();
    if (of_.reaches == terminal_case::host::through_till) made->reach_host_by(&network_).value();
    return made;
}

void terminal_world::arm(const mishap& what, const mishap& then) noexcept {
    mishap_ = what;
    then_ = then;
    happened_ = 0;
    frames_ = 0;
    mute_ = false;
}

/// What happens to the frame that goes over the cable now.
mishap terminal_world::next_frame() noexcept {
    if (frames_++ != mishap_.at || mishap_.what == mishap::kind::none) return {};
    ++happened_;
    frames_ = 0;
    return std::exchange(mishap_, std::exchange(then_, {}));
}

void terminal_world::till_dies() {
    dying_ = true;
    if (on_death_) on_death_();
    cut();
}

/// What the terminal hears of it, it hears when it is at nothing else.
void terminal_world::cut() {
    if (!cable_ || !std::exchange(cable_->open, false)) return;
    down_ = stays_down_;
    if (of_.cut == terminal_case::cable::seen) plan(std::chrono::milliseconds(0), [this] { model_->link_lost(); });
}

void terminal_world::check_alive() const {
    if (dying_) throw till_died();
}

void terminal_world::from_till(byte_view frame) {
    traffic_.emplace_back(true, bytes(frame.begin(), frame.end()));
    const auto wrong = next_frame();
    if (mute_) return;
    switch (wrong.what) {
    case mishap::kind::none: return model_->receive(frame);
    case mishap::kind::lost: break;
    case mishap::kind::cut_before: cut(); break;
    case mishap::kind::cut_after:
        model_->receive(frame);
        cut();
        break;
    case mishap::kind::restart: model_->restart(); break;
    case mishap::kind::damaged:
    case mishap::kind::cut_short: return model_->receive(spoilt(frame, wrong));
    case mishap::kind::falls_mute: mute_ = true; break;
    case mishap::kind::till_dies: till_dies(); break;
    }
}

void terminal_world::from_terminal(bytes frame) {
    traffic_.emplace_back(false, frame);
    const auto wrong = next_frame();
    if (mute_) return;
    const auto arrives = [&] {
        if (cable_ && cable_->open) cable_->inbox.insert(cable_->inbox.end(), frame.begin(), frame.end());
    };
    switch (wrong.what) {
    case mishap::kind::none: return arrives();
    case mishap::kind::lost: break;
    case mishap::kind::cut_before: cut(); break;
    case mishap::kind::cut_after:
        arrives();
        cut();
        break;
    case mishap::kind::restart: plan(std::chrono::milliseconds(0), [this] { model_->restart(); }); break;
    case mishap::kind::damaged:
    case mishap::kind::cut_short: frame = spoilt(frame, wrong); return arrives();
    case mishap::kind::falls_mute: mute_ = true; break;
    case mishap::kind::till_dies: till_dies(); break;
    }
}

} // namespace cipherlane::tests
