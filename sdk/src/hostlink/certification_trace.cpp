#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/hostlink/certification_trace.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/masked_bytes.hpp>
#include <cipherlane/iso8583/transaction.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <sstream>
#include <unistd.h>

namespace cipherlane::hostlink {
namespace {

constexpr std::string_view component = "trace";
constexpr std::size_t least_digits = 12;
constexpr std::size_t most_digits = 19;
constexpr std::size_t bytes_a_line = 32;

/// "2026-11-29T03:40:12.345Z".
std::string stamp(std::chrono::system_clock::time_point at) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
    const auto digits = std::to_string(1000 + rest);
    return std::string(text.data()) + "." + digits.substr(1) + "Z";
}

/// The card of a message: its number, or what stands in front of the separator of track 2.
std::string card_of(const iso8583::message_view& message) {
    if (message.has(2)) return message.value(2);
    const auto track = message.value(35);
    return track.substr(0, track.find_first_of("D="));
}

void put_hex(std::ostream& out, byte_view data) {
    for (std::size_t at = 0; at < data.size(); at += bytes_a_line)
        out << "   " << to_hex(data.subspan(at, std::min(bytes_a_line, data.size() - at))) << '\n';
}

/// A message in words, then in bytes.
void put_message(std::ostream& out, byte_view data, bool whole) {
    const auto read = iso8583::decode_body(iso8583::cup_pos(), data);
    if (!read) {
        out << "   no message: " << read.error().to_string() << '\n';
        if (whole) put_hex(out, data);
        return;
    }
    std::istringstream lines(iso8583::describe(*read));
    for (std::string line; std::getline(lines, line);)
        out << "   " << line << '\n';
    out << (whole ? "   bytes, of a test card:\n" : "   bytes, zeros for what is masked:\n");
    put_hex(out, whole ? data : byte_view(iso8583::masked_bytes(*read, data)));
}

} // namespace

result<void> certification_trace_settings::validate() const {
    const auto bad = [](std::string_view field) {
        return error(hostlink_errc::bad_setting, layer::hostlink).in_field(field);
    };
    if (file.empty()) return bad("trace.file");
    for (const auto& card : test_cards) {
        if (card.size() < least_digits || card.size() > most_digits || !all_digits(card))
            return bad("trace.test_cards");
    }
    return {};
}

struct certification_trace::state {
    state(certification_trace_settings with, const ports::clock& stamps, logger to)
        : settings(std::move(with))
        , clock(stamps)
        , log(std::move(to)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        if (descriptor >= 0) ::close(descriptor);
    }

    [[nodiscard]] bool is_for_tests(const std::string& card) const {
        return std::find(settings.test_cards.begin(), settings.test_cards.end(), card) != settings.test_cards.end();
    }

    void append(std::string_view text) {
        const std::scoped_lock lock(mutex);
        while (!text.empty()) {
            const auto written = ::write(descriptor, text.data(), text.size());
            if (written <= 0) {
                if (!failed) log.warning(component, settings.file + " cannot be written: what follows is not traced");
                failed = true;
                return;
            }
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        failed = false;
    }

    const certification_trace_settings settings;
    const ports::clock& clock;
    logger log;
    int descriptor = -1;
    std::mutex mutex;
    bool failed = false;
};

certification_trace::certification_trace(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}

certification_trace::~certification_trace() = default;

result<std::shared_ptr<certification_trace>> certification_trace::open(
    certification_trace_settings settings, const ports::clock& clock, logger log) {
    CIPHERLANE_CHECK(settings.validate());
    auto made = std::make_unique<state>(std::move(settings), clock, std::move(log));
    const auto& path = made->settings.file;
    made->descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (made->descriptor < 0) return error(core_errc::no_file, layer::hostlink).during("trace").at_endpoint(path);
    CIPHERLANE_CHECK(judge_private_file(made->descriptor, path));
    made->log.warning(component, "messages with the host are written to " + path);
    return std::shared_ptr<certification_trace>(new certification_trace(std::move(made)));
}

const ports::clock& certification_trace::clock() const noexcept {
    return state_->clock;
}

void certification_trace::note(byte_view request, const result<bytes>& answer,
    std::chrono::system_clock::time_point asked, std::chrono::milliseconds took) {
    const auto sent = iso8583::decode_body(iso8583::cup_pos(), request);
    bool whole = false;
    std::ostringstream out;
    out << "=== " << stamp(asked);
    if (sent) {
        whole = state_->is_for_tests(card_of(*sent));
        const auto what = iso8583::identify(*sent);
        out << "  terminal " << sent->value(41) << "  " << (what ? iso8583::row_of(*what).name : sent->mti());
        if (sent->has(11)) out << "  trace " << sent->value(11);
    }
    out << "\n-> " << request.size() << " bytes\n";
    put_message(out, request, whole);
    if (!answer) {
        out << "<- none after " << took.count() << " ms: " << answer.error().to_string() << "\n\n";
        return state_->append(out.str());
    }
    const auto read = iso8583::decode_body(iso8583::cup_pos(), *answer);
    // An answer of another card than was asked about is nobody's test.
    const bool other = read && read->has(2) && !state_->is_for_tests(read->value(2));
    out << "<- " << answer->size() << " bytes after " << took.count() << " ms, " << stamp(asked + took) << '\n';
    put_message(out, *answer, whole && !other);
    out << '\n';
    state_->append(out.str());
}

} // namespace cipherlane::hostlink
