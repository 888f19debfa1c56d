#include "cipherlane/trace_link.hpp"

#include <cipherlane/core/hex.hpp>

#include <stdexcept>

namespace cipherlane::cli {

trace_link::trace_link(std::unique_ptr<net::transport> inner, const std::string& file)
    : inner_(std::move(inner))
    , file_(file) {
    if (!file_) throw std::runtime_error("cannot write " + file);
}

void mask_digits(bytes& data) {
    constexpr std::size_t shortest = 12;
    constexpr std::size_t kept_first = 6;
    constexpr std::size_t kept_last = 4;
    for (std::size_t begin = 0; begin < data.size();) {
        std::size_t end = begin;
        while (end < data.size() && hex_value(static_cast<char>(data[end])) >= 0)
            ++end;
        if (end - begin >= shortest) {
            std::fill(data.begin() + static_cast<std::ptrdiff_t>(begin + kept_first),
                data.begin() + static_cast<std::ptrdiff_t>(end - kept_last), std::uint8_t{'0'});
        }
        begin = end + 1;
    }
}

void trace_link::note(char direction, byte_view data) {
    bytes shown(data.begin(), data.end());
    mask_digits(shown);
    file_ << direction << ' ' << to_hex(shown) << std::endl;
}

result<void> trace_link::write(byte_view data, const call& bounds) {
    auto done = inner_->write(data, bounds);
    if (done) note('>', data);
    return done;
}

result<std::size_t> trace_link::read_some(byte_span into, const call& bounds) {
    auto size = inner_->read_some(into, bounds);
    if (size) note('<', into.first(*size));
    return size;
}

void trace_link::async_write(byte_view data, net::completion<void> done) {
    note('>', data);
    inner_->async_write(data, std::move(done));
}

void trace_link::async_read_some(byte_span into, net::completion<std::size_t> done) {
    inner_->async_read_some(into, [this, into, end = std::move(done)](result<std::size_t> size) mutable {
        if (size) note('<', into.first(*size));
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
