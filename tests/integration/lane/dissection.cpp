#include "dissection.hpp"

#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/wireshark/dissector.hpp"
#include "simkit/child_process.hpp"
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/personal_text.hpp>
#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

void put(dissected& to, const std::string& name, const std::string& value) {
    to.fields[to.protocol + "." + name].push_back(value);
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// The words that `explain` adds for people stand behind two blanks.
std::string without_words(const std::string& value) {
    const auto quote = value.starts_with('"') ? value.rfind('"') : 0;
    return value.substr(0, value.find("  ", quote));
}

/// Fields that `explain` takes apart by what the message is; the dissector shows them by their row alone.
std::optional<std::string> by_row_alone(const iso8583::message_view& view, int number) {
    if (!view.format().name.starts_with("cup-pos")) return {};
    const auto size = std::to_string(view.size(number));
    if (number == 48) return "[" + size + " digits]";
    if (number == 62) return "[" + size + " bytes]";
    if (number == 63) {
        const auto masked = masked_numbers(view.value(63));
        auto text = gbk_to_utf8(as_bytes(masked)).value();
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, '?');
        return "\"" + text + "\"";
    }
    return {};
}

/// One row of a description under the names above it; where it stands is kept there.
void put_row(dissected& to, const iso8583::message_view& view, const iso8583::described_row& row,
    std::vector<std::string>& above) {
    const auto depth = static_cast<std::size_t>(row.depth);
    above.resize(depth, "");
    if (depth == 0 && is_number(row.label)) {
        const int number = std::stoi(row.label);
        above.push_back(cli::wireshark_field(number));
        const auto alone = by_row_alone(view, number);
        put(to, above.back(), alone ? *alone : without_words(row.value));
        return;
    }
    if (depth == 0 && row.label == "header" && !row.name.empty()) {
        above.push_back(cli::wireshark_part("header", row.name));
        put(to, above.back(), row.value);
        return;
    }
    if (depth == 0) {
        above.push_back(row.label);
        const bool worded = row.label == "mti" || row.label == "header" || row.label == "bitmap";
        put(to, row.label, worded ? without_words(row.value) : row.value);
        return;
    }
    const bool special = above[0] == "f48" || above[0] == "f62" || above[0] == "f63";
    if (special && by_row_alone(view, std::stoi(above[0].substr(1)))) return;
    if (row.name == "wrong from here on") return;
    if (row.name == "?") return put(to, "unknown", row.label + " " + row.value);
    above.push_back(cli::wireshark_part(above.back(), row.label.empty() ? row.name : row.label));
    put(to, above.back(), row.value);
}

/// Every text below a layer whose key is one of its fields.
void collect(const nlohmann::json& from, const std::string& key, dissected& to) {
    if (from.is_object()) {
        for (const auto& [name, value] : from.items())
            collect(value, name, to);
    } else if (from.is_array()) {
        for (const auto& each : from)
            collect(each, key, to);
    } else if (from.is_string() && key.starts_with(to.protocol + ".")) {
        to.fields[key].push_back(from.get<std::string>());
    }
}

std::string as_text_of(const std::map<std::string, std::vector<std::string>>& fields) {
    std::string made;
    for (const auto& [name, values] : fields) {
        for (const auto& value : values)
            made.append(name).append(" = ").append(value).append("\n");
    }
    return made;
}

} // namespace

dissected by_codec(const iso8583::dialect& format, byte_view frame) {
    dissected made{cli::wireshark_protocol(format.name), {}};
    const auto view = iso8583::decode(format, frame).value();
    std::vector<std::string> above;
    for (const auto& row : iso8583::describe_rows(view))
        put_row(made, view, row, above);
    return made;
}

dissected by_hsm_codec::take(cli::capture_writer::side from, byte_view frame) {
    const auto cut = hsm::cut_frame(engine_.dialect().frame, frame).value();
    const auto header = cli::escaped_text(as_text(cut->header));
    dissected made;
    if (from == cli::capture_writer::side::application) {
        made = request(cut->body);
        hsm::field_set values;
        const auto read = engine_.decode_request(cut->body, values).value();
        waiting_[header] = {read.command, std::make_shared<hsm::field_set>(std::move(values))};
    } else {
        made = answer(waiting_.at(header), cut->body);
    }
    if (!header.empty()) put(made, "msg.header", header);
    return made;
}

dissected by_hsm_codec::request(byte_view body) {
    dissected made{cli::wireshark_protocol(engine_.dialect().name), {}};
    hsm::field_set values;
    const auto read = engine_.decode_request(body, values).value();
    put(made, "msg.code", cli::escaped_text(read.command->code));
    put(made, "msg.title", cli::escaped_text(read.command->title));
    for (const auto& field : cli::describe(read.command->request, values, cli::reveal::masked))
        put(made, cli::wireshark_name(field.name), field.value);
    return made;
}

dissected by_hsm_codec::answer(const asked& whose, byte_view body) {
    dissected made{cli::wireshark_protocol(engine_.dialect().name), {}};
    hsm::field_set values;
    const auto read = engine_.decode_answer(*whose.command, body, *whose.values, values).value();
    put(made, "msg.code", cli::escaped_text(whose.command->code));
    put(made, "msg.title", cli::escaped_text(whose.command->title));
    put(made, "msg.status", cli::escaped_text(read.code.view()));
    const auto meaning = engine_.dialect().meaning(*whose.command, read.code.view());
    if (read.code != "00" && !meaning.empty()) put(made, "msg.meaning", cli::escaped_text(meaning));
    const bool refused = read.what == hsm::answer_status::kind::refused;
    const auto& layout = refused ? whose.command->diagnostic : whose.command->answer;
    for (const auto& field : cli::describe(layout, values, cli::reveal::masked))
        put(made, cli::wireshark_name(field.name), field.value);
    return made;
}

expected_capture::expected_capture(std::string file, std::uint16_t port, segments how)
    : file_(std::move(file))
    , how_(how)
    , writer_([this](byte_view piece) { written_.insert(written_.end(), piece.begin(), piece.end()); }, port) {}

void expected_capture::open(std::size_t connection) {
    writer_.open(connection, static_cast<std::uint16_t>(40'000 + connection % 20'000), now_ += 1ms);
}

void expected_capture::add(std::size_t connection, cli::capture_writer::side from, byte_view frame, dissected says) {
    const bool in_two = how_ == segments::every_third_cut && messages_.size() % 3 == 2 && frame.size() > 3;
    const std::size_t first = in_two ? frame.size() / 2 : frame.size();
    writer_.data(connection, from, frame.first(first), now_ += 1ms);
    if (in_two) writer_.data(connection, from, frame.subspan(first), now_ += 1ms);
    messages_.push_back(std::move(says));
}

void expected_capture::finish() {
    std::ofstream out(file_, std::ios::binary | std::ios::app);
    out << as_text(written_);
}

std::optional<std::string> tshark() {
    for (const auto* folder : {"/usr/bin/", "/usr/local/bin/"}) {
        const auto file = std::string(folder) + "tshark";
        if (std::filesystem::exists(file)) return file;
    }
    return {};
}

std::vector<dissected> by_tshark(const std::vector<std::string>& lua_files, const std::string& capture,
    const std::vector<std::string>& protocols) {
    const temporary_folder folder;
    std::vector<std::string> command{
        tshark().value(), "-n", "-r", capture, "-T", "json", "--no-duplicate-keys", "-J"};
    std::string layers;
    for (const auto& protocol : protocols)
        layers.append(layers.empty() ? "" : " ").append(protocol);
    command.push_back(layers);
    for (const auto& file : lua_files)
        command.insert(command.end(), {"-X", "lua_script:" + file});
    auto started = sim::child_process::start(command, folder.file("errors")).value();
    const auto said = started.read_all(60s);
    const auto complained = whole_file(folder.file("errors"));
    EXPECT_EQ(complained.find("Lua"), std::string::npos) << complained;
    std::vector<dissected> made;
    for (const auto& frame : nlohmann::json::parse(said)) {
        const auto& all = frame.at("_source").at("layers");
        for (const auto& protocol : protocols) {
            if (!all.contains(protocol)) continue;
            const auto& found = all.at(protocol);
            for (const auto& layer : found.is_array() ? found : nlohmann::json::array({found})) {
                dissected one{protocol, {}};
                collect(layer, "", one);
                made.push_back(std::move(one));
            }
        }
    }
    return made;
}

void expect_same(const std::vector<dissected>& tshark, const std::vector<dissected>& codec) {
    ASSERT_EQ(tshark.size(), codec.size());
    for (std::size_t i = 0; i < codec.size(); ++i) {
        ASSERT_EQ(tshark[i].protocol, codec[i].protocol) << "message " << i;
        // What differs once differs often.
        ASSERT_EQ(as_text_of(tshark[i].fields), as_text_of(codec[i].fields)) << "message " << i;
    }
}

} // namespace cipherlane::tests
