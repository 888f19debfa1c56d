#include "cipherlane/trace_link.hpp"

#include <cipherlane/core/hex.hpp>

#include <stdexcept>

namespace cipherlane::cli {

trace_link::trace_link(std::unique_ptr<net::transport> inner, const std::string& file)
    : inner_(std::move(inner))
    , file_(file) {
    if (!file_) throw std::runtime_error("cannot write " + file);
}

trace_link::~trace_link() {
    mask_.finish();
    write_down();
}

void trace_link::note(trace_entry::from who, byte_view data) {
    mask_.add(who, data);
    write_down();
}

void trace_link::write_down() {
    for (const auto& entry : mask_.take())
        file_ << (entry.who == trace_entry::from::till ? '>' : '<') << ' ' << to_hex(entry.data) << std::endl;
}

result<void> trace_link::write(byte_view data, const call& bounds) {
    auto done = inner_->write(data, bounds);
    if (done) note(trace_entry::from::till, data);
    return done;
}

result<std::size_t> trace_link::read_some(byte_span into, const call& bounds) {
    auto size = inner_->read_some(into, bounds);
    if (size) note(trace_entry::from::device, into.first(*size));
    return size;
}

void trace_link::async_write(byte_view data, net::completion<void> done) {
    note(trace_entry::from::till, data);
    inner_->async_write(data, std::move(done));
}

void trace_link::async_read_some(byte_span into, net::completion<std::size_t> done) {
    inner_->async_read_some(into, [this, into, end = std::move(done)](result<std::size_t> size) mutable {
        if (size) note(trace_entry::from::device, into.first(*size));
        std::move(end)(std::move(size));
    });
}

std::vector<trace_entry> read_trace(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file);
    std::vector<trace_entry> entries;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty() || line[0] == '#') continue;
        const bool known = line.size() > 2 && (line[0] == '>' || line[0] == '<') && line[1] == ' ';
        auto data = known ? from_hex(std::string_view(line).substr(2)) : from_hex("x");
        if (!data) throw std::runtime_error(file + ":" + std::to_string(number) + ": not a line of a trace");
        entries.push_back({line[0] == '>' ? trace_entry::from::till : trace_entry::from::device, *std::move(data)});
    }
    return entries;
}

} // namespace cipherlane::cli
