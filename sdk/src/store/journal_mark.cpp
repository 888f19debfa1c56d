#include "journal_mark.hpp"

#include "checksum.hpp"
#include "vfs_file.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::store {
namespace {

constexpr std::string_view mark_title = "cipherlane journal mark 1\n";
constexpr std::string_view last_word = "sum ";
constexpr std::size_t slot_size = 16 * 1024; ///< some 250 terminals; what does not fit is left out
constexpr std::size_t slots = 2;

/// The next word of a text; both are moved behind it.
std::string_view next_word(std::string_view& text) {
    const auto end = text.find_first_of(" \n");
    const auto found = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return found;
}

template <class Number>
bool next_number(std::string_view& text, Number& to) {
    const auto digits = next_word(text);
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
    return fault == std::errc{} && end == digits.data() + digits.size();
}

std::string sum_of(std::string_view text) {
    checksum sum;
    sum.add(as_bytes(text));
    std::array<std::uint8_t, 8> bytes_of{};
    for (std::size_t i = 0; i < bytes_of.size(); ++i)
        bytes_of[i] = static_cast<std::uint8_t>(sum.value() >> (56 - 8 * i));
    return to_hex(bytes_of);
}

/// The text of a slot: what is behind it are zeros.
std::string_view slot_text(std::string_view whole, std::size_t slot) {
    if (whole.size() < (slot + 1) * slot_size) return {};
    const auto text = whole.substr(slot * slot_size, slot_size);
    return text.substr(0, text.find('\0'));
}

} // namespace

std::string to_text(const journal_mark& mark) {
    std::string text(mark_title);
    text += "journal " + to_hex(mark.journal) + "\ncommits " + std::to_string(mark.commits) + "\n";
    constexpr std::size_t room_for_sum = 64;
    for (const auto& one : mark.terminals) {
        const auto line = "terminal " + one.id + " trace " + std::to_string(one.trace) + " batch " +
                          std::to_string(one.batch) + "\n";
        if (text.size() + line.size() + room_for_sum > slot_size) break;
        text += line;
    }
    return text + std::string(last_word) + sum_of(text) + "\n";
}

std::optional<journal_mark> parse_mark(std::string_view text) {
    const auto end = text.rfind(last_word);
    if (!text.starts_with(mark_title) || end == std::string_view::npos) return std::nullopt;
    if (text.substr(end) != std::string(last_word) + sum_of(text.substr(0, end)) + "\n") return std::nullopt;
    auto rest = text.substr(mark_title.size(), end - mark_title.size());
    journal_mark mark;
    if (next_word(rest) != "journal" || !from_hex(next_word(rest), mark.journal)) return std::nullopt;
    if (next_word(rest) != "commits" || !next_number(rest, mark.commits)) return std::nullopt;
    while (!rest.empty()) {
        auto& one = mark.terminals.emplace_back();
        if (next_word(rest) != "terminal") return std::nullopt;
        one.id = next_word(rest);
        if (next_word(rest) != "trace" || !next_number(rest, one.trace)) return std::nullopt;
        if (next_word(rest) != "batch" || !next_number(rest, one.batch)) return std::nullopt;
    }
    return mark;
}

bool mark_file::is_there() const {
    if (!vfs_.empty()) return vfs_file::is_there(vfs_, path_);
    struct stat about {};
    return ::lstat(path_.c_str(), &about) == 0;
}

std::optional<std::string> mark_file::content() const {
    if (!vfs_.empty()) {
        auto file = vfs_file::open(vfs_, path_);
        auto text = file ? file->read(slots * slot_size) : file.error();
        return text ? std::optional(*std::move(text)) : std::nullopt;
    }
    auto file = secret_file::open(path_);
    if (!file) return std::nullopt;
    const auto text = file->read(slots * slot_size);
    if (!text) return std::nullopt;
    return std::string(as_text(text->expose()));
}

mark_file::state mark_file::read(journal_mark& to) const {
    if (!is_there()) return state::absent;
    const auto text = content();
    if (!text) return state::unreadable;
    std::optional<journal_mark> best;
    for (std::size_t slot = 0; slot < slots; ++slot) {
        auto one = parse_mark(slot_text(*text, slot));
        if (one && (!best || one->commits > best->commits)) best = std::move(one);
    }
    if (!best) return state::unreadable;
    to = *std::move(best);
    return state::read;
}

result<void> mark_file::begin(const journal_mark& mark) const {
    // Both slots say the same, so that no older one is left.
    std::string whole(slots * slot_size, '\0');
    const auto text = to_text(mark);
    for (std::size_t slot = 0; slot < slots; ++slot)
        whole.replace(slot * slot_size, text.size(), text);
    if (!vfs_.empty()) {
        CIPHERLANE_TRY(auto file, vfs_file::open(vfs_, path_));
        CIPHERLANE_CHECK(file.write(0, whole));
        return file.sync();
    }
    struct stat about {};
    if (::lstat(path_.c_str(), &about) == 0 && ::unlink(path_.c_str()) != 0)
        return error({errno, boost::system::system_category()}, layer::store).during("mark").at_endpoint(path_);
    return secret_file::create(path_, as_bytes(whole));
}

bool mark_file::write_at(std::size_t at, std::string_view slot) const {
    if (!vfs_.empty()) {
        auto file = vfs_file::open(vfs_, path_);
        return file && file->write(at, slot);
    }
    const int file = ::open(path_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    const bool done = file >= 0 && ::pwrite(file, slot.data(), slot.size(), static_cast<off_t>(at)) ==
                                       static_cast<ssize_t>(slot.size());
    if (file >= 0) ::close(file);
    return done;
}

void mark_file::write(const journal_mark& mark) {
    const auto text = to_text(mark);
    std::string whole(slot_size, '\0');
    whole.replace(0, text.size(), text);
    if (!write_at(mark.commits % slots * slot_size, whole) && !complained_) {
        log_.warning("journal", "the mark cannot be written at " + path_ + ": an old or lost journal is not noticed");
        complained_ = true;
    }
}

} // namespace cipherlane::store
