// Dialects from files: any text loads or is refused with a place; what loads is a valid table, reads the message
// behind the first zero byte of the input or refuses it, and writes what it read as the same bytes.
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using namespace cipherlane;

void must(bool holds) {
    if (!holds) std::abort();
}

void use(const iso8583::dialect& table, byte_view input) {
    const auto partly = iso8583::decode_partly(table, input);
    (void)iso8583::describe(partly.view);
    const auto view = iso8583::decode(table, input);
    must(view.has_value() == !partly.failure);
    if (!view) {
        must(view.error().offset().has_value() && *view.error().offset() <= input.size());
        return;
    }
    const auto again = iso8583::encode(table, view->to_message());
    must(again.has_value() && std::equal(again->begin(), again->end(), input.begin(), input.end()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view input(data, size);
    const auto zero = std::find(input.begin(), input.end(), 0);
    const auto text = input.first(static_cast<std::size_t>(zero - input.begin()));
    const auto loaded = iso8583::loaded_dialect::parse(as_text(text), "fuzz");
    if (!loaded) {
        must(loaded.error().endpoint() == "fuzz");
        return 0;
    }
    must(iso8583::valid(loaded->table()));
    if (zero != input.end()) use(loaded->table(), input.subspan(text.size() + 1));
    return 0;
}
