#include "statement_files.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/reconcile/errc.hpp>

namespace {

using namespace cipherlane;
using namespace cipherlane::reconcile;
using cipherlane::tests::shipped;

TEST(StatementForm, EveryShippedOneIsSoundAndBearsItsName) {
    const auto names = statement_form_names();
    EXPECT_GE(names.size(), 4U);
    for (const auto name : names) {
        const auto form = find_statement_form(name);
        ASSERT_TRUE(form) << form.error();
        EXPECT_EQ(form->name, name);
        EXPECT_FALSE(form->source.empty()) << name;
    }
    const auto stranger = find_statement_form("wechat");
    ASSERT_FALSE(stranger);
    EXPECT_NE(stranger.error().hint().find("wechat-bill"), std::string_view::npos);
}

TEST(StatementForm, OfAnExportKnowsEveryTradeAndStateAsTheLedgerHasThem) {
    const auto form = shipped("journal-export");
    const auto meaning = [](const auto& words, std::string_view word) {
        for (const auto& [text, means] : words.words) {
            if (text == word) return means;
        }
        ADD_FAILURE() << word << " is missing";
        return std::decay_t<decltype(words.words[0].second)>();
    };
    for (const auto& row : ledger::trades()) {
        std::optional<direction> way;
        if (row.side != ledger::money_side::none) {
            way = row.side == ledger::money_side::debit ? direction::payment : direction::give_back;
        }
        EXPECT_EQ(meaning(form.kind, row.name), way) << row.name;
    }
    for (const auto state : ledger::states::all) {
        const auto stands = ledger::states::counts.contains(state) ? standing::moved
                            : ledger::states::open.contains(state) ? standing::undecided
                                                                   : standing::not_moved;
        EXPECT_EQ(meaning(form.payment.status, ports::to_string(state)), stands) << ports::to_string(state);
    }
}

constexpr const char* sound = R"(name = "mine"
form = "csv"
encoding = "gbk"
amounts = "major"
match = ["order"]
amount = {column = "sum"}
time = {column = "when", form = "YYYYMMDDhhmmss"}
key.order = {column = "number"}
)";

TEST(StatementForm, NamesTheLineTheKeyAndWhatIsAllowed) {
    ASSERT_TRUE(parse_statement_form(sound, "mine.toml"));
    struct fault {
        std::string from;
        std::string to;
        std::size_t line;
        std::string_view field;
        std::string_view says;
    };
    for (const auto& [from, to, line, field, says] : std::vector<fault>{
             {R"("gbk")", R"("gbx")", 3, "encoding", "gbk"},
             {"amounts =", "amount_unit =", 4, "amount_unit", "amounts"},
             {R"(["order"])", R"(["orders"])", 5, "match", "allowed: order"},
             {R"(["order"])", R"(["trace"])", 5, "match", "no column"},
             {"YYYYMMDDhhmmss", "hhmmss", 7, "time.form", "YYYY"},
             {R"(column = "sum")", "column = 7", 6, "amount.column", "text"},
             {"match =", "rows.size = 4\nmatch =", 5, "rows.size", ""},
         }) {
        std::string text = sound;
        text.replace(text.find(from), from.size(), to);
        const auto form = parse_statement_form(text, "mine.toml");
        ASSERT_FALSE(form) << to;
        const auto& why = form.error();
        EXPECT_EQ(why.code(), reconcile_errc::bad_form) << why;
        EXPECT_EQ(why.endpoint(), "mine.toml");
        EXPECT_EQ(why.offset(), line) << why;
        EXPECT_TRUE(why.counts_lines());
        EXPECT_EQ(why.field(), field) << why;
        EXPECT_NE(why.hint().find(says), std::string_view::npos) << why;
    }
}

TEST(StatementForm, APlaceBehindTheLineOfFixedWidthIsRefused) {
    const auto form = parse_statement_form(R"(name = "w"
form = "fixed"
encoding = "utf-8"
amounts = "minor"
match = ["trace"]
rows.size = 20
amount = {at = 12, size = 12}
time = {at = 0, size = 6, form = "MMDDhh"}
key.trace = {at = 6, size = 6}
)",
        "w.toml");
    ASSERT_FALSE(form);
    EXPECT_EQ(form.error().field(), "amount.at") << form.error();
    EXPECT_EQ(form.error().offset(), 7U);
}

} // namespace
