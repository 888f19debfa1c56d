#include "cipherlane/iso8583_diff.hpp"

#include <algorithm>

namespace cipherlane::cli {
namespace {

using row = iso8583::described_row;

/// Rows with whole values beside the same rows as they may be shown: masking changes no row but its value.
struct side {
    std::vector<row> whole;
    std::vector<row> shown;

    side(const iso8583::partial_message& what, iso8583::reveal how)
        : whole(describe_rows(what, iso8583::reveal::whole))
        , shown(describe_rows(what, how)) {}

    [[nodiscard]] std::size_t find(const std::string& path) const {
        const auto at = std::find_if(whole.begin(), whole.end(), [&](const row& each) { return each.path == path; });
        return static_cast<std::size_t>(at - whole.begin());
    }
    [[nodiscard]] bool parent(std::size_t i) const {
        return i + 1 < whole.size() && whole[i + 1].depth > whole[i].depth;
    }
    [[nodiscard]] const std::string& value(std::size_t i) const {
        return i < shown.size() ? shown[i].value : whole[i].value;
    }
};

} // namespace

std::vector<message_difference> differences(
    const iso8583::partial_message& left, const iso8583::partial_message& right, iso8583::reveal how) {
    const side a(left, how);
    const side b(right, how);
    std::vector<message_difference> found;
    for (std::size_t i = 0; i < a.whole.size(); ++i) {
        const auto& mine = a.whole[i];
        const auto j = b.find(mine.path);
        if (j == b.whole.size()) {
            found.push_back({mine.path, mine.name, a.value(i), {}});
            continue;
        }
        // What differs inside is told by its own path.
        if (mine.value == b.whole[j].value || (a.parent(i) && b.parent(j))) continue;
        found.push_back({mine.path, mine.name, a.value(i), b.value(j), a.value(i) == b.value(j)});
    }
    for (std::size_t j = 0; j < b.whole.size(); ++j) {
        if (a.find(b.whole[j].path) == a.whole.size()) {
            found.push_back({b.whole[j].path, b.whole[j].name, {}, b.value(j)});
        }
    }
    return found;
}

} // namespace cipherlane::cli
