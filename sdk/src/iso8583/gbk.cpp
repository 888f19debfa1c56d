#include "fail.hpp"

#include <cipherlane/core/gbk.hpp>
#include <cipherlane/iso8583/gbk.hpp>

namespace cipherlane::iso8583 {
namespace {

/// With the code of this layer.
result<std::string> ours(result<std::string> text) {
    if (text) return text;
    const auto& why = text.error();
    return error(iso8583_errc::bad_text, layer::iso8583).during(why.operation()).at_offset(why.offset().value_or(0));
}

} // namespace

result<std::string> gbk_to_utf8(byte_view wire) {
    return ours(cipherlane::gbk_to_utf8(wire));
}

result<std::string> utf8_to_gbk(std::string_view text) {
    return ours(cipherlane::utf8_to_gbk(text));
}

} // namespace cipherlane::iso8583
