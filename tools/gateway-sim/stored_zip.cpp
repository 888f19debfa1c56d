#include "gateway-sim/stored_zip.hpp"

#include <boost/crc.hpp>

#include <cstdint>

namespace cipherlane::sim {
namespace {

void append_number(std::string& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        to += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

/// What a file's own header and its entry in the directory have in common: version 2.0, no flags, stored, no time.
std::string common_part(const std::string& name, const std::string& text) {
    boost::crc_32_type checksum;
    checksum.process_bytes(text.data(), text.size());
    std::string part;
    for (const unsigned value : {20U, 0U, 0U, 0U, 0x21U})
        append_number(part, value, 2);
    append_number(part, checksum.checksum(), 4);
    append_number(part, text.size(), 4);
    append_number(part, text.size(), 4);
    append_number(part, name.size(), 2);
    append_number(part, 0, 2); // nothing extra
    return part;
}

} // namespace

std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string all;
    std::string directory;
    for (const auto& [name, text] : files) {
        const auto part = common_part(name, text);
        directory += "PK\x01\x02\x14";
        directory += '\0';
        directory += part;
        directory += std::string(10, '\0'); // no remark, the first disk, no attributes
        append_number(directory, all.size(), 4);
        directory += name;
        all += "PK\x03\x04" + part + name + text;
    }
    const auto begins = all.size();
    all += directory + "PK\x05\x06" + std::string(4, '\0');
    append_number(all, files.size(), 2);
    append_number(all, files.size(), 2);
    append_number(all, directory.size(), 4);
    append_number(all, begins, 4);
    append_number(all, 0, 2);
    return all;
}

} // namespace cipherlane::sim
