#include "cipherlane/hsm_tap_record.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

using namespace std::string_view_literals;

std::string utc(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto below =
        std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count() % 1'000'000;
    size += static_cast<std::size_t>(
        std::snprintf(text.data() + size, text.size() - size, ".%06dZ", static_cast<int>(below)));
    return {text.data(), size};
}

std::string_view name_of(tap_event::kind what) {
    static constexpr std::array names{
        "opened"sv, "refused"sv, "closed"sv, "request"sv, "answer"sv, "out_of_step"sv, "bytes"sv, "half_message"sv};
    return names[static_cast<std::size_t>(what)];
}

} // namespace

std::string to_json_line(const tap_event& event) {
    nlohmann::ordered_json made{
        {"time", utc(event.when)}, {"connection", event.connection}, {"event", name_of(event.what)}};
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty()) made[key] = value;
    };
    if (event.from != tap_event::side::nobody)
        made["from"] = event.from == tap_event::side::application ? "application" : "unit";
    if (event.port != 0) made["port"] = event.port;
    add("text", event.text);
    add("code", event.code);
    add("title", event.title);
    add("status", event.status);
    add("meaning", event.meaning);
    add("fault", event.fault);
    if (event.took) made["microseconds"] = event.took->count();
    if (event.size != 0) made["bytes"] = event.size;
    for (const auto& field : event.fields)
        made["fields"][field.name] = field.value;
    add("hex", event.hex);
    return made.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void tap_capture::take(const tap_event& event) {
    using kind = tap_event::kind;
    const auto when = std::chrono::duration_cast<std::chrono::microseconds>(event.when.time_since_epoch());
    const bool up = event.from == tap_event::side::application;
    const auto from = up ? capture_writer::side::application : capture_writer::side::unit;
    switch (event.what) {
    case kind::opened: return file_.open(event.connection, event.port, when);
    case kind::closed:
        for (const auto side : {capture_writer::side::application, capture_writer::side::unit}) {
            if (auto left = halves_.extract({event.connection, side}); !left.empty())
                file_.data(event.connection, side, left.mapped(), when);
        }
        return file_.close(event.connection, when);
    case kind::request:
    case kind::answer:
    case kind::lost_step:
    case kind::bytes: {
        halves_.erase({event.connection, from});
        return file_.data(event.connection, from, event.shown, when);
    }
    case kind::half: halves_.insert_or_assign({event.connection, from}, event.shown); return;
    case kind::refused: return;
    }
}

std::unique_ptr<tap_sink> record_to(const std::string& file, std::uint16_t unit_port) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) return nullptr;
    const std::shared_ptr<int> held(new int(out), [](int* each) {
        ::close(*each);
        delete each;
    });
    // Each piece is whole at once: whoever reads along sees no half of one. A full disk ends the file, not the tap.
    const auto write = [held](byte_view piece) {
        while (!piece.empty()) {
            const auto done = ::write(*held, piece.data(), piece.size());
            if (done <= 0) return;
            piece = piece.subspan(static_cast<std::size_t>(done));
        }
    };
    if (file.ends_with(".pcapng")) return std::make_unique<tap_capture>(write, unit_port);
    return std::make_unique<tap_lines>([write](std::string_view line) { write(as_bytes(std::string(line) + "\n")); });
}

} // namespace cipherlane::cli
