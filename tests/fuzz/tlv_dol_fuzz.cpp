// Data object lists: the data built for a list has the size that the list asks for.
#include <cipherlane/emv/dol.hpp>

#include <array>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane;
    const byte_view list(data, size);
    (void)emv::describe_dol(list);
    const auto wanted = emv::dol_data_size(list);
    std::array<std::uint8_t, 1024> out{};
    const auto built = emv::build_dol(
        list,
        [&](emv::tag_number tag) -> std::optional<byte_view> {
            if (tag % 3 == 0) return std::nullopt;
            return list.first(size / (tag % 3));
        },
        out);
    if (!wanted) {
        require(!built && wanted.error().offset().has_value());
    } else if (built) {
        require(built->size() == *wanted);
    } else {
        require(built.error().code() == emv::emv_errc::buffer_too_small && *wanted > out.size());
    }
    return 0;
}
