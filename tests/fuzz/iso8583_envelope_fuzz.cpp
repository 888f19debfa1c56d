// Whatever stands around a message: the first byte chooses an envelope, the rest is the input. What is read is
// written as the same bytes; what is refused says where; a tolerant reader reads at least as much.
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/envelope.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace cipherlane;

void must(bool holds) {
    if (!holds) std::abort();
}

constexpr std::string_view envelopes[] = {
    "header = \"base24\"\nlength = \"binary2\"\ntrailer = \"03\"\nlength_counts = [\"trailer\"]",
    "header = \"unionpay-interbank\"\nlength = \"ascii4\"",
    "header = [\"visanet-reject\", \"visanet\"]\nlength = \"binary2\"\nlength_gap = 2\nzero_length = \"poll\"",
    "header = [\"tpdu\", \"lri\", {name = \"own\", bytes = 20, length = \"counts-itself\"}]\nlength = \"hex4\"",
    "header = [{name = \"rest\", bytes = 9, length = \"counts-rest\"}, {name = \"e\", form = \"ebcdic\", bytes = 2}]",
    "header = 64\nlength = \"little3\"\nlength_counts = [\"itself\"]\nzero_length = \"poll\"",
    "length = \"bcd3\"\nlength_adjust = -5\ntpdu = true\ntrailer = 2",
    "trailer = 16",
};

constexpr std::string_view body = R"(
    name = "fuzz"
    base = "iso87-ascii"
    bitmap = "binary"
    bitmaps = 3
    [composite.private]
    style = "bitmap"
    bitmap_bytes = 2
    bitmap_goes_on = "yes"
    part = [
      {tag = "2", name = "a", kind = "text", length = "ll", max = 32},
      {tag = "3", name = "b", kind = "digits", encoding = "bcd", max = 3},
      {tag = "16", name = "c", kind = "binary", length = "lll", prefix = "binary", max = 200},
      {tag = "18", name = "d", kind = "text", encoding = "ebcdic", max = 2},
    ]
    [field.55]
    counts = "wire"
    [field.127]
    kind = "binary"
    encoding = "binary"
    length = "llllll"
    max = 9999
    inside = "private"
    [field.130]
    name = "third"
    kind = "digits"
    encoding = "bcd"
    length = "lllll"
    prefix = "binary"
    counts = "wire"
    padding = "right-f"
    max = 99
    [envelope]
)";

const std::vector<iso8583::loaded_dialect>& dialects() {
    static const auto all = [] {
        std::vector<iso8583::loaded_dialect> made;
        for (const auto each : envelopes)
            made.push_back(iso8583::loaded_dialect::parse(std::string(body) + std::string(each)).value());
        return made;
    }();
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto& format = dialects()[data[0] % dialects().size()].table();
    const byte_view input(data + 1, size - 1);
    const auto view = iso8583::decode(format, input);
    const auto partly = iso8583::decode_partly(format, input);
    must(view.has_value() == !partly.failure);
    must(partly.stopped_at <= input.size());
    (void)iso8583::describe(partly);
    const auto tolerant = iso8583::decode_partly(format, input, iso8583::reading::tolerant);
    (void)iso8583::describe(tolerant, iso8583::reveal::whole);
    if (const auto frame = iso8583::read_frame(format, input)) must(frame->body_at + frame->body <= frame->whole);
    if (!view) {
        must(view.error().offset().has_value() && *view.error().offset() <= input.size());
        return 0;
    }
    must(!tolerant.failure && tolerant.deviations.empty());
    const auto again = iso8583::encode(format, view->to_message());
    must(again.has_value() && std::equal(again->begin(), again->end(), input.begin(), input.end()));
    return 0;
}
