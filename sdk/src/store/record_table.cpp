#include "record_table.hpp"

#include "postgres_database.hpp"
#include "sql_list.hpp"
#include "sqlite.hpp"

#include <cipherlane/ledger/order_life.hpp>

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

namespace cipherlane::store {
namespace {

/// In the order in which they were added: a checksum covers the first so many. New ones at the end.
constexpr auto columns = std::to_array<std::string_view>({"id", "terminal_id", "merchant_id", "idempotency_key",
    "kind", "state", "mti", "processing_code", "currency", "decimals", "requested", "approved", "trace", "batch",
    "entry", "sequence_number", "condition_code", "emv", "transaction_code", "field60_rest", "field61", "masked_pan",
    "original", "host_code", "host_text", "reference", "\"authorization\"", "host_date", "host_time", "acquirer",
    "order_number", "reversal_reason", "reversal_sends", "created_date", "created", "decided", "closed", "note",
    "phase", "counterpart", "expires", "chip", "voucher", "instalment", "small_amount", "serial_block", "conversion",
    "converted", "converted_currency", "conversion_rate", "device_before", "arpc_failed", "earlier_sends", "renewals",
    "operator_id", "shift", "device_unsure", "at_card", "card_digest"});

std::chrono::system_clock::time_point from_ms(std::int64_t value) noexcept {
    constexpr std::int64_t furthest = 9'000'000'000'000; // the year 2255: what a damaged record says must fit, too
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(std::clamp(value, -furthest, furthest)));
}

/// What changes after a record's end, many at a time, and loses no money if it is wrong, is not checked.
constexpr auto checked = [] {
    std::array<bool, columns.size()> made{};
    for (std::size_t i = 0; i < columns.size(); ++i)
        made[i] = columns[i] != "closed" && columns[i] != "reversal_sends" && columns[i] != "at_card";
    return made;
}();
/// A value that a record always has is not there: bytes of a cut file that read as nothing sum up like a zero.
constexpr auto may_lack = [] {
    std::array<bool, columns.size()> made{};
    for (std::size_t i = 0; i < columns.size(); ++i)
        made[i] = columns[i] == "idempotency_key";
    return made;
}();

/// Of a row that begins with all columns.
template <class Row>
std::int64_t checksum_of(const Row& row) {
    checksum sum;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (checked[i]) (void)row.add_to(sum, static_cast<int>(i));
    }
    return static_cast<std::int64_t>(sum.value());
}

/// The column of an enumeration, and whether a number is one of its values.
struct numbered_column {
    int at;
    bool (*known)(std::uint8_t number) noexcept;
};
constexpr int column_named(std::string_view name) noexcept {
    return static_cast<int>(std::find(columns.begin(), columns.end(), name) - columns.begin());
}
constexpr std::array numbered_columns{
    numbered_column{column_named("kind"),
        [](std::uint8_t number) noexcept { return ledger::find_row(static_cast<ports::trade>(number)) != nullptr; }},
    numbered_column{column_named("state"),
        [](std::uint8_t number) noexcept {
            return ledger::states::all.contains(static_cast<ports::record_state>(number));
        }},
    numbered_column{column_named("phase"),
        [](std::uint8_t number) noexcept {
            return ledger::phases::all.contains(static_cast<ports::order_phase>(number));
        }},
    numbered_column{column_named("conversion"),
        [](std::uint8_t number) noexcept {
            return number <= static_cast<std::uint8_t>(ports::currency_choice::converted);
        }},
    numbered_column{column_named("earlier_sends"),
        [](std::uint8_t number) noexcept {
            return number <= static_cast<std::uint8_t>(ports::sent_before::doubted);
        }},
};

/// What no version has written: damage, which a row without a checksum shows in no other way.
template <class Row>
bool has_an_unknown_number(const Row& row) {
    return std::any_of(numbered_columns.begin(), numbered_columns.end(), [&](const numbered_column& one) {
        const auto number = row.integer(one.at);
        return number < 0 || number > 255 || !one.known(static_cast<std::uint8_t>(number));
    });
}

std::string joined(std::size_t first) {
    std::string list;
    for (std::size_t i = first; i < columns.size(); ++i) {
        if (i != first) list += ", ";
        list += columns[i];
    }
    return list;
}

/// A row, of whatever database.
class row_cells {
  public:
    row_cells() = default;
    row_cells(const row_cells&) = delete;
    row_cells& operator=(const row_cells&) = delete;
    virtual ~row_cells() = default;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual std::string text(int column) const = 0;
    [[nodiscard]] virtual bytes blob(int column) const = 0;
};
template <class Row>
class cells_of final : public row_cells {
  public:
    explicit cells_of(const Row& row) noexcept
        : row_(row) {}
    [[nodiscard]] std::int64_t integer(int column) const override { return row_.integer(column); }
    [[nodiscard]] std::string text(int column) const override { return row_.text(column); }
    [[nodiscard]] bytes blob(int column) const override { return row_.blob(column); }

  private:
    const Row& row_;
};

/// One column after the other.
class row_reader {
  public:
    explicit row_reader(const row_cells& row) noexcept
        : row_(row) {}
    template <class Number>
    Number number() {
        return static_cast<Number>(row_.integer(column_++));
    }
    std::string text() { return row_.text(column_++); }
    bytes blob() { return row_.blob(column_++); }

  private:
    const row_cells& row_;
    int column_ = 0;
};

} // namespace

std::int64_t to_ms(std::chrono::system_clock::time_point when) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

std::string select_records(std::string_view where) {
    static const std::string head =
        "SELECT " + joined(0) + ", settled_at IS NOT NULL, card IS NOT NULL, covered, checksum FROM records ";
    return head + std::string(where);
}

template <class Row>
bool intact(const Row& row) {
    constexpr int behind = columns.size() + 2;
    if (row.null(behind) || has_an_unknown_number(row)) return false;
    std::size_t covered = 0; // none was written before there were checksums
    if constexpr (Row::has_checksums) {
        const auto told = row.integer(behind);
        if (told < 0 || told > static_cast<std::int64_t>(columns.size())) return false;
        covered = static_cast<std::size_t>(told);
    }
    checksum sum;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto column = static_cast<int>(i);
        bool there = true;
        if constexpr (Row::has_checksums) {
            there = i < covered && checked[i] ? row.add_to(sum, column) : !row.null(column);
        } else {
            there = !row.null(column);
        }
        if (!there && !may_lack[i]) return false;
    }
    return covered == 0 || row.integer(behind + 1) == static_cast<std::int64_t>(sum.value());
}

result<void> stamp_record(database& on, std::uint64_t id) {
    static const std::string sql = select_records("WHERE id = ?");
    auto query = on.prepare(sql.c_str());
    query.bind(static_cast<std::int64_t>(id));
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return error(store_errc::no_record, layer::store).during("checksum");
    auto update = on.prepare("UPDATE records SET covered = ?, checksum = ? WHERE id = ?");
    update.bind(static_cast<std::int64_t>(columns.size())).bind(checksum_of(query));
    return update.bind(static_cast<std::int64_t>(id)).run();
}

result<void> stamp_record(postgres_database& /*on*/, std::uint64_t /*id*/) {
    return {}; // its pages have checksums of the server's own
}

namespace {

void take_fields(ports::journal_record& record, row_reader next) {
    record.id = next.number<std::uint64_t>();
    record.terminal_id = next.text();
    record.merchant_id = next.text();
    record.idempotency_key = next.text();
    record.kind = static_cast<ports::trade>(next.number<std::uint8_t>());
    record.state = static_cast<ports::record_state>(next.number<std::uint8_t>());
    record.mti = next.text();
    record.processing_code = next.text();
    const auto number = next.number<std::uint16_t>();
    constexpr std::uint8_t most_decimals = 4;
    const currency unit{number, std::min(next.number<std::uint8_t>(), most_decimals)};
    record.requested = amount(next.number<std::int64_t>(), unit);
    record.approved = amount(next.number<std::int64_t>(), unit);
    record.trace = next.number<std::uint32_t>();
    record.batch = next.number<std::uint32_t>();
    record.entry = next.text();
    record.sequence_number = next.text();
    record.condition_code = next.text();
    record.emv = next.blob();
    record.transaction_code = next.text();
    record.field60_rest = next.text();
    record.field61 = next.text();
    record.masked_pan = next.text();
    record.original = next.number<std::uint64_t>();
    record.host_code = next.text();
    record.host_text = next.text();
    record.reference = next.text();
    record.authorization = next.text();
    record.host_date = next.text();
    record.host_time = next.text();
    record.acquirer = next.text();
    record.order_number = next.text();
    record.reversal_reason = next.text();
    record.reversal_sends = next.number<std::uint32_t>();
    record.created_date = next.text();
    record.created = from_ms(next.number<std::int64_t>());
    record.decided = from_ms(next.number<std::int64_t>());
    record.closed = next.number<int>() != 0;
    record.note = next.text();
    record.phase = static_cast<ports::order_phase>(next.number<std::uint8_t>());
    record.counterpart = next.text();
    record.expires = from_ms(next.number<std::int64_t>());
    record.chip = next.blob();
    record.voucher = next.text();
    record.instalment = next.text();
    record.small_amount = next.number<int>() != 0;
    record.serial_block = next.text();
    record.conversion.choice = static_cast<ports::currency_choice>(next.number<std::uint8_t>());
    const auto converted = next.number<std::int64_t>();
    record.conversion.converted = amount(converted, find_currency(next.number<std::uint16_t>()).value_or(cny));
    record.conversion.rate = next.text();
    record.device_before = next.text();
    record.arpc_failed = next.number<int>() != 0;
    record.earlier_sends = static_cast<ports::sent_before>(next.number<std::uint8_t>());
    record.renewals = next.number<std::uint32_t>();
    record.operator_id = next.text();
    record.shift = next.number<std::uint32_t>();
    record.device_unsure = next.number<int>() != 0;
    record.at_card = next.number<int>() != 0;
    record.card_digest = next.blob();
    record.settled = next.number<int>() != 0;
    record.card_sealed = next.number<int>() != 0;
}

} // namespace

template <class Row>
ports::journal_record read_fields(const Row& row) {
    ports::journal_record record;
    const cells_of<Row> cells(row);
    take_fields(record, row_reader(cells));
    return record;
}

template <class Row>
result<void> read_record(const Row& row, ports::journal_record& into) {
    const cells_of<Row> cells(row);
    take_fields(into, row_reader(cells));
    if (intact(row)) return {};
    return error(store_errc::record_damaged, layer::store)
        .during("read")
        .with_hint("record " + std::to_string(into.id) + "; cipherlane journal check says what can be read");
}

template <class Query>
result<std::vector<ports::journal_record>> read_records(Query& query) {
    std::vector<ports::journal_record> records;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return records;
        CIPHERLANE_CHECK(read_record(query, records.emplace_back()));
    }
}

template <class Database>
result<std::vector<ports::journal_record>> read_batch(
    Database& on, std::string_view terminal_id, std::uint32_t batch, const ledger::record_set& which) {
    const auto where = "WHERE terminal_id = ? AND batch = ? AND " + sql_condition(which) + " ORDER BY id";
    auto query = on.prepare(select_records(where).c_str());
    query.bind(terminal_id).bind(batch);
    return read_records(query);
}

namespace {

/// Binds the cells of a row in the order of `columns`, and sums them up as they will be read.
template <class Query>
class summing_row {
  public:
    explicit summing_row(Query& to) noexcept
        : to_(to) {}
    summing_row& bind(std::int64_t value) {
        sum_up([&] { add_cell(sum_, value); });
        to_.bind(value);
        return *this;
    }
    summing_row& bind(std::string_view text) {
        sum_up([&] { add_cell(sum_, text); });
        to_.bind(text);
        return *this;
    }
    summing_row& bind(byte_view data) {
        sum_up([&] { add_cell(sum_, data); });
        to_.bind(data);
        return *this;
    }
    [[nodiscard]] std::size_t size() const noexcept { return column_; }
    [[nodiscard]] std::int64_t sum() const noexcept { return static_cast<std::int64_t>(sum_.value()); }

  private:
    template <class Add>
    void sum_up(Add add) {
        if constexpr (Query::has_checksums) {
            if (checked.at(column_)) add();
        }
        ++column_;
    }

    Query& to_;
    checksum sum_;
    std::size_t column_ = 0;
};

/// Of all columns, the card and, where there are checksums, that.
template <class Query>
std::string insert_sql() {
    std::string text = "INSERT INTO records(" + joined(0) + ", card";
    std::string places = "?";
    for (std::size_t i = 0; i < columns.size(); ++i)
        places += ",?";
    if constexpr (Query::has_checksums) {
        text += ", covered, checksum";
        places += ",?,?";
    }
    return text + ") VALUES (" + places + ")";
}

} // namespace

/// The number that AUTOINCREMENT would give: it is part of what the checksum and the card's seal cover. The highest
/// is looked at, too, as SQLite does: a file that was mended by hand may have lost its sequence.
result<std::uint64_t> number_ahead(database& on) {
    auto last = on.prepare("SELECT coalesce(max(id), 0), coalesce((SELECT seq FROM sqlite_sequence "
                           "WHERE name = 'records'), 0) FROM records");
    CIPHERLANE_TRY([[maybe_unused]] const bool row, last.step());
    return static_cast<std::uint64_t>(std::max(last.integer(0), last.integer(1))) + 1;
}
result<std::uint64_t> number_ahead(postgres_database& on) {
    return on.next_record_number();
}

template <class Database>
result<void> insert_record(
    Database& on, const ports::journal_record& record, const std::optional<bytes>& sealed_card) {
    using query = typename Database::statement_type;
    static const std::string sql = insert_sql<query>();
    auto statement = on.prepare(sql.c_str());
    summing_row<query> insert(statement);
    insert.bind(static_cast<std::int64_t>(record.id));
    insert.bind(record.terminal_id).bind(record.merchant_id).bind(record.idempotency_key);
    insert.bind(static_cast<std::int64_t>(record.kind)).bind(static_cast<std::int64_t>(record.state));
    insert.bind(record.mti).bind(record.processing_code);
    insert.bind(record.requested.unit().number).bind(record.requested.unit().decimals);
    insert.bind(record.requested.minor()).bind(record.approved.minor());
    insert.bind(record.trace).bind(record.batch);
    insert.bind(record.entry).bind(record.sequence_number).bind(record.condition_code).bind(byte_view(record.emv));
    insert.bind(record.transaction_code).bind(record.field60_rest).bind(record.field61);
    insert.bind(record.masked_pan).bind(static_cast<std::int64_t>(record.original));
    insert.bind(record.host_code).bind(record.host_text).bind(record.reference).bind(record.authorization);
    insert.bind(record.host_date).bind(record.host_time).bind(record.acquirer).bind(record.order_number);
    insert.bind(record.reversal_reason).bind(record.reversal_sends);
    insert.bind(record.created_date).bind(to_ms(record.created)).bind(to_ms(record.decided));
    insert.bind(record.closed ? 1 : 0).bind(record.note).bind(static_cast<std::int64_t>(record.phase));
    insert.bind(record.counterpart).bind(to_ms(record.expires)).bind(byte_view(record.chip));
    insert.bind(record.voucher).bind(record.instalment).bind(record.small_amount ? 1 : 0);
    insert.bind(record.serial_block).bind(static_cast<std::int64_t>(record.conversion.choice));
    insert.bind(record.conversion.converted.minor()).bind(record.conversion.converted.unit().number);
    insert.bind(record.conversion.rate);
    insert.bind(record.device_before).bind(record.arpc_failed ? 1 : 0);
    insert.bind(static_cast<std::int64_t>(record.earlier_sends)).bind(record.renewals);
    insert.bind(record.operator_id).bind(record.shift).bind(record.device_unsure ? 1 : 0);
    insert.bind(record.at_card ? 1 : 0).bind(byte_view(record.card_digest));
    if (sealed_card) {
        statement.bind(byte_view(*sealed_card));
    } else {
        statement.bind_null();
    }
    if constexpr (query::has_checksums) statement.bind(static_cast<std::int64_t>(insert.size())).bind(insert.sum());
    return statement.run();
}

namespace {

/// What a verdict sets or may set, as `update_record` binds it.
constexpr std::array settable{"state", "decided", "approved", "phase", "expires", "renewals", "arpc_failed", "chip",
    "device_unsure", "earlier_sends", "host_code", "host_text", "reference", "\"authorization\"", "host_date",
    "host_time", "acquirer", "order_number", "reversal_reason", "note", "voucher", "masked_pan"};
using cell = std::variant<std::monostate, std::int64_t, std::string_view, byte_view>; ///< the first: stays as it is
using verdict_cells = std::array<cell, settable.size()>;

verdict_cells set_by(const ports::journal_verdict& verdict, std::int64_t decided_ms) {
    const auto number = [](const auto& value) { return value ? cell(static_cast<std::int64_t>(*value)) : cell(); };
    const auto text = [](const auto& value) { return value ? cell(std::string_view(*value)) : cell(); };
    return {static_cast<std::int64_t>(verdict.state), decided_ms,
        verdict.approved ? cell(verdict.approved->minor()) : cell(), number(verdict.phase),
        verdict.expires ? cell(to_ms(*verdict.expires)) : cell(), number(verdict.renewals),
        number(verdict.arpc_failed), verdict.chip ? cell(byte_view(*verdict.chip)) : cell(),
        number(verdict.device_unsure), number(verdict.earlier_sends), text(verdict.host_code),
        text(verdict.host_text), text(verdict.reference), text(verdict.authorization), text(verdict.host_date),
        text(verdict.host_time), text(verdict.acquirer), text(verdict.order_number), text(verdict.reversal_reason),
        text(verdict.note), text(verdict.voucher), text(verdict.masked_pan)};
}

/// Where among them each column stands; behind the last: not there.
constexpr auto places_of_settable() {
    std::array<std::size_t, columns.size()> places{};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (const std::string_view name : settable) {
            if (name == columns[i]) break;
            ++places[i];
        }
    }
    return places;
}

/// Adds a cell that is set; false for one that stays as it is.
bool add_if_set(checksum& sum, const cell& value) {
    if (const auto* const number = std::get_if<std::int64_t>(&value)) return add_cell(sum, *number), true;
    if (const auto* const text = std::get_if<std::string_view>(&value)) return add_cell(sum, *text), true;
    if (const auto* const data = std::get_if<byte_view>(&value)) return add_cell(sum, *data), true;
    return false;
}

/// Of a row as it will be read once those cells are in it.
template <class Row>
std::int64_t checksum_with(const Row& row, const verdict_cells& cells) {
    static constexpr auto places = places_of_settable();
    checksum sum;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!checked[i]) continue;
        const auto place = places[i];
        const bool set = place < cells.size() && add_if_set(sum, cells[place]);
        if (!set) (void)row.add_to(sum, static_cast<int>(i));
    }
    return static_cast<std::int64_t>(sum.value());
}

template <class Query>
void bind_cell(Query& to, const cell& value) {
    const auto bind = [&](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
            to.bind_null();
        } else {
            to.bind(held);
        }
    };
    std::visit(bind, value);
}

/// COALESCE keeps what the verdict does not set.
template <class Query>
std::string update_sql() {
    std::string text = "UPDATE records SET ";
    for (const std::string name : settable)
        text += (name == settable.front() ? "" : ", ") + name + " = COALESCE(?, " + name + ")";
    if constexpr (Query::has_checksums) text += ", covered = ?, checksum = ?";
    return text + " WHERE id = ? AND state = ?";
}

} // namespace

template <class Database, class Row>
result<void> update_record(Database& on, const Row& row, const ports::journal_record& record,
    const ports::journal_verdict& verdict, std::int64_t decided_ms) {
    using query = typename Database::statement_type;
    static const std::string sql = update_sql<query>();
    const auto cells = set_by(verdict, decided_ms);
    auto update = on.prepare(sql.c_str());
    for (const auto& one : cells)
        bind_cell(update, one);
    if constexpr (query::has_checksums) {
        update.bind(static_cast<std::int64_t>(columns.size())).bind(checksum_with(row, cells));
    }
    update.bind(static_cast<std::int64_t>(record.id)).bind(static_cast<std::int64_t>(record.state));
    return update.run_one();
}

result<bool> was_begun_here(database& /*on*/, std::uint64_t /*id*/) {
    return true;
}
result<bool> was_begun_here(postgres_database& on, std::uint64_t id) {
    auto asked = on.prepare("SELECT begun_by = current_setting('application_name') FROM records WHERE id = ?");
    asked.bind(static_cast<std::int64_t>(id));
    CIPHERLANE_TRY(const bool row, asked.step());
    return row && asked.integer(0) != 0;
}

#define CIPHERLANE_RECORD_TABLE_ON(Database, Statement)                                                              \
    template bool intact(const Statement&);                                                                          \
    template result<void> read_record(const Statement&, ports::journal_record&);                                     \
    template ports::journal_record read_fields(const Statement&);                                                    \
    template result<std::vector<ports::journal_record>> read_records(Statement&);                                    \
    template result<std::vector<ports::journal_record>> read_batch(                                                  \
        Database&, std::string_view, std::uint32_t, const ledger::record_set&);                                      \
    template result<void> insert_record(Database&, const ports::journal_record&, const std::optional<bytes>&);       \
    template result<void> update_record(                                                                             \
        Database&, const Statement&, const ports::journal_record&, const ports::journal_verdict&, std::int64_t)
CIPHERLANE_RECORD_TABLE_ON(database, statement);
CIPHERLANE_RECORD_TABLE_ON(postgres_database, postgres_statement);
#undef CIPHERLANE_RECORD_TABLE_ON

} // namespace cipherlane::store
