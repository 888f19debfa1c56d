#include "hsm-sim/wire/answerer.hpp"

#include "hsm-sim/profile/table_commands.hpp"
#include "hsm-sim/racal/processor.hpp"
#include "hsm-sim/westone/processor.hpp"

#include <cipherlane/core/hex.hpp>

namespace cipherlane::hsm_sim {
namespace {

std::uint16_t command_at(std::string_view body) {
    return body.size() < 2 ? std::uint16_t{0} : load_be16(as_bytes(body).data());
}

void put_length(std::string& out, std::size_t at) {
    const auto length = static_cast<std::uint16_t>(out.size() - at - 2);
    store_be16(reinterpret_cast<std::uint8_t*>(out.data()) + at, length);
}

/// The commands that the unit's profile file adds; null where it has none.
std::unique_ptr<table_commands> file_commands(unit& of) {
    const auto& tables = of.settings().tables;
    return tables == nullptr ? nullptr : std::make_unique<table_commands>(of, tables);
}

/// Length, header, command; the header goes back as it came.
class racal_answerer final : public answerer {
  public:
    explicit racal_answerer(unit& of)
        : frame_(of.settings().frame)
        , processor_(of)
        , file_(file_commands(of)) {}

    answered next(std::string_view stream, std::string& out) override {
        if (stream.size() < 2) return {};
        const std::size_t length = load_be16(as_bytes(stream).data());
        answered done;
        done.at = out.size();
        if (length < frame_.header_length || length > frame_.largest) {
            // A unit drops what cannot be a message; it could not tell where the next one begins.
            done.consumed = stream.size();
            done.hang_up = true;
            return done;
        }
        if (stream.size() < 2 + length) return {};
        const auto header = stream.substr(2, frame_.header_length);
        const auto request = stream.substr(2 + header.size(), length - header.size());
        out.append(2, '\0');
        done.header_at = out.size();
        out.append(header);
        done.body_at = out.size();
        const auto result = answer(request, out);
        done.status_at = done.body_at + 2;
        done.end = out.size();
        if (result.second_answer_at != 0)
            frame_second(result.second_answer_at, header, done, out);
        else
            put_length(out, done.at);
        done.consumed = 2 + length;
        done.command = command_at(request);
        done.status = {result.verdict.first, result.verdict.second};
        done.refused = !result.verdict.ok();
        return done;
    }

    [[nodiscard]] bool knows(std::string_view code) const override {
        if (file_ != nullptr && (file_->has(code) || file_->removes(code))) return file_->has(code);
        return processor_.knows(code);
    }

  private:
    processed answer(std::string_view request, std::string& out) {
        if (file_ != nullptr && file_->has(request)) {
            const auto done = file_->answer(request, out);
            return {done.command, status{done.status[0], done.status[1]}, done.second_answer_at};
        }
        const bool removed = file_ != nullptr && file_->removes(request);
        return removed ? processor_.answer_unknown(request.substr(0, 2), out) : processor_.answer(request, out);
    }

    static void frame_second(std::size_t at, std::string_view header, answered& done, std::string& out) {
        const std::string second = out.substr(at);
        out.resize(at);
        put_length(out, done.at);
        done.end = out.size();
        out.append(2, '\0');
        out.append(header).append(second);
        put_length(out, done.end);
    }

    unit_framing frame_;
    racal_processor processor_;
    std::unique_ptr<table_commands> file_;
};

/// Bare requests; a console may have turned a length or a header on.
class westone_answerer final : public answerer {
  public:
    explicit westone_answerer(unit& of)
        : frame_(of.settings().frame)
        , processor_(of)
        , file_(file_commands(of)) {}

    answered next(std::string_view stream, std::string& out) override {
        answered done;
        done.at = out.size();
        const std::size_t prefix = frame_.length_prefix ? 2 : 0;
        const std::size_t front = prefix + frame_.header_length;
        if (stream.size() < front) return {};
        std::string_view request = stream.substr(front);
        std::size_t framed = 0;
        if (frame_.length_prefix) {
            framed = load_be16(as_bytes(stream).data());
            if (framed < frame_.header_length || framed > frame_.largest) {
                done.consumed = stream.size();
                done.hang_up = true;
                return done;
            }
            if (stream.size() < prefix + framed) return {};
            request = stream.substr(front, framed - frame_.header_length);
        }
        out.append(prefix, '\0');
        done.header_at = out.size();
        out.append(stream.substr(prefix, frame_.header_length));
        done.body_at = out.size();
        auto result = answer(request, out);
        if (frame_.length_prefix && result.consumed != request.size()) {
            // The length says that no more will come: bytes are missing or left over.
            out.resize(done.body_at);
            out.append({'E', static_cast<char>(westone_error::input_length)});
            result = {request.size(), westone_error::input_length, false};
        }
        if (result.consumed == 0) {
            out.resize(done.at);
            return {};
        }
        if (frame_.length_prefix) put_length(out, done.at);
        done.end = out.size();
        done.consumed = frame_.length_prefix ? prefix + framed : front + result.consumed;
        done.command = command_at(request);
        const std::uint8_t code[] = {static_cast<std::uint8_t>(result.error)};
        to_hex(code, done.status);
        done.refused = result.error != westone_error::none;
        done.hang_up = result.hang_up && frame_.closes_after_unknown;
        return done;
    }

    [[nodiscard]] bool knows(std::string_view code) const override {
        if (file_ != nullptr && (file_->has(code) || file_->removes(code))) return file_->has(code);
        return westone_processor::knows(code);
    }

  private:
    westone_processor::outcome answer(std::string_view stream, std::string& out) {
        if (file_ != nullptr && file_->has(stream)) return answer_by_file(stream, out);
        const bool removed = file_ != nullptr && file_->removes(stream);
        return removed ? westone_processor::answer_unknown(stream, out) : processor_.answer(stream, out);
    }

    westone_processor::outcome answer_by_file(std::string_view stream, std::string& out) {
        const auto done = file_->answer(stream, out);
        if (done.consumed == 0) return {};
        std::uint8_t code = 0;
        if (!from_hex(done.status, byte_span(&code, 1)))
            code = static_cast<std::uint8_t>(westone_error::input_length);
        return {done.consumed, static_cast<westone_error>(code), false};
    }

    unit_framing frame_;
    westone_processor processor_;
    std::unique_ptr<table_commands> file_;
};

} // namespace

std::unique_ptr<answerer> answerer::create(unit& of) {
    if (of.settings().dialect == family::westone) return std::make_unique<westone_answerer>(of);
    return std::make_unique<racal_answerer>(of);
}

std::string command_name(std::uint16_t command) {
    if (command == 0) return "none";
    const std::uint8_t both[] = {static_cast<std::uint8_t>(command >> 8), static_cast<std::uint8_t>(command)};
    const bool readable = both[0] > 0x20 && both[0] < 0x7F && both[1] > 0x20 && both[1] < 0x7F;
    if (readable) return {static_cast<char>(both[0]), static_cast<char>(both[1])};
    return to_hex(byte_view(both).first(1)) + " " + to_hex(byte_view(both).last(1));
}

std::optional<std::string> command_code(std::string_view name) {
    if (name.size() == 2) return std::string(name);
    if (name.size() != 5 || name[2] != ' ') return std::nullopt;
    const auto code = from_hex(std::string(name.substr(0, 2)).append(name.substr(3)));
    if (!code) return std::nullopt;
    return std::string(as_text(*code));
}

} // namespace cipherlane::hsm_sim
