// The manual pages: whole, and read by man and mandoc without a complaint.
#include "tool_program.hpp"

#include <algorithm>

namespace cipherlane::tests {
namespace {

class Manual : public tool_program {
  protected:
    static bool has(const std::string& program) { return std::filesystem::exists("/usr/bin/" + program); }

    void expect_no_complaint(const std::string& page) {
        // Help and page have one source: a separator or a prefix of a protocol stands in neither as it is.
        const auto text = whole_file(page);
        EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](unsigned char c) {
            return (c < 0x20 && c != '\n') || c == 0x7F;
        })) << page;
        if (has("man")) {
            EXPECT_EQ(start({"/usr/bin/env", "LC_ALL=C.UTF-8", "MANROFFSEQ=", "MANWIDTH=80", "man", "--warnings",
                          "-E", "UTF-8", "-l", "-Tutf8", "-Z", page}),
                0);
            EXPECT_EQ(complained_, "") << page;
        }
        if (has("mandoc")) {
            EXPECT_EQ(start({"/usr/bin/mandoc", "-T", "lint", "-W", "error", page}), 0) << said_ << complained_;
        }
        checked_ += has("man") || has("mandoc");
    }

    int checked_ = 0;
};

std::string without_escapes(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), '\\'), text.end());
    return text;
}

TEST_F(Manual, HasEveryCommandWithItsOptions) {
    const auto all = commands();
    const auto pages = folder_.file("pages");
    ASSERT_EQ(run({"man", "--folder", pages}), 0) << complained_;
    const auto index = without_escapes(whole_file(pages + "/cipherlane.1"));
    for (const auto& [words, options] : all) {
        const auto page = without_escapes(whole_file(pages + "/cipherlane-" + words.front() + ".1"));
        ASSERT_TRUE(page.starts_with(".TH ")) << words.front();
        EXPECT_NE(index.find("fB" + words.front() + "fR"), std::string::npos) << words.front();
        std::string typed = "cipherlane";
        for (const auto& word : words)
            typed += " " + word;
        if (words.size() > 1) {
            EXPECT_NE(page.find(".SS " + typed + "\n"), std::string::npos) << typed;
        }
        for (const auto& option : options)
            EXPECT_NE(page.find(option), std::string::npos) << typed << " " << option;
    }
    EXPECT_EQ(run({"man", "hsm"}), 0);
    EXPECT_EQ(said_, whole_file(pages + "/cipherlane-hsm.1"));
    EXPECT_TRUE(says("EXIT STATUS") && says(".BR cipherlane (1)")) << said_;
    EXPECT_EQ(run({"man", "none"}), 2);
    for (const auto& page : std::filesystem::directory_iterator(pages))
        expect_no_complaint(page.path().string());
    if (checked_ == 0) GTEST_SKIP() << "neither man nor mandoc is installed: the pages were not read by either";
}

TEST_F(Manual, OfAProgramIsPrintedByIt) {
    for (const auto* name : {"demo", "simulate"}) {
        ASSERT_EQ(start({program(std::string("cipherlane-") + name), "--man"}), 0) << name << complained_;
        EXPECT_TRUE(without_escapes(said_).starts_with(".TH \"CIPHERLANE-")) << said_;
        EXPECT_TRUE(says(".SH EXIT STATUS")) << said_;
        expect_no_complaint(file("page.1", said_));
    }
    for (const auto* name :
        {"hsm-sim", "acquirer-sim", "gateway-sim", "display-sim", "pinpad-sim", "terminal-sim", "lane-rig"}) {
        ASSERT_EQ(start({program(std::string("cipherlane-") + name), "--man"}), 0) << name << complained_;
        const auto text = without_escapes(said_);
        EXPECT_TRUE(text.starts_with(".TH ")) << text;
        for (const auto* part : {"--die-with-parent", "--fault", ".SH EXIT STATUS"})
            EXPECT_NE(text.find(part), std::string::npos) << name << part;
        expect_no_complaint(file("page.1", said_));
    }
}

} // namespace
} // namespace cipherlane::tests
