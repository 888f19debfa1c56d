// Runs a fuzz target over its corpus without libFuzzer: every file whole, cut at every place, and with each byte
// changed; with --whole in front, whole only. Exit code 1 when there is no corpus, so that a missing folder cannot
// pass.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_fully_varied = 512;

void run(const std::vector<std::uint8_t>& input) {
    // A copy of its exact size, so that the sanitizer sees a read past the end.
    const std::vector<std::uint8_t> exact(input.begin(), input.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void vary(std::vector<std::uint8_t> input) {
    run(input);
    if (input.size() > longest_fully_varied) return;
    for (std::size_t size = 0; size < input.size(); ++size) {
        run({input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)});
    }
    for (auto& byte : input) {
        const std::uint8_t original = byte;
        for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
            byte = static_cast<std::uint8_t>(original ^ change);
            run(input);
        }
        byte = original;
    }
}

} // namespace

int main(int argc, char** argv) {
    std::size_t files = 0;
    const bool whole = argc > 1 && std::string_view(argv[1]) == "--whole";
    for (int i = whole ? 2 : 1; i < argc; ++i) {
        for (const auto& item : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream file(item.path(), std::ios::binary);
            const std::vector<std::uint8_t> input(std::istreambuf_iterator<char>(file), {});
            whole ? run(input) : vary(input);
            ++files;
        }
    }
    std::printf("%zu corpus files replayed\n", files);
    return files == 0 ? 1 : 0;
}
