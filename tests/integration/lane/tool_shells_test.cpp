// Completion as the shells do it, each in a shell of its own.
#include "tool_program.hpp"

namespace cipherlane::tests {
namespace {

class ToolShells : public tool_program {
  protected:
    /// Whether this machine has the shell.
    static bool has(const std::string& shell) { return std::filesystem::exists("/usr/bin/" + shell); }
};

TEST_F(ToolShells, CompletesInBash) {
    const auto complete = [&](const std::string& words, int place) {
        return start({"/bin/bash", "-c",
            "source <(" + program() + " completion bash); COMP_WORDS=(" + words +
                "); COMP_CWORD=" + std::to_string(place) + "; _cipherlane; echo \"${COMPREPLY[@]}\""});
    };
    EXPECT_EQ(complete("cipherlane wire", 1), 0) << complained_;
    EXPECT_EQ(said_, "wireshark\n");
    EXPECT_EQ(complete("cipherlane hsm se", 2), 0) << complained_;
    EXPECT_EQ(said_, "send\n");
    EXPECT_EQ(complete("cipherlane hsm send NC --show", 4), 0) << complained_;
    EXPECT_EQ(said_, "--show-all\n");
}

TEST_F(ToolShells, CompletesInFish) {
    if (!has("fish")) GTEST_SKIP() << "fish is not installed";
    const auto complete = [&](const std::string& line) {
        return start({"/usr/bin/env", "HOME=" + folder_.path(), "/usr/bin/fish", "--no-config", "-c",
            program() + " completion fish | source; complete -C \"" + line + "\""});
    };
    EXPECT_EQ(complete("cipherlane wire"), 0) << complained_;
    EXPECT_TRUE(said_.starts_with("wireshark\t")) << said_;
    EXPECT_EQ(complete("cipherlane hsm se"), 0) << complained_;
    EXPECT_TRUE(said_.starts_with("send\t")) << said_;
    EXPECT_FALSE(says("keyblock")) << said_;
    EXPECT_EQ(complete("cipherlane hsm send NC --show"), 0) << complained_;
    EXPECT_TRUE(said_.starts_with("--show-all\t")) << said_;
}

/// A shell at a terminal of its own, in which somebody presses the tabulator key.
TEST_F(ToolShells, CompletesInZsh) {
    if (!has("zsh")) GTEST_SKIP() << "zsh is not installed";
    const auto typed = file("typed.zsh", R"(
zmodload zsh/zpty
zpty shell zsh -f -i
say() { zpty -w shell "$1" }
hear() { local all='' part; while zpty -r shell part; do all+=$part; [[ $all == *$1* ]] && break; done; print -r -- "$all" }
say "PS1=; PROMPT_EOL_MARK=; LISTMAX=0; setopt no_beep; autoload -U compinit && compinit -u -D"
say "source <($1 completion zsh); cipherlane() { print -r -- \"<\$*>\" }; print re''ady"
hear ready
zpty -w shell $'cipherlane wire\t'
hear '>'
zpty -w shell $'cipherlane hsm sen\t'
hear '>'
zpty -w shell $'cipherlane hsm send NC --show-\t'
hear '>'
zpty -d shell
)");
    EXPECT_EQ(
        start({"/usr/bin/env", "HOME=" + folder_.path(), "TERM=dumb", "/usr/bin/zsh", "-f", typed, program()}), 0)
        << complained_;
    for (const auto* line : {"<wireshark>", "<hsm send>", "<hsm send NC --show-all>"})
        EXPECT_TRUE(says(line)) << line << " in " << said_;
}

} // namespace
} // namespace cipherlane::tests
