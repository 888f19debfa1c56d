// Unit tests lie where their sources lie, and each of them is built.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;
using cipherlane::tests::whole_file;

/// The folders of the sources that a folder of tests/unit may stand for.
std::vector<fs::path> meant_by(const fs::path& tests) {
    auto top = tests.begin();
    const auto layer = *top;
    fs::path inside;
    for (++top; top != tests.end(); ++top)
        inside /= *top;
    return {fs::path("sdk/src") / tests, fs::path("sdk/include/cipherlane") / tests, layer / "src" / inside, tests};
}

TEST(TestFolders, MirrorTheSources) {
    const auto root = source_folder() / "tests/unit";
    std::size_t seen = 0;
    for (const auto& item : fs::recursive_directory_iterator(root)) {
        if (!item.path().filename().string().ends_with("_test.cpp")) continue;
        ++seen;
        const auto folders = meant_by(item.path().parent_path().lexically_relative(root));
        EXPECT_TRUE(std::any_of(folders.begin(), folders.end(),
            [](const auto& folder) { return fs::is_directory(source_folder() / folder); }))
            << item.path() << " lies where no sources do";
    }
    EXPECT_GT(seen, 150U);
}

/// A file that was moved and is named nowhere would be missed by nobody.
TEST(TestFolders, HaveEachTestInAProgram) {
    std::string lists;
    for (const auto& item : fs::recursive_directory_iterator(source_folder() / "tests")) {
        if (item.path().filename() == "CMakeLists.txt") lists += whole_file(item.path());
    }
    for (const auto& item : fs::recursive_directory_iterator(source_folder() / "tests")) {
        const auto name = item.path().filename().string();
        if (!name.ends_with("_test.cpp")) continue;
        EXPECT_NE(lists.find(name), std::string::npos) << item.path();
    }
}

} // namespace
