// A till that aborts with everything in its memory leaves no core dump, where another program would leave one.
#include "support/lane_fixture.hpp"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherlane::tests {
namespace {

class CoreDump : public lane_fixture {
  protected:
    /// Runs a program in the test's folder with core dumps allowed; its wait status.
    static int run(std::vector<std::string> words) {
        std::vector<char*> raw;
        for (auto& word : words)
            raw.push_back(word.data());
        raw.push_back(nullptr);
        const auto where = folder();
        const pid_t child = ::fork();
        if (child == 0) {
            rlimit limit{};
            ::getrlimit(RLIMIT_CORE, &limit);
            limit.rlim_cur = limit.rlim_max;
            ::setrlimit(RLIMIT_CORE, &limit);
            if (::chdir(where.c_str()) == 0) ::execv(raw[0], raw.data());
            ::_exit(127);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }
};

TEST_F(CoreDump, IsNotLeftByATill) {
    const int other = run({"/bin/sh", "-c", "kill -ABRT $$"});
    ASSERT_TRUE(WIFSIGNALED(other));
    if (!WCOREDUMP(other)) GTEST_SKIP() << "this system leaves no dumps at all";
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
        if (entry.path().filename().string().starts_with("core")) std::filesystem::remove(entry.path());
    }
    const auto child = std::filesystem::absolute(programs() + "/lane_till_child").string();
    const int till = run({child, std::filesystem::absolute(folder()).string(), around->acquirer.where(),
        around->gateway.where(), around->display.where(), around->pinpad.where(), around->pinpad.control_endpoint(),
        std::filesystem::absolute(public_key()).string(), "1", "1", key_place.path(), "abort"});
    ASSERT_TRUE(WIFSIGNALED(till)) << WEXITSTATUS(till);
    EXPECT_EQ(WTERMSIG(till), SIGABRT);
    EXPECT_FALSE(WCOREDUMP(till));
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
        EXPECT_FALSE(entry.path().filename().string().starts_with("core")) << entry.path();
}

} // namespace
} // namespace cipherlane::tests
