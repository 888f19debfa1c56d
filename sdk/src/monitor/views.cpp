#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/monitor/business_monitor.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace cipherlane::monitor {
namespace {

std::string number(double value) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
    return {text.data(), static_cast<std::size_t>(size)};
}

/// A label's value as the format wants it.
std::string label(std::string_view text) {
    std::string made;
    for (const char c : printable_text(text)) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made;
}

/// Eight heights of a column.
constexpr std::array<std::string_view, 9> bars{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

template <class Value>
std::string row(std::string_view name, const std::vector<reading>& points, double top, Value value) {
    std::string line(name);
    for (const auto& one : points) {
        const double height = top > 0 ? value(one) / top * 8 : 0;
        line += bars[static_cast<std::size_t>(std::clamp(std::lround(height), 0L, 8L))];
    }
    return line + "\n";
}

} // namespace

std::string prometheus_text(const business_monitor& what, std::string_view till) {
    const auto curve = what.curve();
    const auto last = curve.empty() ? reading() : curve.back();
    const auto labels = "{till=\"" + label(till) + "\"} ";
    std::string text;
    const auto gauge = [&](std::string_view name, std::string_view help, const std::string& value) {
        text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
        text.append(" gauge\n").append(name).append(labels).append(value).append("\n");
    };
    gauge("cipherlane_payments_seen", "Payments in the last reading.", std::to_string(last.seen));
    gauge("cipherlane_payments_expected", "Payments expected in the last reading.", number(last.expected));
    gauge("cipherlane_business_alarm", "1 while payments stay away.", what.alarmed() ? "1" : "0");
    return text;
}

std::string curve_text(const std::vector<reading>& curve, std::size_t width) {
    if (curve.empty() || width == 0) return {};
    // Neighbours share a column where there are more readings than columns.
    const auto each = (curve.size() + width - 1) / width;
    std::vector<reading> points;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        if (i % each == 0) points.push_back({curve[i].begin, 0, 0});
        points.back().seen += curve[i].seen;
        points.back().expected += curve[i].expected;
    }
    double top = 0;
    for (const auto& one : points)
        top = std::max({top, one.expected, static_cast<double>(one.seen)});
    return row("expected ", points, top, [](const reading& one) { return one.expected; }) +
           row("seen     ", points, top, [](const reading& one) { return static_cast<double>(one.seen); });
}

} // namespace cipherlane::monitor
