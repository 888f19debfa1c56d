#include "support/temporary_folder.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/store/file_key_provider.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace cipherlane::store {
namespace {

call bounds() {
    return call(std::chrono::seconds(5));
}

TEST(FileKeyProvider, MakesAKeyThatOnlyTheUserMayRead) {
    const tests::temporary_folder folder;
    const auto path = folder.file("till.key");
    ASSERT_TRUE(file_key_provider::create(path));
    EXPECT_FALSE(file_key_provider::create(path)) << "never over another key";
    struct stat about {};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    const auto key = file_key_provider(path).journal_key(bounds());
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(key->size(), 32U);
    EXPECT_TRUE(*key == *file_key_provider(path).journal_key(bounds()));
}

TEST(FileKeyProvider, RefusesWhatOthersMayReadOrWhatIsNoKey) {
    const tests::temporary_folder folder;
    const auto code = [&](const char* content, unsigned mode) {
        const auto path = folder.file("key");
        std::ofstream(path) << content;
        ::chmod(path.c_str(), mode);
        const auto key = file_key_provider(path).journal_key(bounds());
        EXPECT_FALSE(key);
        EXPECT_TRUE(key.error().is(condition::local_fault));
        return key.error().code();
    };
    const std::string good(64, 'A');
    EXPECT_EQ(code(good.c_str(), 0640), core_errc::file_mode);
    EXPECT_EQ(code((good + "A").c_str(), 0600), core_errc::file_content);
    EXPECT_EQ(code((good + "\n\n").c_str(), 0600), core_errc::file_content);
    EXPECT_EQ(code("", 0600), core_errc::file_content);
    EXPECT_EQ(code((good.substr(1) + "G").c_str(), 0600), core_errc::file_content);
    EXPECT_EQ(file_key_provider(folder.file("none")).journal_key(bounds()).error().code(), core_errc::no_file);
}

} // namespace
} // namespace cipherlane::store
