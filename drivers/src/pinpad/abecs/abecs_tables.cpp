#include "../../refusals.hpp"
#include "fields.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_tables.hpp>

namespace cipherlane::drivers::abecs {
namespace {

constexpr std::size_t version_size = 10;
constexpr std::size_t largest_block = 999;
constexpr std::size_t most_records = 99;
constexpr std::size_t count_size = 2;
constexpr std::size_t length_size = 3;

result<void> check_acquirer(std::string_view acquirer) {
    if (acquirer.size() == 2 && all_digits(acquirer)) return {};
    return bad_setting("acquirer");
}

bool is_record(std::string_view record) {
    return record.size() > length_size && record.size() + count_size <= largest_block &&
           answer_reader(as_bytes(record)).number("record", length_size) == record.size();
}

} // namespace

result<secret_bytes> tables_begin_command(std::string_view acquirer, std::string_view version) {
    CIPHERLANE_CHECK(check_acquirer(acquirer));
    if (version.size() != version_size) return bad_setting("version");
    return command_writer("TLI").open_block().text(acquirer).text(version).close_block().done();
}

result<std::size_t> records_at_once(std::span<const std::string> records) {
    std::size_t count = 0;
    auto left = largest_block - count_size;
    for (const auto& record : records) {
        if (!is_record(record)) return bad_setting("record");
        if (record.size() > left || count == most_records) break;
        left -= record.size();
        ++count;
    }
    return count;
}

secret_bytes tables_part_command(std::span<const std::string> records) {
    command_writer out("TLR");
    out.open_block().number(records.size(), count_size);
    for (const auto& record : records)
        out.text(record);
    return out.close_block().done();
}

secret_bytes tables_end_command() {
    return command_writer("TLE").done();
}

result<secret_bytes> tables_version_command(std::string_view acquirer) {
    CIPHERLANE_CHECK(check_acquirer(acquirer));
    return command_writer("GTS").open_block().text(acquirer).close_block().done();
}

result<std::string> parse_tables_version(byte_view payload) {
    constexpr std::size_t head = 9; // name, status, length
    const auto text = as_text(payload);
    if (text.size() == head + version_size && text.substr(6, length_size) == "010")
        return std::string(text.substr(head));
    return refused(drivers_errc::bad_content).in_field("GTS_TABVER");
}

} // namespace cipherlane::drivers::abecs
