#include "simulation/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cipherlane::simulation {
namespace {

struct fault_word {
    fault what;
    std::string_view word;
};

constexpr auto fault_words = std::to_array<fault_word>({
    {fault::none, "none"},
    {fault::link_lost, "link-lost"},
    {fault::timed_out, "timed-out"},
    {fault::fails, "fails"},
    {fault::fails_late, "fails-late"},
    {fault::holder_cancels, "holder-cancels"},
    {fault::request_lost, "request-lost"},
    {fault::request_late, "request-late"},
    {fault::request_twice, "request-twice"},
    {fault::request_resent, "request-resent"},
    {fault::says_failed, "says-failed"},
    {fault::says_invalid, "says-invalid"},
    {fault::says_unknown, "says-unknown"},
    {fault::answer_lost, "answer-lost"},
    {fault::answer_spoilt, "answer-spoilt"},
    {fault::answer_foreign, "answer-foreign"},
    {fault::answer_split, "answer-split"},
    {fault::answer_cut, "answer-cut"},
    {fault::disk_full, "disk-full"},
    {fault::half_written, "half-written"},
    {fault::cashier_stops, "cashier-stops"},
    {fault::payer_pays, "payer-pays"},
    {fault::clock_ahead, "clock-ahead"},
    {fault::clock_back, "clock-back"},
    {fault::cut_all_lost, "cut-all-lost"},
    {fault::cut_all_kept, "cut-all-kept"},
    {fault::cut_torn, "cut-torn"},
    {fault::off, "off"},
});

using enum fault;
constexpr std::array pad_faults{link_lost, timed_out, holder_cancels, cashier_stops, cut_all_lost};
constexpr std::array pad_end_faults{link_lost, fails_late, cut_all_lost, cut_all_kept};
constexpr std::array display_faults{link_lost, fails_late, cashier_stops, payer_pays, cut_all_lost};
constexpr std::array send_faults{link_lost, timed_out, cashier_stops, cut_all_lost, cut_all_kept, cut_torn};
constexpr std::array host_request_faults{
    request_lost, request_late, request_twice, request_resent, says_failed, says_invalid, says_unknown, cut_all_lost};
constexpr std::array host_answer_faults{answer_lost, answer_spoilt, answer_foreign, answer_split, answer_cut,
    cashier_stops, clock_ahead, clock_back, cut_all_lost, cut_all_kept, cut_torn};
constexpr std::array gateway_request_faults{request_lost, request_late, request_twice, payer_pays, cut_all_lost};
constexpr std::array gateway_answer_faults{
    answer_lost, payer_pays, cashier_stops, clock_ahead, clock_back, cut_all_lost, cut_all_kept};
constexpr std::array gateway_page_faults{answer_lost, answer_split, answer_cut, says_failed, says_invalid, payer_pays,
    cashier_stops, cut_all_lost, cut_all_kept};
constexpr std::array write_faults{fails, disk_full, half_written, cut_torn};
constexpr std::array sync_faults{fails, cut_all_lost, cut_all_kept, cut_torn};
constexpr std::array name_faults{fails, cut_all_lost, cut_torn};

} // namespace

std::string_view to_string(point value) noexcept {
    switch (value) {
    case point::pad: return "pad";
    case point::pad_end: return "pad end";
    case point::display: return "display";
    case point::host_send: return "host connection";
    case point::host_request: return "host request";
    case point::host_answer: return "host answer";
    case point::gateway_send: return "to gateway";
    case point::gateway_request: return "gateway request";
    case point::gateway_answer: return "gateway answer";
    case point::gateway_page: return "gateway page";
    case point::disk_write: return "disk write";
    case point::disk_sync: return "disk sync";
    case point::disk_name: return "disk name";
    }
    return "?";
}

std::string_view to_string(fault value) noexcept {
    for (const auto& row : fault_words) {
        if (row.what == value) return row.word;
    }
    return "?";
}

fault fault_of(std::string_view word) noexcept {
    for (const auto& row : fault_words) {
        if (row.word == word) return row.what;
    }
    return none;
}

std::span<const fault> faults_at(point where) noexcept {
    switch (where) {
    case point::pad: return pad_faults;
    case point::pad_end: return pad_end_faults;
    case point::display: return display_faults;
    case point::host_send:
    case point::gateway_send: return send_faults;
    case point::host_request: return host_request_faults;
    case point::host_answer: return host_answer_faults;
    case point::gateway_request: return gateway_request_faults;
    case point::gateway_answer: return gateway_answer_faults;
    case point::gateway_page: return gateway_page_faults;
    case point::disk_write: return write_faults;
    case point::disk_sync: return sync_faults;
    case point::disk_name: return name_faults;
    }
    return {};
}

std::string to_string(const script& value) {
    std::string text;
    for (const auto& one : value) {
        if (!text.empty()) text += ',';
        text += std::to_string(one.step) + ':' + std::string(to_string(one.what));
    }
    return text;
}

script script_of(std::string_view text) {
    script made;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        const auto item = text.substr(0, end);
        planned_fault one;
        const auto parsed = std::from_chars(item.data(), item.data() + item.size(), one.step);
        const auto colon = static_cast<std::size_t>(parsed.ptr - item.data());
        if (parsed.ec != std::errc() || colon >= item.size() || item[colon] != ':') break;
        one.what = fault_of(item.substr(colon + 1));
        if (one.what == none) break;
        made.push_back(one);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return made;
}

} // namespace cipherlane::simulation
