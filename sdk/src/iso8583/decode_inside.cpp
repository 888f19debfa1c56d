#include "decode_inside.hpp"

#include "fail.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/iso8583/composite.hpp>

#include <string>

namespace cipherlane::iso8583 {
namespace {

constexpr int deepest_inside = 4;

std::string joined(std::string_view above, std::string_view tag) {
    std::string path(above);
    return tag.empty() ? path : path.append("/").append(tag);
}

/// Where a place of the value stands on the wire.
std::size_t wire_place(const message_view& what, int number, std::size_t at) {
    const auto& spec = what.format().field(number);
    if (spec.encoding == encoding::hex) at *= 2;
    if (spec.packed()) at = (at + (spec.padding == padding::left_zero && what.size(number) % 2 != 0 ? 1 : 0)) / 2;
    return what.offset(number) + at;
}

class inside_reader {
  public:
    inside_reader(const message_view& what, int number, std::vector<deviation>* borne)
        : what_(what)
        , number_(number)
        , borne_(borne) {}

    [[nodiscard]] std::optional<error> walk(
        const composite_spec& spec, byte_view value, const std::string& path, std::size_t base, int depth) {
        composite_reader reader(spec, value, borne_ != nullptr ? reading::tolerant : reading::strict);
        while (true) {
            const auto part = reader.next();
            if (const auto& one = reader.borne(); one && borne_ != nullptr) {
                const auto where = joined(path, one->field.view());
                borne_->push_back({one->what, std::string_view(where), place(base + one->offset), one->found});
            }
            if (!part) {
                const auto& why = part.error();
                auto told = fail(static_cast<iso8583_errc>(why.code().value()), "decode", joined(path, why.field()),
                    place(base + why.offset().value_or(0)));
                return std::move(told).with_hint(std::string(why.hint()));
            }
            if (!*part) return {};
            const auto& found = **part;
            if (found.spec == nullptr || found.spec->inside == nullptr || depth == deepest_inside) continue;
            auto below = walk(
                *found.spec->inside, found.value, joined(path, found.tag.view()), base + found.offset, depth + 1);
            if (below) return below;
        }
    }

  private:
    [[nodiscard]] std::size_t place(std::size_t at) const { return wire_place(what_, number_, at); }

    const message_view& what_;
    int number_;
    std::vector<deviation>* borne_;
};

} // namespace

std::optional<error> fault_inside(const message_view& what, std::vector<deviation>* borne) {
    for (const int number : what.fields()) {
        const auto* spec = what.format().field(number).inside;
        if (spec == nullptr) continue;
        auto value = what.value(number);
        auto found = inside_reader(what, number, borne)
                         .walk(*spec, as_bytes(value), std::string(number_text(number).view()), 0, 1);
        wipe({reinterpret_cast<std::uint8_t*>(value.data()), value.size()}); // it may hold card data
        if (found) return found;
    }
    return {};
}

} // namespace cipherlane::iso8583
