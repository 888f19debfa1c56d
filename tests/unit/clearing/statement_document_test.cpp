// Printed statements, read back by another program (pdftotext): the sums on paper are those of the journal.
#include "support/temporary_folder.hpp"
#include "support/whole_file.hpp"

#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/clearing/statement_document.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <regex>
#include <sstream>

namespace {

using namespace cipherlane;
using namespace cipherlane::clearing;
using reconcile::direction;

/// What a shell command prints.
std::string printed_by(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> from(popen(command.c_str(), "r"), pclose);
    std::string all;
    std::array<char, 4096> some{};
    for (std::size_t got = 0; from && (got = std::fread(some.data(), 1, some.size(), from.get())) != 0;)
        all.append(some.data(), got);
    return all;
}
bool has(const char* program) {
    return !printed_by("command -v " + std::string(program)).empty();
}

/// Minor units of "-1234.56".
std::int64_t minor_of(const std::string& text) {
    return std::llround(std::stod(text) * 100);
}

/// A day's lines with its sums, without the books.
struct made_day {
    merchant_day day;
    std::vector<statement_entry> lines;

    explicit made_day(const std::string& merchant) {
        day.merchant = merchant;
        day.day = *reconcile::parse_day("20261127");
        day.pay_day = std::chrono::sys_days(std::chrono::days(day.day + 3));
    }
    void take(direction way, std::int64_t minor, std::int64_t fee, const std::string& reference) {
        const auto gross = way == direction::payment ? minor : -minor;
        const auto kind = way == direction::payment ? ports::trade::sale : ports::trade::refund;
        const auto moment = day.day * reconcile::day_seconds + 43'200 + static_cast<std::int64_t>(lines.size());
        lines.push_back({1'000 + lines.size(), moment, kind, way, reference, gross, fee, gross - fee});
        ++(way == direction::payment ? day.payments : day.give_backs);
        (way == direction::payment ? day.gross : day.refunds) += minor;
        day.fees += fee;
        day.net += gross - fee;
        day.parties[day.merchant] = day.net;
    }
};

made_day busy_day(const std::string& merchant, int payments) {
    made_day made(merchant);
    for (int i = 0; i < payments; ++i)
        made.take(i % 7 == 3 ? direction::give_back : direction::payment, 1 + i * 977 % 100'000, i % 5,
            "R" + std::to_string(4'200'000 + i));
    return made;
}

void print(statement_document& paper, const made_day& what) {
    paper.begin(what.day);
    for (const auto& line : what.lines)
        paper.add(line);
}

TEST(StatementDocument, AddsUpToTheCentOnPaper) {
    if (!has("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
    const tests::temporary_folder folder;
    const auto one = busy_day("M00000000000001", 250);
    const auto other = busy_day("M00000000000002", 40);
    auto paper = statement_document::create(folder.file("day.pdf"), {"Corner Bank", language::english}).value();
    for (const auto* day : {&one, &other}) {
        print(paper, *day);
        ASSERT_TRUE(paper.end());
    }
    ASSERT_TRUE(paper.finish());
    std::istringstream text(printed_by("pdftotext -layout " + folder.file("day.pdf") + " -"));
    const std::regex entry(
        R"(\s*(\d{4})\s+12:\d\d:\d\d\s+(?:SALE|REFUND)\s+R\d+\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s*)");
    const std::regex total(R"(\s*Total\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s*)");
    std::int64_t gross = 0;
    std::int64_t fees = 0;
    std::int64_t net = 0;
    std::size_t lines = 0;
    std::vector<const made_day*> left{&one, &other};
    std::smatch found;
    for (std::string line; std::getline(text, line);) {
        if (std::regex_match(line, found, entry)) {
            ++lines;
            gross += minor_of(found[2]);
            fees += minor_of(found[3]);
            net += minor_of(found[4]);
        } else if (std::regex_match(line, found, total)) {
            ASSERT_FALSE(left.empty());
            const auto& day = left.front()->day;
            EXPECT_EQ(lines, left.front()->lines.size());
            for (const auto& [sum, at, is] : {std::tuple(gross, 1, day.gross - day.refunds),
                     std::tuple(fees, 2, day.fees), std::tuple(net, 3, day.net)}) {
                EXPECT_EQ(sum, minor_of(found[static_cast<std::size_t>(at)]));
                EXPECT_EQ(sum, is);
            }
            left.erase(left.begin());
            gross = fees = net = 0;
            lines = 0;
        }
    }
    EXPECT_TRUE(left.empty());
}

TEST(StatementDocument, EmbedsTheLettersThatItUses) {
    if (!has("pdftotext") || !has("pdffonts")) GTEST_SKIP() << "poppler-utils is not installed";
    const tests::temporary_folder folder;
    made_day day("M1");
    day.take(direction::payment, 1'234, 5, "order\x1b[31m\xE2\x80\xAE");
    day.day.parties = {{"街角面馆", 1'000}, {"房东", 229}};
    auto paper = statement_document::create(folder.file("day.pdf")).value();
    print(paper, day);
    ASSERT_TRUE(paper.end());
    ASSERT_TRUE(paper.finish());
    const auto text = printed_by("pdftotext -layout " + folder.file("day.pdf") + " -");
    for (const auto* word : {"商户结算单", "街角面馆", "消费", "12.34", "order?[31m?"})
        EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    const auto fonts = printed_by("pdffonts " + folder.file("day.pdf"));
    EXPECT_NE(fonts.find("yes yes yes"), std::string::npos) << fonts; // embedded, a part of it, with its characters
    EXPECT_LT(std::filesystem::file_size(folder.file("day.pdf")), 60'000U);
}

TEST(StatementDocument, ThatDoesNotAddUpIsNotWritten) {
    const tests::temporary_folder folder;
    auto day = busy_day("M1", 10);
    day.lines.pop_back();
    {
        auto paper = statement_document::create(folder.file("day.pdf")).value();
        print(paper, day);
        EXPECT_EQ(paper.end().error().code(), clearing_errc::does_not_add_up);
        EXPECT_EQ(paper.finish().error().code(), clearing_errc::does_not_add_up);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    const auto whole = busy_day("M1", 10);
    {
        auto paper = statement_document::create(folder.file("day.pdf")).value();
        print(paper, whole); // never ended
        EXPECT_EQ(paper.finish().error().code(), clearing_errc::does_not_add_up);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(StatementDocument, TheSameStatementGivesTheSameBytes) {
    const tests::temporary_folder folder;
    const auto day = busy_day("M1", 100);
    for (const auto* name : {"one.pdf", "other.pdf"}) {
        auto paper = statement_document::create(folder.file(name)).value();
        print(paper, day);
        ASSERT_TRUE(paper.end());
        ASSERT_TRUE(paper.finish());
    }
    const auto bytes = tests::whole_file(folder.file("one.pdf"));
    EXPECT_TRUE(bytes.starts_with("%PDF-"));
    EXPECT_EQ(bytes, tests::whole_file(folder.file("other.pdf")));
}

TEST(StatementDocument, NamesWhatIsMissing) {
    const tests::temporary_folder folder;
    document_settings how;
    how.font_file = folder.file("none.ttf");
    const auto no_font = statement_document::create(folder.file("day.pdf"), how);
    ASSERT_FALSE(no_font);
    EXPECT_EQ(no_font.error().code(), clearing_errc::no_font);
    const auto no_folder = statement_document::create(folder.file("none") + "/day.pdf");
    ASSERT_FALSE(no_folder);
    EXPECT_EQ(no_folder.error().code(), clearing_errc::cannot_write);
}

} // namespace
