#include "cipherlane/kat/kat_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <ostream>

namespace cipherlane::cli {
namespace {

std::string escaped(const std::string& text) {
    std::string made;
    for (const char c : text) {
        switch (c) {
        case '&': made += "&amp;"; break;
        case '<': made += "&lt;"; break;
        case '>': made += "&gt;"; break;
        case '"': made += "&quot;"; break;
        default: made.push_back(c);
        }
    }
    return made;
}

template <class Count>
std::size_t sum(const std::vector<kat_file_report>& files, Count count) {
    return std::accumulate(files.begin(), files.end(), std::size_t{0},
        [&](std::size_t all, const kat_file_report& each) { return all + (each.*count)(); });
}

std::string tallies(std::size_t passed, std::size_t failed) {
    return "tests=\"" + std::to_string(passed + failed) + "\" failures=\"" + std::to_string(failed) + "\"";
}

void write_case(std::ostream& out, const std::string& file, const std::string& name, const std::string& why) {
    out << "    <testcase classname=\"" << escaped(file) << "\" name=\"" << escaped(name) << "\"";
    if (why.empty())
        out << "/>\n";
    else
        out << "><failure message=\"" << escaped(why) << "\"/></testcase>\n";
}

} // namespace

std::size_t kat_file_report::failed() const {
    const auto count =
        std::count_if(rows.begin(), rows.end(), [](const kat_verdict& each) { return !each.why.empty(); });
    return static_cast<std::size_t>(count) + not_run;
}

std::size_t kat_file_report::passed() const {
    return rows.size() + not_run - failed();
}

nlohmann::ordered_json to_json(const std::vector<kat_file_report>& files) {
    nlohmann::ordered_json made{{"files", nlohmann::ordered_json::array()}};
    for (const auto& file : files) {
        nlohmann::ordered_json one{{"file", file.file}, {"passed", file.passed()}, {"failed", file.failed()},
            {"not_run", file.not_run}, {"failures", nlohmann::ordered_json::array()}};
        for (const auto& row : file.rows) {
            if (!row.why.empty()) one["failures"].push_back({{"id", row.id}, {"why", row.why}});
        }
        made["files"].push_back(std::move(one));
    }
    made["passed"] = sum(files, &kat_file_report::passed);
    made["failed"] = sum(files, &kat_file_report::failed);
    return made;
}

void write_junit(std::ostream& out, const std::vector<kat_file_report>& files) {
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cipherlane kat\" "
        << tallies(sum(files, &kat_file_report::passed), sum(files, &kat_file_report::failed)) << ">\n";
    for (const auto& file : files) {
        out << "  <testsuite name=\"" << escaped(file.file) << "\" " << tallies(file.passed(), file.failed())
            << ">\n";
        for (const auto& row : file.rows)
            write_case(out, file.file, row.id, row.why);
        for (std::size_t i = 0; i < file.not_run; ++i)
            write_case(out, file.file, "not run " + std::to_string(i + 1), "the unit cannot be reached");
        out << "  </testsuite>\n";
    }
    out << "</testsuites>\n";
}

} // namespace cipherlane::cli
