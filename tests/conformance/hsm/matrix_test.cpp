// docs/09-dialects.md against the profiles: what the table promises is bound, what it denies is not.
#include "matrix.hpp"

#include <cipherlane/hsm/profile.hpp>

#include <gtest/gtest.h>

namespace cipherlane::hsm {
namespace {

TEST(Matrix, TheDocumentAndTheProfilesAgree) {
    const tests::matrix document;
    EXPECT_EQ(document.operations(), operation_count);
    EXPECT_EQ(document.profiles().size(), 6U);
    for (const auto& name : profile::builtin_names()) {
        const auto dialect = profile::builtin(name).value();
        for (std::size_t i = 0; i < operation_count; ++i) {
            const auto what = static_cast<operation>(i);
            EXPECT_EQ(dialect->supports(what), document.promises(name, what)) << name << " " << to_string(what);
        }
    }
}

} // namespace
} // namespace cipherlane::hsm
