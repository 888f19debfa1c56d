// `cipherlane till` and `cipherlane preflight` against the simulators, with right settings and wrong ones.
#include "simkit/child_process.hpp"
#include "support/lane_fixture.hpp"
#include "support/whole_file.hpp"
#include "till_file.hpp"

#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/till.hpp>

#include <filesystem>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class TillCommand : public lane_fixture {
  protected:
    TillCommand() { write({}); }

    /// A settings file for the simulators; what is given stands instead of, or beside, what it has.
    void write(const std::vector<std::pair<std::string, std::string>>& changes) {
        write_till_file(toml(), settings(), changes);
    }
    static std::string toml() { return folder() + "/till.toml"; }

    int run(std::vector<std::string> words) {
        words.insert(words.begin(), programs() + "/cipherlane");
        auto tool = sim::child_process::start(words, folder() + "/tool.log").value();
        const auto code = tool.wait(90s);
        said = tool.read_all(1s);
        complained = whole_file(folder() + "/tool.log");
        return code.value_or(-1);
    }
    int till(const std::string& verb, std::vector<std::string> words) {
        words.insert(words.begin(), {"till", verb, toml()});
        words.insert(words.end(), {"--json", "--timeout", "40"});
        const int code = run(std::move(words));
        answer = json::parse(said, nullptr, false);
        return code;
    }
    /// In all runs until now.
    int times_complained(const std::string& of) const {
        int times = 0;
        for (auto at = complained.find(of); at != std::string::npos; at = complained.find(of, at + 1))
            ++times;
        return times;
    }
    /// The steps of a preflight by part.
    int preflight() {
        const int code = run({"preflight", toml(), "--json"});
        answer = json::parse(said, nullptr, false);
        steps.clear();
        if (answer.is_object() && answer.contains("steps"))
            for (const auto& step : answer.at("steps"))
                steps[step.at("part")] = step;
        return code;
    }
    std::string state(const std::string& part) {
        return steps.count(part) == 0 ? "not asked" : steps[part].at("state").get<std::string>();
    }

    std::string said;
    std::string complained;
    json answer;
    std::map<std::string, json> steps;
};

TEST_F(TillCommand, SellsVoidsRefundsAndSettles) {
    around->present(around->rich);
    ASSERT_EQ(till("sale", {"--key", "tea", "--amount", "12.34"}), 0) << said << complained;
    EXPECT_EQ(answer.at("outcome"), "approved");
    EXPECT_EQ(answer.at("approved"), 1234);
    const auto handle = answer.at("handle").get<std::uint64_t>();
    ASSERT_EQ(till("sale", {"--key", "tea", "--amount", "12.34"}), 0) << "no card is asked for again";
    EXPECT_EQ(answer.at("told"), "recorded");
    EXPECT_EQ(answer.at("handle"), handle);

    around->present(around->rich, "000000");
    EXPECT_EQ(till("sale", {"--key", "wrong-pin", "--amount", "1.00"}), 3);
    EXPECT_EQ(answer.at("outcome"), "declined");
    EXPECT_EQ(answer.at("host_code"), "55");

    ASSERT_EQ(till("refund", {"--key", "back", "--original", "tea", "--amount", "2.34"}), 0) << said << complained;
    EXPECT_EQ(till("void", {"--key", "undo", "--original", std::to_string(handle)}), 2)
        << "what has been refunded is not voided";
    EXPECT_EQ(answer.at("error").at("condition"), "misuse");

    ASSERT_EQ(till("receipt", {"--original", "tea", "--copy", "merchant"}), 0) << said << complained;
    EXPECT_NE(answer.at("receipt").get<std::string>().find("12.34"), std::string::npos);
    ASSERT_EQ(till("status", {}), 0) << said << complained;
    EXPECT_EQ(answer.at("undecided"), 0);
    EXPECT_EQ(answer.at("signed_in"), true);
    ASSERT_EQ(till("recover", {}), 0) << said << complained;
    EXPECT_EQ(till("settle", {"--last"}), 2) << "none yet";
    ASSERT_EQ(till("settle", {}), 0) << said << complained;
    EXPECT_EQ(answer.at("host"), "balanced");
    EXPECT_EQ(answer.at("debit").at("minor"), 1234);
    const auto told = answer;
    ASSERT_EQ(till("settle", {"--last"}), 0) << said << complained;
    EXPECT_EQ(answer.at("batch"), told.at("batch"));
    EXPECT_EQ(answer.at("debit"), told.at("debit"));
}

TEST_F(TillCommand, SellsByCode) {
    std::jthread payer([this](const std::stop_token& over) {
        auto gateway = sim::control_client::connect(around->gateway.control_endpoint()).value();
        while (!over.stop_requested()) {
            const auto answer = gateway.ask({{"cmd", "orders"}});
            for (const auto& order : answer.at("orders")) {
                if (order.at("status") == "waiting")
                    gateway.ask({{"cmd", "pay"}, {"order_number", order.at("order_number")}});
            }
            std::this_thread::sleep_for(50ms);
        }
    });
    ASSERT_EQ(till("qr", {"--key", "coffee", "--amount", "8.88"}), 0) << said << complained;
    EXPECT_EQ(answer.at("trade"), "QR sale");
}

/// A gateway's word about an order that nobody here has begun is told by each start until somebody has seen to it.
TEST_F(TillCommand, ListsWhatAGatewayHasSaidUntilItIsAcknowledged) {
    {
        auto books = cipherlane::till::open(books_alone(load_till(toml()).value()), {}, call(20s)).value();
        ports::qr_order_status told;
        told.order_number = "NOBODYS-ORDER";
        told.terminal_id = "TEST0001";
        told.state = ports::qr_order_state::paid;
        told.paid = amount(500);
        told.transaction_number = "T9";
        ASSERT_TRUE(books.journal().keep_notice(told, call(20s)));
    }
    EXPECT_EQ(till("notices", {}), 0) << "no flow has dealt with it yet";
    for (int starts = 1; starts <= 2; ++starts) {
        ASSERT_EQ(till("recover", {}), 0) << said << complained;
        EXPECT_EQ(times_complained("an order that is not in the journal"), starts) << complained;
    }
    ASSERT_EQ(till("notices", {}), 1) << said << complained;
    const auto notice = answer.at("notices").at(0);
    EXPECT_EQ(notice.at("matter"), "unknown order");
    EXPECT_EQ(notice.at("reference"), "T9");
    ASSERT_EQ(till("status", {}), 0) << said << complained;
    EXPECT_EQ(answer.at("notices_waiting"), 1);
    const auto number = std::to_string(notice.at("notice").get<std::uint64_t>());
    ASSERT_EQ(till("notices", {"--acknowledge", number}), 0) << said << complained;
    EXPECT_EQ(answer.at("waiting"), 0);
    EXPECT_EQ(till("notices", {"--acknowledge", number}), 2);
    ASSERT_EQ(till("recover", {}), 0) << said << complained;
    EXPECT_EQ(times_complained("an order that is not in the journal"), 2) << complained;
}

TEST_F(TillCommand, SaysWhatIsWrongAndEndsByTheTable) {
    EXPECT_EQ(till("refund", {"--key", "x", "--original", "never"}), 2);
    EXPECT_EQ(answer.at("error").at("category"), "cipherlane.acquiring");
    EXPECT_EQ(till("sale", {"--key", "x", "--amount", "12,34"}), 2);

    write({{"host.adress", "'127.0.0.1:1'"}});
    EXPECT_EQ(till("status", {}), 2);
    EXPECT_EQ(answer.at("error").at("field"), "host.adress");
    EXPECT_NE(answer.at("error").at("hint").get<std::string>().find("did you mean \"address\""), std::string::npos);
    EXPECT_EQ(run({"till", "status", toml()}), 2);
    EXPECT_NE(complained.find("cipherlane till status: till settings at "), std::string::npos) << complained;
    EXPECT_NE(complained.find("/till.toml: setting cannot be, field host.adress, line "), std::string::npos)
        << complained;

    write({{"host.address", "'127.0.0.1:1'"}});
    around->present(around->rich);
    EXPECT_EQ(till("sale", {"--key", "y", "--amount", "1.00"}), 4) << said << complained;
    write({{"journal.key_file", "'" + folder() + "/none/till.key'"}});
    EXPECT_EQ(till("status", {}), 6) << said << complained;
}

TEST_F(TillCommand, PreflightFindsNothingWrongWhereNothingIs) {
    ASSERT_EQ(preflight(), 0) << said << complained;
    for (const char* part :
        {"settings", "journal's key file", "master key of TEST0001", "display", "PIN pad", "gateway's notifications",
            "gateway", "host link", "journal", "records of TEST0001", "echo of TEST0001", "sign-in of TEST0001"})
        EXPECT_EQ(state(part), "good") << part << "\n" << said;
    const auto trades = around->acquirer.control().ask({{"cmd", "trades"}}).at("trades");
    EXPECT_TRUE(trades.empty()) << "a preflight moves no money";
    EXPECT_TRUE(around->gateway.control().ask({{"cmd", "orders"}}).at("orders").empty());
}

TEST_F(TillCommand, PreflightNamesEachPartThatIsWrong) {
    write({{"display.path", "'/nonexistent/display'"}, {"pinpad.path", "'/nonexistent/pad'"},
        {"gateway.address", "'127.0.0.1:1'"}, {"host.address", "'127.0.0.1:1'"}});
    EXPECT_EQ(preflight(), 1) << said;
    for (const char* part : {"display", "PIN pad", "gateway", "host link"}) {
        EXPECT_EQ(state(part), "wrong") << part << "\n" << said;
        EXPECT_FALSE(steps[part].value("likely", "").empty()) << part << "\n" << said;
    }
    EXPECT_EQ(state("sign-in of TEST0001"), "skipped");
    EXPECT_EQ(state("journal"), "good");
}

TEST_F(TillCommand, PreflightNamesAMasterKeyThatTheHostDoesNotHave) {
    const auto other = key_place.path() + "/other.key";
    sim::write_private_file(other, "FEDCBA98765432100123456789ABCDEF");
    write({{"sealer.key_file", "'" + other + "'"}});
    EXPECT_EQ(preflight(), 1);
    ASSERT_EQ(state("sign-in of TEST0001"), "wrong") << said;
    EXPECT_NE(steps["sign-in of TEST0001"].at("likely").get<std::string>().find("master key"), std::string::npos);
    EXPECT_EQ(said.find("FEDCBA98"), std::string::npos) << "no key is shown";

    std::filesystem::permissions(other, std::filesystem::perms::owner_all | std::filesystem::perms::others_read);
    EXPECT_EQ(preflight(), 1);
    EXPECT_EQ(state("master key of TEST0001"), "wrong");
    EXPECT_NE(steps["master key of TEST0001"].at("likely").get<std::string>().find("chmod 600"), std::string::npos);
}

TEST_F(TillCommand, PreflightSaysThatAnAddressIsNoHost) {
    write({{"host.address", "'" + settings().gateway.address + "'"}});
    EXPECT_EQ(preflight(), 1) << said;
    EXPECT_EQ(state("host link"), "good") << "something listens there";
    ASSERT_EQ(state("sign-in of TEST0001"), "wrong") << said;
    const auto& step = steps["sign-in of TEST0001"];
    EXPECT_NE(step.at("found").get<std::string>().find("at " + settings().gateway.address + ": host did not answer"),
        std::string::npos)
        << said;
    EXPECT_NE(step.at("likely").get<std::string>().find("TPDU"), std::string::npos) << said;
}

/// What keeps a till from being opened is told of the part that it belongs to, and of no other.
TEST_F(TillCommand, PreflightBlamesThePartThatIsWrong) {
    write({{"host.tls", "true"}, {"host.ca_file", "'/nonexistent/ca.pem'"}, {"trace.file", "'/nonexistent/trace'"}});
    EXPECT_EQ(preflight(), 1) << said;
    ASSERT_EQ(state("host link"), "wrong") << said;
    const auto found = steps["host link"].at("found").get<std::string>();
    EXPECT_NE(found.find("/nonexistent/ca.pem"), std::string::npos) << found;
    EXPECT_NE(found.find("field host.ca_file"), std::string::npos) << found;
    ASSERT_EQ(state("certification trace"), "wrong") << said;
    EXPECT_NE(steps["certification trace"].at("found").get<std::string>().find("trace.file"), std::string::npos);
    EXPECT_EQ(state("journal"), "not asked") << said;
    EXPECT_EQ(state("journal and sign-in"), "skipped");
}

TEST_F(TillCommand, PreflightLeavesARunningTillAlone) {
    const auto running = open_till(nullptr);
    EXPECT_EQ(preflight(), 1);
    ASSERT_EQ(state("journal"), "wrong") << said;
    EXPECT_NE(steps["journal"].at("likely").get<std::string>().find("running"), std::string::npos) << said;
}

TEST_F(TillCommand, BeginsAJournalByAWord) {
    const auto file = folder() + "/by-a-word.db";
    write({{"journal.file", "'" + file + "'"}, {"journal.key_file", "'" + file + ".key'"},
        {"journal.create", "false"}});
    EXPECT_EQ(till("status", {}), 6) << said;
    EXPECT_FALSE(std::filesystem::exists(file + ".key"));
    ASSERT_EQ(till("init", {}), 0) << said;
    EXPECT_EQ(till("status", {}), 0) << said;
}

} // namespace
} // namespace cipherlane::tests
