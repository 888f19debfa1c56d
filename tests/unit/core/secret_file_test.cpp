#include "support/temporary_folder.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/secret_file.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane {
namespace {

class SecretFile : public testing::Test {
  protected:
    boost::system::error_code open_code() {
        const auto opened = secret_file::open(path);
        EXPECT_FALSE(opened);
        EXPECT_TRUE(opened.error().is(condition::local_fault)) << opened.error();
        return opened.error().code();
    }

    tests::temporary_folder folder;
    std::string path = folder.file("secret");
};

TEST_F(SecretFile, IsMadeForItsOwnerAloneAndReadBack) {
    const std::string content = "0123456789ABCDEF\n";
    ASSERT_TRUE(secret_file::create(path, as_bytes(content)));
    struct stat about {};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    auto opened = secret_file::open(path);
    ASSERT_TRUE(opened) << opened.error();
    const auto all = opened->read(100);
    ASSERT_TRUE(all) << all.error();
    EXPECT_EQ(as_text(all->expose()), content);
    EXPECT_EQ(opened->read(5).error().code(), core_errc::file_content) << "longer than it may be";
    EXPECT_EQ(opened->read_hex_key(8)->size(), 8U);
    EXPECT_EQ(opened->read_hex_key(7).error().code(), core_errc::file_content);
}

TEST_F(SecretFile, IsNeverMadeOverAnotherOrThroughALink) {
    std::ofstream(path) << "kept";
    EXPECT_EQ(secret_file::create(path, as_bytes(std::string_view("new"))).error().code(), core_errc::no_file);
    const auto link = folder.file("link");
    std::filesystem::create_symlink(folder.file("target"), link);
    EXPECT_FALSE(secret_file::create(link, as_bytes(std::string_view("new"))));
    EXPECT_FALSE(std::filesystem::exists(folder.file("target")));
    std::ifstream file(path);
    std::string text;
    file >> text;
    EXPECT_EQ(text, "kept");
}

TEST_F(SecretFile, OpenToOthersIsRefusedAndLeftAsItIs) {
    for (const unsigned mode : {0640U, 0604U, 0620U, 0666U}) {
        std::ofstream(path) << "text";
        ::chmod(path.c_str(), mode);
        EXPECT_EQ(open_code(), core_errc::file_mode) << std::oct << mode;
        struct stat about {};
        ::stat(path.c_str(), &about);
        EXPECT_EQ(about.st_mode & 07777U, mode) << "refused, not mended";
    }
}

/// A FIFO would be waited for, beyond every deadline.
TEST_F(SecretFile, ThatIsNoPlainFileIsRefusedAtOnce) {
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(open_code(), core_errc::file_kind);
    path = folder.path();
    EXPECT_EQ(open_code(), core_errc::file_kind);
    path = folder.file("none");
    EXPECT_EQ(open_code(), core_errc::no_file);
}

TEST_F(SecretFile, OfAnotherUserIsRefused) {
    ASSERT_TRUE(secret_file::create(path, as_bytes(std::string_view("text"))));
    constexpr uid_t nobody = 65534;
    if (::chown(path.c_str(), nobody, static_cast<gid_t>(-1)) != 0) GTEST_SKIP() << "only root gives files away";
    EXPECT_EQ(open_code(), core_errc::file_owner);
}

} // namespace
} // namespace cipherlane
