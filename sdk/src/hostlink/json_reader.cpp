#include "json_reader.hpp"

#include <cipherlane/hostlink/errc.hpp>

namespace cipherlane::hostlink {

error unreadable_member(std::string_view member) {
    return error(hostlink_errc::unreadable_answer, layer::hostlink).during("gateway").in_field(member);
}

result<boost::json::object> parse_json_object(std::string_view text) {
    boost::system::error_code code;
    auto value = boost::json::parse({text.data(), text.size()}, code);
    if (code || !value.is_object()) return unreadable_member("body");
    return std::move(value.get_object());
}

result<std::string> json_reader::text(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return unreadable_member(name);
    return std::string(value->get_string());
}

result<std::int64_t> json_reader::number(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr) return unreadable_member(name);
    if (value->is_int64() && value->get_int64() >= 0) return value->get_int64();
    if (value->is_uint64() && value->get_uint64() <= INT64_MAX) return static_cast<std::int64_t>(value->get_uint64());
    return unreadable_member(name);
}

result<json_reader> json_reader::object(std::string_view name) const {
    const auto* value = from_->if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_object()) return unreadable_member(name);
    return json_reader(value->get_object());
}

std::string json_reader::text_or_none(std::string_view name) const {
    auto value = text(name);
    return value ? *std::move(value) : std::string();
}

} // namespace cipherlane::hostlink
