#include "pinpad-sim/pad_tables.hpp"

#include "pinpad-sim/pad_status.hpp"
#include "pinpad-sim/pad_text.hpp"

#include <algorithm>
#include <utility>

namespace cipherlane::sim {

using namespace pad_status;

std::optional<pad_tables::reply> pad_tables::execute(std::string_view name, std::string_view block) {
    if (name == "GTS") return block.size() == 2 ? reply{ok, version_} : reply{invalid_parameter};
    if (name == "TLI") return begin(block);
    if (name == "TLR") return add(block);
    if (name != "TLE") return std::nullopt;
    if (!std::exchange(loading_, false)) return reply{invalid_call};
    version_ = next_version_;
    return reply{ok};
}

pad_tables::reply pad_tables::begin(std::string_view block) {
    constexpr std::size_t size = 12;
    if (block.size() != size) return {invalid_parameter};
    loading_ = true;
    next_version_ = block.substr(2);
    return {next_version_ == version_ ? ok : tables_differ};
}

pad_tables::reply pad_tables::add(std::string_view block) {
    if (!loading_) return {invalid_call};
    const auto count = block.size() < 2 ? -1 : pad_text::number(block.substr(0, 2));
    auto rest = block.substr(std::min<std::size_t>(2, block.size()));
    for (int i = 0; i < count; ++i) {
        const auto size = rest.size() < 3 ? -1 : pad_text::number(rest.substr(0, 3));
        if (size < 4 || rest.size() < static_cast<std::size_t>(size)) return {invalid_parameter};
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    if (count < 1 || !rest.empty()) return {invalid_parameter};
    return {ok};
}

} // namespace cipherlane::sim
