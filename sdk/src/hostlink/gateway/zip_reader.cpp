#include "gateway/zip_reader.hpp"

#include <cipherlane/hostlink/errc.hpp>

#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>

#include <cstdint>

namespace cipherlane::hostlink {
namespace {

constexpr std::size_t most_files = 64;
constexpr std::uint32_t directory_end = 0x06054b50;
constexpr std::uint32_t directory_entry = 0x02014b50;
constexpr std::uint32_t file_entry = 0x04034b50;
constexpr std::size_t end_size = 22;
constexpr std::size_t entry_size = 46;
constexpr std::size_t file_header_size = 30;
constexpr std::size_t longest_remark = 65'535;

error bad_zip(std::size_t at) {
    return error(hostlink_errc::unreadable_answer, layer::hostlink).during("zip").at_offset(at);
}

/// Numbers of an archive, least byte first.
class zip_bytes {
  public:
    explicit zip_bytes(byte_view all)
        : all_(all) {}
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] bool has(std::size_t at, std::size_t bytes) const noexcept {
        return at <= all_.size() && bytes <= all_.size() - at;
    }
    [[nodiscard]] std::uint32_t two(std::size_t at) const {
        return std::uint32_t{all_[at]} | (std::uint32_t{all_[at + 1]} << 8U);
    }
    [[nodiscard]] std::uint32_t four(std::size_t at) const { return two(at) | (two(at + 2) << 16U); }
    [[nodiscard]] byte_view part(std::size_t at, std::size_t bytes) const { return all_.subspan(at, bytes); }

  private:
    byte_view all_;
};

/// What the directory says of a file.
struct zip_entry {
    std::uint32_t flags = 0;
    std::uint32_t method = 0;
    std::uint32_t checksum = 0;
    std::size_t packed = 0;
    std::size_t whole = 0;
    std::size_t header = 0; ///< where the file itself begins, with a header of its own
    std::string name;
};

result<std::size_t> find_end(const zip_bytes& in) {
    if (in.size() < end_size) return bad_zip(0);
    const auto last = in.size() - end_size;
    for (std::size_t back = 0; back <= last && back <= longest_remark; ++back) {
        if (in.four(last - back) == directory_end && in.two(last - back + end_size - 2) == back) return last - back;
    }
    return bad_zip(in.size());
}

result<zip_entry> read_entry(const zip_bytes& in, std::size_t& at) {
    if (!in.has(at, entry_size) || in.four(at) != directory_entry) return bad_zip(at);
    zip_entry entry;
    entry.flags = in.two(at + 8);
    entry.method = in.two(at + 10);
    entry.checksum = in.four(at + 16);
    entry.packed = in.four(at + 20);
    entry.whole = in.four(at + 24);
    const std::size_t name = in.two(at + 28);
    const std::size_t rest = std::size_t{in.two(at + 30)} + in.two(at + 32);
    entry.header = in.four(at + 42);
    if (!in.has(at + entry_size, name + rest)) return bad_zip(at);
    entry.name = as_text(in.part(at + entry_size, name));
    at += entry_size + name + rest;
    return entry;
}

/// Deflated data of which nothing is left over and nothing lacks.
result<std::string> inflated(byte_view packed, std::size_t whole, std::size_t at) {
    namespace zlib = boost::beast::zlib;
    std::string text(whole + 1, '\0'); // one more shows what is too long
    // Beast tells of the end only where a byte follows, and may take that one.
    std::string input(as_text(packed));
    input.push_back('\0');
    zlib::inflate_stream stream;
    zlib::z_params step;
    step.next_in = input.data();
    step.avail_in = input.size();
    step.next_out = text.data();
    step.avail_out = text.size();
    boost::beast::error_code ended;
    stream.write(step, zlib::Flush::sync, ended);
    if (ended != zlib::error::end_of_stream || step.avail_in > 1 || step.avail_out != 1) return bad_zip(at);
    text.pop_back();
    return text;
}

result<zipped_file> read_file(const zip_bytes& in, const zip_entry& entry) {
    constexpr std::uint32_t encrypted = 1;
    constexpr std::uint32_t stored = 0;
    constexpr std::uint32_t deflated = 8;
    const auto at = entry.header;
    if (!in.has(at, file_header_size) || in.four(at) != file_entry) return bad_zip(at);
    const auto begins = at + file_header_size + in.two(at + 26) + in.two(at + 28);
    if (!in.has(begins, entry.packed) || (entry.flags & encrypted) != 0) return bad_zip(at);
    const auto packed = in.part(begins, entry.packed);
    zipped_file file{entry.name, {}};
    if (entry.method == deflated) {
        CIPHERLANE_TRY(file.text, inflated(packed, entry.whole, begins));
    } else if (entry.method == stored && entry.packed == entry.whole) {
        file.text = as_text(packed);
    } else {
        return bad_zip(at);
    }
    boost::crc_32_type checksum;
    checksum.process_bytes(file.text.data(), file.text.size());
    if (checksum.checksum() != entry.checksum) return bad_zip(begins);
    return file;
}

} // namespace

result<std::vector<zipped_file>> read_zip(byte_view archive, std::size_t most_bytes) {
    const zip_bytes in(archive);
    CIPHERLANE_TRY(const auto end, find_end(in));
    const std::size_t count = in.two(end + 10);
    std::size_t at = in.four(end + 16);
    if (count > most_files || in.two(end + 4) != 0 || in.two(end + 8) != count) return bad_zip(end);
    std::vector<zipped_file> files;
    std::size_t left = most_bytes;
    for (std::size_t i = 0; i < count; ++i) {
        CIPHERLANE_TRY(const auto entry, read_entry(in, at));
        if (entry.whole > left) return bad_zip(entry.header);
        left -= entry.whole;
        CIPHERLANE_TRY(files.emplace_back(), read_file(in, entry));
    }
    return files;
}

} // namespace cipherlane::hostlink
