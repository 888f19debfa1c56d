// Reads every include of the tree and holds it against the layers of the design.
#include "support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using cipherlane::tests::source_folder;
using layers = std::set<std::string>;

/// Which layers a layer may include besides itself. `ports` sees only completion.hpp of `net`.
const std::map<std::string, layers>& allowed() {
    static const std::map<std::string, layers> table{
        {"core", {}},
        {"crypto", {"core"}},
        {"net", {"core"}},
        {"ports", {"core", "net"}},
        {"iso8583", {"core"}},
        {"emv", {"core"}},
        {"qr", {"core"}},
        {"ledger", {"core", "iso8583", "ports"}},
        {"store", {"core", "crypto", "ledger", "ports"}},
        {"reconcile", {"core", "crypto", "ledger", "ports"}},
        {"clearing", {"core", "ledger", "ports", "reconcile"}},
        {"monitor", {"core"}},
        {"routing", {}},
        {"rules", {"core", "ports"}},
        {"hostlink", {"core", "net", "iso8583", "ports", "crypto"}},
        {"acquiring", {"core", "crypto", "iso8583", "emv", "qr", "ledger", "ports"}},
        {"hsm", {"core", "net", "crypto", "ports"}},
        {"drivers", {"core", "net", "crypto", "qr", "ports"}},
        {"till", {"core", "crypto", "net", "ports", "qr", "ledger", "routing", "rules", "store", "hostlink",
                     "acquiring", "hsm", "drivers"}},
    };
    return table;
}

/// The layer that a file belongs to, by its path below the root; empty outside the SDK.
std::string layer_of(const fs::path& file) {
    std::vector<std::string> parts;
    for (const auto& part : file)
        parts.push_back(part.string());
    if (parts.size() < 3) return {};
    if (parts[0] == "hsm" || parts[0] == "drivers" || parts[0] == "till") return parts[0];
    if (parts[0] != "sdk") return {};
    return parts[1] == "src" ? parts[2] : parts.size() > 3 ? parts[3] : std::string{};
}

struct include {
    fs::path file;
    std::string what;
};

std::vector<include> includes_below(const std::string& folder) {
    static const std::regex line_form(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::vector<include> found;
    for (const auto& item : fs::recursive_directory_iterator(source_folder() / folder)) {
        const auto extension = item.path().extension();
        if (extension != ".hpp" && extension != ".cpp" && extension != ".h") continue;
        std::ifstream file(item.path());
        std::smatch match;
        for (std::string line; std::getline(file, line);) {
            if (std::regex_search(line, match, line_form)) {
                found.push_back({fs::relative(item.path(), source_folder()), match[1]});
            }
        }
    }
    return found;
}

std::vector<include> all_sdk_includes() {
    std::vector<include> all;
    for (const char* folder : {"sdk", "hsm", "drivers", "till"}) {
        const auto part = includes_below(folder);
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// An allowance that nobody uses lets the next one climb unnoticed.
TEST(IncludeDirection, LayersSeeOnlyWhatIsBelowAndAllOfIt) {
    static const std::regex own_header(R"(^cipherlane/([a-z0-9_]+)/)");
    std::size_t checked = 0;
    auto unused = allowed();
    for (const auto& [file, what] : all_sdk_includes()) {
        std::smatch match;
        if (!std::regex_search(what, match, own_header)) continue;
        const std::string from = layer_of(file);
        const std::string to = match[1];
        ASSERT_TRUE(allowed().contains(from)) << file << " lies in no layer of the design";
        EXPECT_TRUE(from == to || allowed().at(from).contains(to)) << file << " includes " << what;
        unused[from].erase(to);
        ++checked;
    }
    EXPECT_GT(checked, 50U);
    for (const auto& [from, left] : unused) {
        for (const auto& to : left)
            ADD_FAILURE() << from << " includes nothing of " << to << ": the allowance can go";
    }
}

TEST(IncludeDirection, PortsSeeOnlyTheCompletionOfNet) {
    for (const auto& [file, what] : all_sdk_includes()) {
        if (layer_of(file) != "ports" || !what.starts_with("cipherlane/net/")) continue;
        EXPECT_EQ(what, "cipherlane/net/completion.hpp") << file;
    }
}

TEST(IncludeDirection, NobodyBelowSeesToolsTestsOrSamples) {
    static const std::regex outside(R"(^(tools|tests|samples|support|simkit|bindings|[a-z-]+-sim|cipherlane/c)/)");
    for (const auto& [file, what] : all_sdk_includes()) {
        EXPECT_FALSE(std::regex_search(what, outside)) << file << " includes " << what;
    }
}

TEST(IncludeDirection, BindingsSeeThePublicHeadersAndTheirOwn) {
    static const std::regex hidden(R"(^(tools|tests|samples|support|simkit|[a-z-]+-sim|dialect|command|client)/)");
    const auto all = includes_below("bindings");
    EXPECT_GT(all.size(), 50U);
    for (const auto& [file, what] : all) {
        EXPECT_FALSE(std::regex_search(what, hidden)) << file << " includes " << what;
    }
}

TEST(IncludeDirection, LibusbOnlyInTransports) {
    for (const auto& [file, what] : all_sdk_includes()) {
        if (what.find("libusb") == std::string::npos) continue;
        EXPECT_TRUE(file.string().starts_with("drivers/src/transport/")) << file;
    }
}

TEST(IncludeDirection, PublicHeadersHideWhatIsCostly) {
    static const std::regex costly(
        R"(^(spdlog|fmt|openssl|sqlite3|libusb|nlohmann|toml\+\+|boost/beast|boost/asio/(ip|serial|ssl)))");
    for (const auto& [file, what] : all_sdk_includes()) {
        if (file.string().find("/include/") == std::string::npos) continue;
        EXPECT_FALSE(std::regex_search(what, costly)) << file << " includes " << what;
    }
}

/// The folders of a layer, or the files of a folder, in the order in which they may include one another.
using floors = std::vector<std::string>;

std::size_t floor_of(const floors& of, const std::string& name) {
    return static_cast<std::size_t>(std::find(of.begin(), of.end(), name) - of.begin());
}

const floors acquiring_floors{"outcome", "settings", "receipt", "lane", "host", "card", "flow", ""};

/// The file of `root` that one of its files means, as a compiler looks for it; empty where it means another.
fs::path meant_by(const fs::path& root, const fs::path& here, const std::string& what) {
    for (const auto& from : {here.parent_path(), fs::path()}) {
        auto target = (from / what).lexically_normal();
        if (fs::exists(source_folder() / root / target)) return target;
    }
    return {};
}

/// On which floor a public header lies: what may include it, and what it may include.
using header_floors = std::map<std::string, std::string>;

const header_floors acquiring_headers{{"errc.hpp", "outcome"}, {"stage.hpp", "outcome"}, {"not_paid.hpp", "outcome"},
    {"payment.hpp", "outcome"}, {"refunds.hpp", "outcome"}, {"timeline.hpp", "outcome"},
    {"settlement_report.hpp", "outcome"}, {"instalment_plan.hpp", "settings"}, {"payer_code.hpp", "settings"},
    {"partial_approval.hpp", "settings"}, {"terminal_settings.hpp", "settings"},
    {"settlement_reminder.hpp", "settings"}, {"receipt.hpp", "receipt"}, {"lane_gateway.hpp", "lane"},
    {"lane_ports.hpp", "lane"}, {"pinpad_sealer.hpp", "host"}, {"software_sealer.hpp", "host"},
    {"service_request.hpp", "host"}, {"sign_in_report.hpp", "host"}, {"lane.hpp", "flow"}, {"flow.hpp", "flow"},
    {"balance.hpp", "flow"}, {"decision.hpp", "flow"}, {"host_service.hpp", "flow"}, {"last_settlement.hpp", "flow"},
    {"qr_sale.hpp", "flow"}, {"recovery.hpp", "flow"}, {"refund.hpp", "flow"}, {"sale.hpp", "flow"},
    {"settlement.hpp", "flow"}, {"sign_in.hpp", "flow"}, {"trade.hpp", "flow"}, {"void_payment.hpp", "flow"},
    {"in_turn.hpp", ""}, {"lookup.hpp", ""}};

/// The floor of what a file of a layer means, whether by its path or as a public header of the layer; nothing where
/// it means another layer's.
std::optional<std::string> floor_meant(
    const fs::path& root, const fs::path& here, const std::string& what, const header_floors& headers) {
    const auto own = "cipherlane/" + root.filename().string() + "/";
    if (what.starts_with(own)) {
        const auto name = what.substr(own.size());
        const auto found = headers.find(name);
        return found != headers.end() ? found->second : fs::path(name).parent_path().string();
    }
    const auto target = meant_by(root, here, what);
    return target.empty() ? std::nullopt : std::optional(target.parent_path().string());
}

/// The includes of a folder's own files, held against its floors.
void expect_arrows_down(
    const fs::path& root, const floors& folders, std::size_t at_least, const header_floors& headers = {}) {
    std::size_t checked = 0;
    for (const auto& [file, what] : includes_below(root.string())) {
        const auto here = fs::relative(file, root);
        const auto target = floor_meant(root, here, what, headers);
        if (!target) continue;
        const auto from = floor_of(folders, here.parent_path().string());
        const auto to = floor_of(folders, *target);
        ASSERT_LT(from, folders.size()) << file << " lies in no folder of the list";
        EXPECT_LE(to, from) << file << " includes " << what;
        ++checked;
    }
    EXPECT_GT(checked, at_least);
}

/// Every public header of a layer has its floor, and includes none of a higher one.
void expect_headers_down(const fs::path& root, const floors& folders, const header_floors& headers) {
    const auto layer = root.filename().string();
    std::set<std::string> found;
    for (const auto& [file, what] : includes_below("sdk/include/cipherlane/" + layer)) {
        const auto name = file.filename().string();
        found.insert(name);
        ASSERT_TRUE(headers.contains(name)) << file << " has no floor";
        const auto target = floor_meant(root, {}, what, headers);
        if (!target) continue;
        EXPECT_LE(floor_of(folders, *target), floor_of(folders, headers.at(name))) << file << " includes " << what;
    }
    for (const auto& [name, floor] : headers) {
        EXPECT_TRUE(found.contains(name)) << name << " is gone";
        EXPECT_LT(floor_of(folders, floor), folders.size()) << name;
    }
}

/// A request, a report or a setting lies with what is made of it; what is asked of a lane lies on top.
TEST(IncludeDirection, PublicHeadersOfAcquiringLieOnAFloor) {
    const fs::path root = "sdk/src/acquiring";
    expect_headers_down(root, acquiring_floors, acquiring_headers);
}

/// No file of the ledger needs one that needs it: trades below the life of a record, that below the life of an order.
TEST(IncludeDirection, InTheLedgerArrowsRunDown) {
    const floors files{"enum_set", "money_side", "finding", "numbers", "order_number", "side_difference",
        "seen_before", "conversion", "trades", "upload_plan", "offline_limits", "moved", "record_life", "order_life",
        "record_set", "record_sum", "taking", "terminal_life", "host_word", "totals"};
    for (const char* root : {"sdk/include/cipherlane/ledger", "sdk/src/ledger"}) {
        for (const auto& [file, what] : includes_below(root)) {
            if (!what.starts_with("cipherlane/ledger/")) continue;
            const auto from = floor_of(files, file.stem().string());
            ASSERT_LT(from, files.size()) << file << " is not in the list";
            EXPECT_LE(floor_of(files, fs::path(what).stem().string()), from) << file << " includes " << what;
        }
    }
}

TEST(IncludeDirection, InAcquiringArrowsRunDown) {
    const fs::path root = "sdk/src/acquiring";
    expect_arrows_down(root, acquiring_floors, 150, acquiring_headers);
    const floors flows{"guard", "besides", "key_in_use", "reminder", "verdict", "unsent", "original", "host_word",
        "request_on_file", "advice", "reversal", "ready", "script_notice", "host_trade", "order_outcome",
        "order_watch", "unwanted", "own_code", "charge", "terminal_trade", "code_collection", "currency_offer",
        "notices", "recovery", "trade", "payments", "balance", "decision", "settlement_progress", "batch_upload",
        "terminal_settlement", "settlement"};
    for (const auto& [file, what] : includes_below(root.string())) {
        const fs::path target(what);
        const auto here = fs::relative(file, root);
        if (here.parent_path() != "flow" || target.parent_path() != "flow" || here.stem() == target.stem()) continue;
        ASSERT_LT(floor_of(flows, here.stem().string()), flows.size()) << file << " is not in the list";
        EXPECT_LT(floor_of(flows, target.stem().string()), floor_of(flows, here.stem().string()))
            << file << " includes " << what;
    }
}

/// A link to a gateway, of whatever kind, stands on what all links share.
TEST(IncludeDirection, InHostlinkArrowsRunDown) {
    expect_arrows_down(
        "sdk/src/hostlink", {"", "gateway"}, 60, {{"http_gateway.hpp", "gateway"}, {"http_risk.hpp", "gateway"}});
}

/// What all of it uses lies at the bottom.
TEST(IncludeDirection, InHsmArrowsRunDown) {
    expect_arrows_down("hsm/src", {"", "dialect", "command", "client"}, 30);
}

/// The folders of the drivers, sources and public headers alike.
const floors drivers_floors{"", "transport", "transport/hid", "transport/serial", "transport/usb", "driver_family",
    "charset", "description", "escpos", "display", "display/panel", "display/bonrix", "display/described",
    "display/escpos", "display/plate", "display/rcall", "display/speaker", "display/weact", "pinpad", "pinpad/abecs",
    "pinpad/keypad", "printer", "scanner", "terminal", "terminal/ecr17", "terminal/mispos", "terminal/zvt",
    "families"};

/// Where a file of the drivers lies. The tables of families tie folders together and lie above them; what is of no
/// folder lies at the bottom, but the row of such a table, which knows addresses.
std::optional<std::string> drivers_floor(const fs::path& file) {
    for (const char* root : {"drivers/src", "drivers/include/cipherlane/drivers"}) {
        const auto inside = file.lexically_relative(root);
        if (inside.native().starts_with("..")) continue;
        const auto folder = inside.parent_path().string();
        const auto stem = inside.stem().string();
        if (!stem.ends_with("_family")) return folder;
        return folder.empty() ? stem : "families";
    }
    return std::nullopt;
}

/// The file of the drivers that an include of one of them means.
fs::path drivers_file(const fs::path& file, const std::string& what) {
    if (what.starts_with("cipherlane/drivers/")) return fs::path("drivers/include") / what;
    for (const auto& from : {file.parent_path(), fs::path("drivers/src")}) {
        const auto target = (from / what).lexically_normal();
        if (fs::exists(source_folder() / target)) return target;
    }
    return {};
}

/// "display" of "display/rcall", "display/rcall" itself: what may be known to whom is said by both.
std::string kind_of(const std::string& folder) {
    return folder.substr(0, folder.find('/'));
}

/// What families share lies below them: no family knows another one, no kind of device another kind.
TEST(IncludeDirection, InDriversArrowsRunDown) {
    const std::set<std::string> kinds{"display", "pinpad", "printer", "scanner", "terminal"};
    const std::set<std::string> shared{"display/panel"};
    std::size_t checked = 0;
    for (const auto& [file, what] : includes_below("drivers")) {
        const auto target = drivers_file(file, what);
        if (target.empty()) continue;
        const auto from = drivers_floor(file).value_or("?");
        const auto to = drivers_floor(target).value_or("?");
        ASSERT_LT(floor_of(drivers_floors, from), drivers_floors.size()) << file << " lies in no folder of the list";
        EXPECT_LE(floor_of(drivers_floors, to), floor_of(drivers_floors, from)) << file << " includes " << what;
        ++checked;
        if (from == to || !kinds.contains(kind_of(from)) || !kinds.contains(kind_of(to))) continue;
        EXPECT_EQ(kind_of(from), kind_of(to)) << file << " includes " << what << ", of another kind of device";
        const bool below = to == kind_of(to) || shared.contains(to);
        EXPECT_TRUE(below) << file << " includes " << what << ", of another family";
    }
    EXPECT_GT(checked, 400U);
}

} // namespace
