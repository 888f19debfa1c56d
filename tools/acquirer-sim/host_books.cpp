#include "acquirer-sim/host_books.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

using ledger::row_of;
using ports::record_state;
namespace states = ledger::states;

constexpr auto schema = R"sql(
CREATE TABLE IF NOT EXISTS terminal(terminal_id TEXT PRIMARY KEY, merchant_id TEXT, tmk TEXT, tpk TEXT, tak TEXT);
CREATE TABLE IF NOT EXISTS new_master(terminal_id TEXT PRIMARY KEY, tmk TEXT, signed_in INTEGER);
CREATE TABLE IF NOT EXISTS sm4_master(terminal_id TEXT PRIMARY KEY, tmk TEXT, sign_in_code TEXT);
CREATE TABLE IF NOT EXISTS card(number TEXT PRIMARY KEY, expiry TEXT, pin TEXT, balance INTEGER);
CREATE TABLE IF NOT EXISTS trade(
  id INTEGER PRIMARY KEY, terminal_id TEXT, batch TEXT, trace TEXT, kind TEXT, card TEXT, amount INTEGER,
  refunded INTEGER, money INTEGER, answer TEXT, reference TEXT, authorization TEXT, date TEXT, time TEXT, state TEXT,
  original INTEGER, UNIQUE(terminal_id, batch, trace));
CREATE TABLE IF NOT EXISTS upload(terminal_id TEXT, batch TEXT, trace TEXT, amount INTEGER,
  PRIMARY KEY(terminal_id, batch, trace));
CREATE TABLE IF NOT EXISTS settlement(terminal_id TEXT, batch TEXT, result INTEGER, PRIMARY KEY(terminal_id, batch));
CREATE TABLE IF NOT EXISTS ended_batch(terminal_id TEXT, batch TEXT, PRIMARY KEY(terminal_id, batch));
CREATE TABLE IF NOT EXISTS counter(name TEXT PRIMARY KEY, value INTEGER);
INSERT OR IGNORE INTO counter VALUES('reference', 0), ('days cut', 0), ('last of yesterday', 0);
)sql";

constexpr std::string_view trade_columns =
    "id, terminal_id, batch, trace, kind, card, amount, refunded, money, answer, reference, authorization, date, "
    "time, state, original";

std::string select_trades(std::string_view where) {
    return std::string("SELECT ").append(trade_columns).append(" FROM trade ").append(where);
}

ports::trade kind_of(std::string_view word) {
    for (const auto& row : ledger::trades()) {
        if (row.name == word) return row.kind;
    }
    throw std::runtime_error("no such trade in the books: " + std::string(word));
}

record_state state_of(std::string_view word) {
    for (const auto state : states::all) {
        if (to_string(state) == word) return state;
    }
    throw std::runtime_error("no such state in the books: " + std::string(word));
}

// On which side of a settlement the trades of the books stand. The host's own lists, from the fact sheet of the
// dialect: a till that counts otherwise does not balance, and that is what a simulated host is for. Reservations
// stand on neither.
constexpr auto debits = std::to_array<std::string_view>({"sale", "completion", "completion advice", "offline sale",
    "offline settlement", "adjustment", "tip", "payment code sale", "instalment sale"});
constexpr auto credits = std::to_array<std::string_view>({"void", "completion void", "refund", "offline refund",
    "payment code void", "payment code refund", "instalment void"});
constexpr auto neither =
    std::to_array<std::string_view>({"pre-authorisation", "pre-authorisation void", "script notice"});

template <class List>
bool has(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

host_trade read_trade(const statement& row) {
    host_trade trade;
    trade.id = row.integer(0);
    trade.terminal_id = row.text(1);
    trade.batch = row.text(2);
    trade.trace = row.text(3);
    trade.kind = kind_of(row.text(4));
    trade.card = row.text(5);
    trade.amount = row.integer(6);
    trade.refunded = row.integer(7);
    trade.money = row.integer(8);
    trade.answer = row.text(9);
    trade.reference = row.text(10);
    trade.authorization = row.text(11);
    trade.date = row.text(12);
    trade.time = row.text(13);
    trade.state = state_of(row.text(14));
    trade.original = row.integer(15);
    return trade;
}

} // namespace

host_books::host_books(const std::string& path)
    : books_(path) {
    books_.execute(schema);
}

void host_books::put_terminal(const host_terminal& terminal) {
    books_.prepare("INSERT OR REPLACE INTO terminal VALUES(?,?,?,?,?)")
        .bind(terminal.terminal_id)
        .bind(terminal.merchant_id)
        .bind(terminal.tmk)
        .bind(terminal.tpk)
        .bind(terminal.tak)
        .run();
}

std::optional<host_terminal> host_books::terminal(std::string_view terminal_id) {
    auto row = books_.prepare("SELECT terminal_id, merchant_id, tmk, tpk, tak FROM terminal WHERE terminal_id = ?");
    row.bind(terminal_id);
    if (!row.step()) return std::nullopt;
    return host_terminal{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)};
}

void host_books::put_new_master(std::string_view terminal_id, const host_new_master& key) {
    books_.prepare("INSERT OR REPLACE INTO new_master VALUES(?,?,?)")
        .bind(terminal_id)
        .bind(key.tmk)
        .bind(key.signed_in ? 1 : 0)
        .run();
}

std::optional<host_new_master> host_books::new_master(std::string_view terminal_id) {
    auto row = books_.prepare("SELECT tmk, signed_in FROM new_master WHERE terminal_id = ?");
    row.bind(terminal_id);
    if (!row.step()) return std::nullopt;
    return host_new_master{row.text(0), row.integer(1) != 0};
}

void host_books::drop_new_master(std::string_view terminal_id) {
    books_.prepare("DELETE FROM new_master WHERE terminal_id = ?").bind(terminal_id).run();
}

void host_books::put_sm4_master(std::string_view terminal_id, const host_sm4_master& key) {
    books_.prepare("INSERT OR REPLACE INTO sm4_master VALUES(?,?,?)")
        .bind(terminal_id)
        .bind(key.tmk)
        .bind(key.sign_in_code)
        .run();
}

std::optional<host_sm4_master> host_books::sm4_master(std::string_view terminal_id) {
    auto row = books_.prepare("SELECT tmk, sign_in_code FROM sm4_master WHERE terminal_id = ?");
    row.bind(terminal_id);
    if (!row.step()) return std::nullopt;
    return host_sm4_master{row.text(0), row.text(1)};
}

void host_books::put_card(const host_card& card) {
    books_.prepare("INSERT OR REPLACE INTO card VALUES(?,?,?,?)")
        .bind(card.number)
        .bind(card.expiry)
        .bind(card.pin)
        .bind(card.balance)
        .run();
}

std::optional<host_card> host_books::card(std::string_view number) {
    auto row = books_.prepare("SELECT number, expiry, pin, balance FROM card WHERE number = ?");
    row.bind(number);
    if (!row.step()) return std::nullopt;
    return host_card{row.text(0), row.text(1), row.text(2), row.integer(3)};
}

std::optional<host_trade> host_books::one(statement& query) {
    if (!query.step()) return std::nullopt;
    return read_trade(query);
}

std::optional<host_trade> host_books::find(
    std::string_view terminal_id, std::string_view batch, std::string_view trace) {
    auto query = books_.prepare(select_trades("WHERE terminal_id = ? AND batch = ? AND trace = ?"));
    query.bind(terminal_id).bind(batch).bind(trace);
    return one(query);
}

std::optional<host_trade> host_books::find_reference(std::string_view terminal_id, std::string_view reference) {
    auto query = books_.prepare(select_trades("WHERE terminal_id = ? AND reference = ?"));
    query.bind(terminal_id).bind(reference);
    return one(query);
}

std::vector<host_trade> host_books::trades() {
    auto query = books_.prepare(select_trades("ORDER BY id"));
    std::vector<host_trade> all;
    while (query.step())
        all.push_back(read_trade(query));
    return all;
}

void host_books::move_money(std::string_view card, std::int64_t money) {
    if (money == 0) return;
    books_.prepare("UPDATE card SET balance = balance + ? WHERE number = ?").bind(money).bind(card).run();
}

void host_books::set_state(std::int64_t id, record_state state) {
    books_.prepare("UPDATE trade SET state = ? WHERE id = ?").bind(to_string(state)).bind(id).run();
}

void host_books::add_refunded(std::int64_t id, std::int64_t money) {
    books_.prepare("UPDATE trade SET refunded = refunded + ? WHERE id = ?").bind(money).bind(id).run();
}

std::int64_t host_books::original_of(std::int64_t id) {
    auto query = books_.prepare("SELECT original FROM trade WHERE id = ?");
    query.bind(id);
    return query.step() ? query.integer(0) : 0;
}

void host_books::touch_original(const host_trade& trade, effect what) {
    const bool done = what == effect::done;
    if (ledger::returning_trades.contains(trade.kind)) {
        add_refunded(trade.original, done ? trade.amount : -trade.amount);
    }
    ports::journal_record record;
    record.kind = trade.kind;
    record.original = static_cast<std::uint64_t>(trade.original);
    const auto follows = ledger::consequence_of(record, {record_state::approved, ports::decider::host});
    if (!follows) return;
    set_state(trade.original, done ? follows->to : follows->from);
    // What the original had taken of its own original may be taken again: what was reserved is reserved again.
    add_refunded(original_of(trade.original), done ? -trade.amount : trade.amount);
}

std::int64_t host_books::post(const host_trade& trade, std::int64_t money) {
    transaction whole(books_);
    books_.prepare("INSERT INTO trade VALUES(NULL,?,?,?,?,?,?,0,?,?,?,?,?,?,?,?)")
        .bind(trade.terminal_id)
        .bind(trade.batch)
        .bind(trade.trace)
        .bind(row_of(trade.kind).name)
        .bind(trade.card)
        .bind(trade.amount)
        .bind(money)
        .bind(trade.answer)
        .bind(trade.reference)
        .bind(trade.authorization)
        .bind(trade.date)
        .bind(trade.time)
        .bind(to_string(trade.state))
        .bind(trade.original)
        .run();
    const auto id = books_.last_id();
    if (states::stands.contains(trade.state)) {
        move_money(trade.card, money);
        touch_original(trade, effect::done);
    }
    whole.commit();
    return id;
}

void host_books::reverse(const host_trade& trade) {
    transaction whole(books_);
    if (states::stands.contains(trade.state)) {
        move_money(trade.card, -trade.money);
        touch_original(trade, effect::undone);
    }
    set_state(trade.id, record_state::reversed);
    whole.commit();
}

void host_books::entomb(const host_trade& unseen) {
    host_trade stone = unseen;
    stone.state = record_state::reversed;
    (void)post(stone, 0);
}

std::int64_t host_books::counter(std::string_view name) {
    auto query = books_.prepare("SELECT value FROM counter WHERE name = ?");
    query.bind(name);
    return query.step() ? query.integer(0) : 0;
}

void host_books::cut_day() {
    transaction whole(books_);
    books_.execute("UPDATE counter SET value = (SELECT COALESCE(MAX(id), 0) FROM trade) "
                   "WHERE name = 'last of yesterday'");
    books_.execute("UPDATE counter SET value = value + 1 WHERE name = 'days cut'");
    whole.commit();
}

int host_books::days_cut() {
    return static_cast<int>(counter("days cut"));
}

bool host_books::of_earlier_day(const host_trade& trade) {
    return trade.id <= counter("last of yesterday");
}

ports::batch_totals host_books::totals(std::string_view terminal_id, std::string_view batch) {
    auto query = books_.prepare("SELECT kind, SUM(amount), COUNT(*) FROM trade WHERE terminal_id = ? AND batch = ? "
                                "AND id > ? AND state IN ('approved', 'voided') GROUP BY kind");
    query.bind(terminal_id).bind(batch).bind(counter("last of yesterday"));
    ports::batch_totals sums;
    while (query.step()) {
        const auto kind = query.text(0);
        const bool debit = has(debits, kind);
        if (!debit && !has(credits, kind)) {
            if (has(neither, kind)) continue;
            throw std::runtime_error("a trade on no side of a settlement: " + std::string(kind));
        }
        auto& side = debit ? sums.debit : sums.credit;
        side.minor += query.integer(1);
        side.count += static_cast<std::uint32_t>(query.integer(2));
    }
    return sums;
}

void host_books::settle(std::string_view terminal_id, std::string_view batch, int result) {
    books_.prepare("INSERT OR REPLACE INTO settlement VALUES(?,?,?)")
        .bind(terminal_id)
        .bind(batch)
        .bind(result)
        .run();
}

bool host_books::settled(std::string_view terminal_id, std::string_view batch) {
    return books_.prepare("SELECT 1 FROM settlement WHERE terminal_id = ? AND batch = ?")
        .bind(terminal_id)
        .bind(batch)
        .step();
}

void host_books::end(std::string_view terminal_id, std::string_view batch) {
    books_.prepare("INSERT OR REPLACE INTO ended_batch VALUES(?,?)").bind(terminal_id).bind(batch).run();
}

bool host_books::ended(std::string_view terminal_id, std::string_view batch) {
    return books_.prepare("SELECT 1 FROM ended_batch WHERE terminal_id = ? AND batch = ?")
        .bind(terminal_id)
        .bind(batch)
        .step();
}

bool host_books::upload(
    std::string_view terminal_id, std::string_view batch, std::string_view trace, std::int64_t amount) {
    books_.prepare("INSERT OR REPLACE INTO upload VALUES(?,?,?,?)")
        .bind(terminal_id)
        .bind(batch)
        .bind(trace)
        .bind(amount)
        .run();
    const auto booked = find(terminal_id, batch, trace);
    return booked && booked->amount == amount && states::uploads.contains(booked->state);
}

std::int64_t host_books::uploads(std::string_view terminal_id, std::string_view batch) {
    auto query = books_.prepare("SELECT COUNT(*) FROM upload WHERE terminal_id = ? AND batch = ?");
    query.bind(terminal_id).bind(batch);
    return query.step() ? query.integer(0) : 0;
}

std::int64_t host_books::next_reference() {
    auto query = books_.prepare("UPDATE counter SET value = value + 1 WHERE name = 'reference' RETURNING value");
    const auto value = query.step() ? query.integer(0) : 0;
    while (query.step()) {
    }
    return value;
}

} // namespace cipherlane::sim
