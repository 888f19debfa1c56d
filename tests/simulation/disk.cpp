#include "simulation/disk.hpp"

#include <algorithm>

namespace cipherlane::simulation {
namespace {

constexpr std::size_t sector = 512;

constexpr std::size_t block = 4096;
constexpr std::uint64_t unknown = 0;

void undo(disk_file& of, const disk_file::change& last) {
    if (!last.before.empty()) of.put(last.at, last.before);
    of.resize(last.size_before);
}

/// The fingerprint of a content from those of its blocks; the unknown ones are made.
std::uint64_t print_of(byte_view content, std::vector<std::uint64_t>& prints) {
    prints.resize((content.size() + block - 1) / block, unknown);
    fingerprint whole;
    whole.add(content.size());
    for (std::size_t i = 0; i < prints.size(); ++i) {
        if (prints[i] == unknown) {
            fingerprint one;
            one.add(content.subspan(i * block, std::min(block, content.size() - i * block)));
            prints[i] = one.value();
        }
        whole.add(prints[i]);
    }
    return whole.value();
}

} // namespace

void disk_file::make_own() {
    constexpr std::size_t room = 64 * 1024; // a file that is written to grows
    const auto from = std::exchange(common_, nullptr);
    if (!from) return;
    own_.reserve(from->content.size() + room);
    own_ = from->content;
    prints_ = from->prints;
}

void disk_file::forget_prints(std::size_t begin, std::size_t end) {
    const auto last = std::min(prints_.size(), (end + block - 1) / block);
    for (auto i = begin / block; i < last; ++i)
        prints_[i] = unknown;
}

void disk_file::put(std::size_t at, byte_view data) {
    make_own();
    const auto size_before = own_.size();
    if (size_before < at) own_.resize(at);
    const auto inside = data.first(std::min(data.size(), own_.size() - at));
    std::copy(inside.begin(), inside.end(), own_.begin() + static_cast<std::ptrdiff_t>(at));
    own_.insert(own_.end(), data.begin() + static_cast<std::ptrdiff_t>(inside.size()), data.end());
    forget_prints(std::min(size_before, at), at + data.size());
}

void disk_file::resize(std::size_t size) {
    if (size == content().size()) return;
    make_own();
    forget_prints(std::min(size, own_.size()), std::max(size, own_.size()));
    own_.resize(size);
    prints_.resize(std::min(prints_.size(), (size + block - 1) / block));
}

std::shared_ptr<const disk_file::common> disk_file::share() const {
    if (common_) return common_;
    auto made = std::make_shared<common>(common{own_, prints_, 0});
    made->print = print_of(made->content, made->prints);
    return made;
}

std::uint64_t disk_file::print() const {
    return common_ ? common_->print : print_of(own_, prints_);
}

disk::file disk::find(const std::string& name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
}

disk::file disk::make(const std::string& name) {
    auto& made = names_[name];
    made = std::make_shared<disk_file>();
    return made;
}

void disk::remove(const std::string& name) {
    names_.erase(name);
}

void disk::change(disk_file& of, std::size_t at, byte_view data, std::size_t size_after) {
    disk_file::change made;
    made.at = at;
    const auto content = of.content();
    made.size_before = content.size();
    made.size = data.size();
    made.size_after = size_after;
    const auto begin = std::min(at, content.size());
    const auto end = std::min(data.empty() ? content.size() : at + data.size(), content.size());
    if (begin == at && begin < end) {
        made.before.assign(
            content.begin() + static_cast<std::ptrdiff_t>(begin), content.begin() + static_cast<std::ptrdiff_t>(end));
    }
    if (!data.empty()) of.put(at, data);
    of.resize(size_after);
    of.unsynced.push_back(std::move(made));
}

fault disk::write(disk_file& to, std::size_t at, byte_view data) {
    const auto wrong_now = steps_.next(point::disk_write, "write");
    if (wrong_now == fault::half_written) data = data.first(data.size() / 2);
    if (wrong_now != fault::none && wrong_now != fault::half_written) return wrong_now;
    change(to, at, data, std::max(to.content().size(), at + data.size()));
    return wrong_now;
}

fault disk::truncate(disk_file& of, std::size_t size) {
    const auto wrong_now = steps_.next(point::disk_write, "truncate");
    if (wrong_now != fault::none) return wrong_now;
    change(of, std::min(size, of.content().size()), {}, size);
    return fault::none;
}

fault disk::sync(disk_file& of) {
    const auto wrong_now = steps_.next(point::disk_sync, "sync");
    if (wrong_now != fault::none) return wrong_now;
    ++syncs_;
    const bool left_out =
        wrong == disk_fault::never_syncs || (wrong == disk_fault::forgets_one_sync && syncs_ % 3 == 0);
    if (!left_out) of.unsynced.clear();
    return fault::none;
}

void disk::settle(disk_file& of, fault how) {
    if (how == fault::cut_all_kept) return of.unsynced.clear();
    const auto changes = std::move(of.unsynced);
    of.unsynced.clear();
    std::vector<bytes> written(how == fault::cut_torn ? changes.size() : 0);
    for (auto i = changes.size(); i-- > 0;) {
        const auto& one = changes[i];
        // What later ones have overwritten is back already.
        if (how == fault::cut_torn && one.size != 0) {
            const auto from = of.content().subspan(one.at, one.size);
            written[i].assign(from.begin(), from.end());
        }
        undo(of, one);
    }
    if (how != fault::cut_torn) return;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto& one = changes[i];
        if (one.size_after < one.size_before) {
            if (by_.once_in(2)) of.resize(std::min(of.content().size(), one.size_after));
            continue;
        }
        // A sector is written whole or not at all; what of it is not in the write stays as it is.
        for (std::size_t from = 0; from < one.size;) {
            const auto length = std::min(one.size - from, sector - (one.at + from) % sector);
            if (by_.once_in(2)) of.put(one.at + from, byte_view(written[i]).subspan(from, length));
            from += length;
        }
    }
}

void disk::cut_power(fault how) {
    if (how == fault::cut_all_kept) names_on_disk_ = names_;
    if (how == fault::cut_torn) {
        for (const auto& [name, what] : names_) {
            if (by_.once_in(2)) names_on_disk_[name] = what;
        }
        std::erase_if(
            names_on_disk_, [&](const auto& entry) { return !names_.contains(entry.first) && by_.once_in(2); });
    }
    names_ = names_on_disk_;
    for (auto& entry : names_)
        settle(*entry.second, how);
}

disk::image disk::copy() const {
    image made;
    for (const auto& [name, what] : names_)
        made.files.emplace(name, what->share());
    return made;
}

void disk::bring_back(const image& from, std::string_view beginning) {
    std::erase_if(names_, [&](const auto& entry) { return entry.first.starts_with(beginning); });
    for (const auto& [name, what] : from.files) {
        if (name.starts_with(beginning)) names_.emplace(name, std::make_shared<disk_file>(what));
    }
    names_on_disk_ = names_;
}

void disk::add_to(fingerprint& state) const {
    for (const auto& [name, what] : names_) {
        state.add(name);
        state.add(what->print());
    }
    if (wrong == disk_fault::forgets_one_sync) state.add(syncs_ % 3);
}

void disk::restore(const image& from) {
    names_.clear();
    for (const auto& [name, what] : from.files)
        names_.emplace(name, std::make_shared<disk_file>(what));
    names_on_disk_ = names_;
}

} // namespace cipherlane::simulation
