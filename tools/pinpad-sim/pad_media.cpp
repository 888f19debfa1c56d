#include "pinpad-sim/pad_media.hpp"

#include "pinpad-sim/pad_status.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_frame.hpp>
#include <cipherlane/qr/png.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace cipherlane::sim {
namespace {

using namespace pad_status;

constexpr std::uint16_t media_data = 0x000F;
constexpr std::uint16_t media_name = 0x001E;
constexpr std::uint16_t media_info = 0x001F;
constexpr std::uint16_t listed_name = 0x805E;
constexpr std::size_t most_bytes = 262'144;
constexpr std::size_t most_files = 32;

/// Upper case, as names are the same in either.
std::optional<std::string> file_name(std::string_view given) {
    if (given.size() != 8) return std::nullopt;
    std::string name;
    for (const char one : given)
        name.push_back(one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one);
    name.erase(name.find_last_not_of(' ') + 1);
    const bool known = !name.empty() && std::all_of(name.begin(), name.end(), [](char one) {
        return (one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z');
    });
    if (!known) return std::nullopt;
    return name;
}

drivers::frame to_frame(const qr::gray_picture& from) {
    drivers::frame made(static_cast<int>(from.width), static_cast<int>(from.height));
    std::transform(from.pixels.begin(), from.pixels.end(), made.pixels().begin(),
        [](std::uint8_t grey) { return drivers::rgb565(grey, grey, grey); });
    return made;
}

} // namespace

std::optional<pad_reply> pad_media::execute(std::string_view command, const std::vector<pad_parameter>& parameters) {
    if (command == "MLI") return begin(parameters);
    if (command == "MLR") return take(parameters);
    if (command == "MLE") return end();
    if (command == "LMF") return list();
    if (command == "DMF") return remove(parameters);
    if (command == "DSI") return show(parameters);
    return std::nullopt;
}

pad_reply pad_media::begin(const std::vector<pad_parameter>& parameters) {
    const auto given = find_parameter(parameters, media_name);
    const auto about = find_parameter(parameters, media_info);
    if (!given || !about) return {parameter_missing, {}};
    const auto name = file_name(*given);
    if (!name || about->size() != 10) return {invalid_parameter, {}};
    const auto fields = as_bytes(*about);
    const auto size = load_be16(fields.data()) * std::size_t{65'536} + load_be16(fields.data() + 2);
    loading_ = loading{*name, size, load_be16(fields.data() + 4), {}};
    return {};
}

pad_reply pad_media::take(const std::vector<pad_parameter>& parameters) {
    if (!loading_) return {invalid_call, {}};
    if (!find_parameter(parameters, media_data)) return {parameter_missing, {}};
    for (const auto& one : parameters) {
        if (one.name != media_data) continue;
        if (loading_->content.size() + one.value.size() > most_bytes) return {internal_error, {}};
        loading_->content.insert(loading_->content.end(), one.value.begin(), one.value.end());
    }
    return {};
}

pad_reply pad_media::end() {
    if (!loading_) return {invalid_call, {}};
    const auto done = *std::exchange(loading_, std::nullopt);
    if (done.content.size() != done.size || drivers::abecs_crc(done.content) != done.crc)
        return {media_wrong_content, {}};
    if (files_.size() == most_files && !files_.contains(done.name)) return {internal_error, {}};
    files_[done.name] = done.content;
    return {};
}

pad_reply pad_media::list() const {
    pad_reply reply;
    for (const auto& [name, content] : files_)
        reply.data += answer_parameter(listed_name, name + std::string(8 - name.size(), ' '));
    return reply;
}

pad_reply pad_media::remove(const std::vector<pad_parameter>& parameters) {
    if (!find_parameter(parameters, media_name)) return {parameter_missing, {}};
    for (const auto& one : parameters) {
        if (const auto name = file_name(one.value); one.name == media_name && name) files_.erase(*name);
    }
    return {};
}

pad_reply pad_media::show(const std::vector<pad_parameter>& parameters) {
    const auto given = find_parameter(parameters, media_name);
    if (!given) return {parameter_missing, {}};
    const auto name = file_name(*given);
    const auto file = name ? files_.find(*name) : files_.end();
    if (file == files_.end()) return {media_not_found, {}};
    const auto picture = qr::decode_png(file->second);
    if (!picture || picture->width > width || picture->height > height) return {media_wrong_format, {}};
    shown_ = *name;
    return {};
}

const bytes* pad_media::shown() const {
    const auto file = files_.find(shown_);
    return file == files_.end() ? nullptr : &file->second;
}

nlohmann::json pad_media::state() const {
    nlohmann::json names = nlohmann::json::array();
    for (const auto& [name, content] : files_)
        names.push_back(name);
    nlohmann::json codes = nlohmann::json::array();
    if (const auto* file = shown()) {
        if (const auto picture = qr::decode_png(*file)) codes = drivers::read_codes(to_frame(*picture));
    }
    return {{"files", names}, {"shown", shown_}, {"codes", codes}};
}

} // namespace cipherlane::sim
