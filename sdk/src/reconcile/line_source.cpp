#include "line_source.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/gbk.hpp>
#include <cipherlane/core/utf8.hpp>

#include <algorithm>
#include <iterator>

namespace cipherlane::reconcile {
namespace {

constexpr std::size_t longest = 65'536;

/// What people have in their downloads beside the statement.
struct other_kind {
    std::string_view begins;
    std::string_view hint;
};
constexpr other_kind other_kinds[] = {
    {"PK\x03\x04", "a ZIP archive: unpack it; or an Excel workbook, which is no text"},
    {"\x1F\x8B", "a gzip archive: unpack it"},
    {"Rar!", "a RAR archive: unpack it"},
    {"%PDF-", "a PDF, which is no text"},
    {"\xD0\xCF\x11\xE0", "an Excel workbook, which is no text"},
    {"<!DOCTYPE", "a page of a website: sign in there first"},
    {"<html", "a page of a website: sign in there first"},
    {"\xFF\xFE", "a text in UTF-16, as some programs save it"},
    {"\xFE\xFF", "a text in UTF-16, as some programs save it"},
};

std::string_view kind_of_another(std::string_view line) noexcept {
    const auto* const found = std::find_if(std::begin(other_kinds), std::end(other_kinds),
        [&](const other_kind& one) { return line.starts_with(one.begins); });
    return found != std::end(other_kinds) ? found->hint : std::string_view();
}

bool plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

result<bool> line_source::next() {
    if (room_.empty()) room_.resize(longest + 3); // a line, its CR, and the end that getline writes
    in_->getline(room_.data(), static_cast<std::streamsize>(room_.size()));
    if (in_->bad()) return fault(reconcile_errc::cannot_read, "the disk gave nothing more");
    const auto taken = static_cast<std::size_t>(in_->gcount());
    if (taken == 0 && in_->eof()) return false;
    ended_ = !in_->eof();
    line_ = std::string_view(room_.data(), taken - (ended_ && !in_->fail() ? 1 : 0));
    ++number_;
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    if (number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.remove_prefix(3);
    if (const auto other = number_ == 1 ? kind_of_another(line_) : std::string_view(); !other.empty())
        return fault(reconcile_errc::bad_line, other);
    if ((in_->fail() && ended_) || line_.size() > longest)
        return fault(reconcile_errc::bad_line, "longer than 65536 bytes");
    if (line_.find('\0') != std::string_view::npos) {
        return fault(reconcile_errc::bad_line, "a byte of zero: this is no text, or one in UTF-16");
    }
    return true;
}

error line_source::fault(reconcile_errc what, std::string_view hint, std::string_view value_name) const {
    return error(what, layer::core)
        .during("read statement")
        .at_endpoint(file_)
        .in_field(value_name)
        .at_line(number_)
        .with_hint(hint);
}

bool to_utf8(std::string_view& text, statement_form::text_set set, std::string& room) {
    if (plain(text)) return true;
    if (set == statement_form::text_set::utf8) return utf8_length(text).has_value();
    auto converted = gbk_to_utf8(as_bytes(text));
    if (!converted) return false;
    room = *std::move(converted);
    text = room;
    return true;
}

} // namespace cipherlane::reconcile
