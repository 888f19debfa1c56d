#include <cipherlane/core/toml_report.hpp>

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace cipherlane {
namespace {

constexpr std::size_t largest = 1'048'576; ///< bytes of a file
constexpr std::size_t deepest = 32;        ///< brackets inside each other, and parts of a dotted key

/// Finds the line where brackets or a dotted key nest too deep, without nesting itself.
class depth_check {
  public:
    explicit depth_check(std::string_view text)
        : text_(text) {}

    /// The line, or 0 if all is well. Up to its first fault a text means the same here and to the parser.
    [[nodiscard]] std::size_t line() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"' || c == '\'') {
                quoted(c);
                continue;
            }
            ++at_;
            if (c == '#') comment();
            if (c == '\n') ++line_;
            if (c == '[' || c == '{') ++brackets_;
            if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
            if (c == '.') ++dots_;
            if (c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}') dots_ = 0;
            if (brackets_ > deepest || dots_ >= deepest) return line_;
        }
        return 0;
    }

  private:
    void comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

    void quoted(char quote) {
        const std::string_view rest = text_.substr(at_);
        const bool several = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
        at_ += several ? 3 : 1;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\n') {
                if (!several) return; // a fault, and the parser goes no further
                ++line_;
            }
            if (c == '\\' && quote == '"' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
                ++at_;
            } else if (c == quote && closes(quote, several)) {
                return;
            }
        }
    }

    /// One quote ends a string of one line; three end the other kind, which may hold two more before them.
    bool closes(char quote, bool several) {
        if (several && text_.substr(at_, 3) != std::string(3, quote)) return false;
        at_ += several ? 3 : 1;
        for (int more = 0; several && more < 2 && at_ < text_.size() && text_[at_] == quote; ++more)
            ++at_;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t brackets_ = 0;
    std::size_t dots_ = 0;
};

using kind = toml_value::kind;

kind kind_of(const toml::node& node) {
    switch (node.type()) {
    case toml::node_type::string: return kind::text;
    case toml::node_type::integer: return kind::whole;
    case toml::node_type::floating_point: return kind::real;
    case toml::node_type::boolean: return kind::flag;
    case toml::node_type::array: return kind::list;
    case toml::node_type::table: return kind::table;
    default: return kind::time;
    }
}

toml_value converted(const toml::node& node, std::string_view key) {
    toml_value made(kind_of(node), std::string(key), node.source().begin.line);
    if (const auto* text = node.as_string()) made.set(text->get());
    if (const auto* whole = node.as_integer()) made.set(whole->get());
    if (const auto* real = node.as_floating_point()) made.set(real->get());
    if (const auto* flag = node.as_boolean()) made.set(flag->get());
    if (const auto* list = node.as_array()) {
        for (const auto& each : *list)
            made.put(converted(each, {}));
    }
    if (const auto* table = node.as_table()) {
        for (const auto& [name, each] : *table)
            made.put(converted(each, name.str()));
    }
    return made;
}

/// Without the parser's own opening words.
std::string_view words_of(const toml::parse_error& why) {
    constexpr std::string_view known = "Error while parsing ";
    const auto words = why.description();
    return words.starts_with(known) ? words.substr(known.size()) : words;
}

/// What helps beyond the parser's words: of a word without quotation marks it tells a number that failed.
std::string_view words_on_bare_text(std::string_view text, std::size_t line) {
    for (; line > 1 && !text.empty(); --line)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    text = text.substr(0, text.find('\n'));
    const auto equals = text.find('=');
    const auto begin = equals == std::string_view::npos ? equals : text.find_first_not_of(" \t", equals + 1);
    if (begin == std::string_view::npos) return {};
    const char c = text[begin];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || c == '/' || c == '.' || c == '~' ? "; text stands in quotation marks" : "";
}

} // namespace

error toml_report::make(
    const boost::system::error_code& why, std::string_view path, std::size_t line, std::string_view hint) const {
    // The end of a long name says more than its beginning.
    constexpr std::size_t longest = 48;
    const std::string_view name(file_);
    auto made = error(why, as_.where)
                    .during(as_.operation)
                    .at_endpoint(name.substr(name.size() - std::min(name.size(), longest)))
                    .in_field(path)
                    .with_hint(hint);
    return line == 0 ? made : std::move(made).at_line(line);
}

void toml_report::fail(
    const boost::system::error_code& why, std::string_view path, std::size_t line, std::string_view hint) {
    if (!failed()) wrong_ = make(why, path, line, hint);
}

void toml_report::missing(std::string_view path, std::size_t line) {
    if (!failed()) missing_ = make(as_.missing_key ? as_.missing_key : as_.value, path, line, "missing");
}

void toml_report::unknown(std::string_view path, std::size_t line, std::string_view hint) {
    if (!wrong_) wrong_ = make(as_.unknown_key ? as_.unknown_key : as_.value, path, line, hint);
}

result<void> toml_report::outcome() const {
    if (wrong_) return *wrong_;
    if (missing_) return *missing_;
    return {};
}

result<toml_value> parse_toml(std::string_view text, const toml_faults& faults, std::string_view file) {
    toml_report report(faults, file);
    const auto refuse = [&](std::size_t line, std::string_view hint) {
        report.fail(faults.syntax, {}, line, hint);
        return report.outcome().error();
    };
    if (text.size() > largest) return refuse(0, "more than 1 MiB");
    if (const auto line = depth_check(text).line(); line != 0) return refuse(line, "nested more than 32 deep");
    try {
        return converted(toml::parse(text), {});
    } catch (const toml::parse_error& why) {
        const auto line = std::size_t{why.source().begin.line};
        return refuse(line, std::string(words_of(why)).append(words_on_bare_text(text, line)));
    }
}

result<toml_value> load_toml(const std::filesystem::path& file, const toml_faults& faults) {
    const auto name = file.string();
    const auto unreadable = [&] {
        toml_report report(faults, name);
        report.fail(faults.unreadable, {}, 0, "no file that can be read");
        return report.outcome().error();
    };
    std::error_code failed;
    if (!std::filesystem::is_regular_file(file, failed)) return unreadable();
    std::ifstream in(file, std::ios::binary);
    std::string text(largest + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad()) return unreadable();
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_toml(text, faults, name);
}

} // namespace cipherlane
