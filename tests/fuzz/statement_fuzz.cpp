#include <cipherlane/reconcile/statement_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>

// The first byte chooses a shipped form, or 255 a description that stands before the statement, up to a line of
// "===". Whatever follows: rows that have a place and an amount, or a refusal with file and line.

using namespace cipherlane;
using namespace cipherlane::reconcile;

namespace {

const std::vector<statement_form>& shipped() {
    static const auto all = [] {
        std::vector<statement_form> forms;
        for (const auto name : statement_form_names())
            forms.push_back(find_statement_form(name).value());
        return forms;
    }();
    return all;
}

std::optional<statement_form> form_of(std::uint8_t which, std::string_view& text) {
    if (which != 0xFF) return shipped()[which % shipped().size()];
    constexpr std::string_view mark = "===\n";
    const auto end = text.find(mark);
    if (end == std::string_view::npos) return std::nullopt;
    auto form = parse_statement_form(text.substr(0, end), "fuzz.toml");
    text.remove_prefix(end + mark.size());
    if (form) return *std::move(form);
    const auto& why = form.error();
    if (!why.endpoint().starts_with("fuzz.toml") || (why.field().empty() && why.hint().empty())) std::abort();
    return std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto text = as_text(byte_view(data, size).subspan(1));
    const auto form = form_of(data[0], text);
    if (!form) return 0;
    std::istringstream in{std::string(text)};
    statement_reader reader(in, *form, "fuzz.csv", parse_day("20261129"));
    for (;;) {
        const auto next = reader.next();
        if (!next) {
            if (next.error().endpoint() != "fuzz.csv" || !next.error().counts_lines()) std::abort();
            return 0;
        }
        if (!*next) return 0;
        if ((*next)->minor < 0 || (*next)->place == 0) std::abort();
    }
}
