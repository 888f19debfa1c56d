#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/instalment_plan.hpp>

#include <algorithm>

namespace cipherlane::acquiring {

result<std::string> instalment_plan::to_field62() const {
    constexpr std::size_t code_size = 30;
    const auto bad = [](std::string_view which) {
        return error(acquiring_errc::bad_request, layer::acquiring).during("instalments").in_field(which);
    };
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (periods < 2 || periods > 99) return bad("instalment.periods");
    if (code.size() > code_size || !std::all_of(code.begin(), code.end(), plain)) return bad("instalment.code");
    if (fee_mode < '0' || fee_mode > '9') return bad("instalment.fee_mode");
    std::string field = periods < 10 ? "0" : "";
    field += std::to_string(periods) + code;
    field.resize(2 + code_size, ' ');
    field += fee_mode;
    return field;
}

} // namespace cipherlane::acquiring
