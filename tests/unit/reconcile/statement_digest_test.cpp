#include "support/temporary_folder.hpp"

#include <cipherlane/reconcile/errc.hpp>
#include <cipherlane/reconcile/statement_digest.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace {

using namespace cipherlane;

TEST(StatementDigest, TheSameFileIsKnownByItsContent) {
    const tests::temporary_folder folder;
    const auto write = [&](const std::string& name, std::string_view text) {
        std::ofstream(folder.file(name)) << text;
        return folder.file(name);
    };
    reconcile::statement_digests given;
    EXPECT_TRUE(given.add(write("monday.csv", "one\n")));
    EXPECT_TRUE(given.add(write("tuesday.csv", "two\n")));
    const auto again = given.add(write("copy.csv", "one\n"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), reconcile_errc::given_twice);
    EXPECT_EQ(again.error().endpoint(), "copy.csv");
    EXPECT_EQ(again.error().field(), "monday.csv");
}

TEST(StatementDigest, AFileThatCannotBeReadIsNamed) {
    const tests::temporary_folder folder;
    reconcile::statement_digests given;
    for (const auto& file : {folder.file("none.csv"), folder.path()}) {
        const auto done = given.add(file);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), reconcile_errc::cannot_read);
    }
}

} // namespace
