#include "record_table.hpp"

#include "postgres_database.hpp"
#include "sql_list.hpp"
#include "sqlite.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::store {
namespace {

/// In the order in which they were added: a checksum covers the first so many. New ones at the end.
constexpr std::array columns{"id", "terminal_id", "merchant_id", "idempotency_key", "kind", "state", "mti",
    "processing_code", "currency", "decimals", "requested", "approved", "trace", "batch", "entry", "sequence_number",
    "condition_code", "emv", "transaction_code", "field60_rest", "field61", "masked_pan", "original", "host_code",
    "host_text", "reference", "\"authorization\"", "host_date", "host_time", "acquirer", "order_number",
    "reversal_reason", "reversal_sends", "created_date", "created", "decided", "closed", "note", "phase",
    "counterpart", "expires", "chip", "voucher", "instalment", "small_amount", "serial_block", "conversion",
    "converted", "converted_currency", "conversion_rate", "device_before", "arpc_failed", "earlier_sends", "renewals",
    "operator_id", "shift"};

std::chrono::system_clock::time_point from_ms(std::int64_t value) noexcept {
    constexpr std::int64_t furthest = 9'000'000'000'000; // the year 2255: what a damaged record says must fit, too
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(std::clamp(value, -furthest, furthest)));
}

/// What changes after a record's end, many at a time, and loses no money if it is wrong.
constexpr bool checked(std::string_view column) {
    return column != "closed" && column != "reversal_sends";
}

/// Of the first `covered` columns of a row that begins with all of them.
template <class Row>
std::int64_t checksum_of(const Row& row, std::size_t covered) {
    checksum sum;
    for (std::size_t i = 0; i < covered; ++i) {
        if (checked(columns[i])) row.add_to(sum, static_cast<int>(i));
    }
    return static_cast<std::int64_t>(sum.value());
}

/// A value that a record always has is not there: bytes of a cut file that read as nothing sum up like a zero.
template <class Row>
bool lacks_a_value(const Row& row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (row.null(static_cast<int>(i)) && columns[i] != std::string_view("idempotency_key")) return true;
    }
    return false;
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
    if (row.null(behind) || lacks_a_value(row)) return false;
    if constexpr (Row::has_checksums) {
        const auto covered = row.integer(behind);
        if (covered == 0) return true; // written before there were checksums
        if (covered < 0 || covered > static_cast<std::int64_t>(columns.size())) return false;
        return row.integer(behind + 1) == checksum_of(row, static_cast<std::size_t>(covered));
    } else {
        return true;
    }
}

result<void> stamp_record(database& on, std::uint64_t id) {
    static const std::string sql = select_records("WHERE id = ?");
    auto query = on.prepare(sql.c_str());
    query.bind(static_cast<std::int64_t>(id));
    CIPHERLANE_TRY(const bool row, query.step());
    if (!row) return error(store_errc::no_record, layer::store).during("checksum");
    auto update = on.prepare("UPDATE records SET covered = ?, checksum = ? WHERE id = ?");
    update.bind(static_cast<std::int64_t>(columns.size())).bind(checksum_of(query, columns.size()));
    return update.bind(static_cast<std::int64_t>(id)).run();
}

result<void> stamp_record(postgres_database& /*on*/, std::uint64_t /*id*/) {
    return {}; // its pages have checksums of the server's own
}

template <class Row>
result<ports::journal_record> read_record(const Row& row) {
    auto record = read_fields(row);
    if (intact(row)) return record;
    return error(store_errc::record_damaged, layer::store)
        .during("read")
        .with_hint("record " + std::to_string(record.id) + "; cipherlane journal check says what can be read");
}

namespace {

ports::journal_record fields_of(row_reader next) {
    ports::journal_record record;
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
    record.settled = next.number<int>() != 0;
    record.card_sealed = next.number<int>() != 0;
    return record;
}

} // namespace

template <class Row>
ports::journal_record read_fields(const Row& row) {
    const cells_of<Row> cells(row);
    return fields_of(row_reader(cells));
}

template <class Query>
result<std::vector<ports::journal_record>> read_records(Query& query) {
    std::vector<ports::journal_record> records;
    for (;;) {
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return records;
        CIPHERLANE_TRY(auto record, read_record(query));
        records.push_back(std::move(record));
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

/// Of the columns from this one on.
std::string insert_of(std::size_t first) {
    std::string text = "INSERT INTO records(" + joined(first) + ") VALUES (?";
    for (std::size_t i = first + 1; i < columns.size(); ++i)
        text += ",?";
    return text + ")";
}

statement insert_statement(database& on, ports::journal_record& /*record*/) {
    static const std::string sql = insert_of(1);
    return on.prepare(sql.c_str());
}
/// The file gives the number.
std::uint64_t number_of(database& on, const ports::journal_record& /*record*/) {
    return static_cast<std::uint64_t>(on.last_id());
}

/// The number comes first: nobody is asked for it between two statements.
postgres_statement insert_statement(postgres_database& on, ports::journal_record& record) {
    static const std::string sql = insert_of(0);
    auto insert = on.prepare(sql.c_str());
    insert.bind(static_cast<std::int64_t>(record.id));
    return insert;
}
std::uint64_t number_of(postgres_database& /*on*/, const ports::journal_record& record) {
    return record.id;
}

result<std::uint64_t> number_ahead(database& /*on*/) {
    return std::uint64_t{0};
}
result<std::uint64_t> number_ahead(postgres_database& on) {
    return on.next_record_number();
}

} // namespace

template <class Database>
result<void> insert_record(Database& on, ports::journal_record& record) {
    CIPHERLANE_TRY(record.id, number_ahead(on));
    auto insert = insert_statement(on, record);
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
    insert.bind(record.operator_id).bind(record.shift);
    CIPHERLANE_CHECK(insert.run());
    record.id = number_of(on, record);
    return stamp_record(on, record.id);
}

template <class Database>
result<void> update_record(Database& on, const ports::journal_record& record, const ports::journal_verdict& verdict,
    std::int64_t decided_ms) {
    // COALESCE keeps what the verdict does not set.
    auto update =
        on.prepare("UPDATE records SET state = ?, decided = ?, approved = COALESCE(?, approved), "
                   "phase = COALESCE(?, phase), expires = COALESCE(?, expires), renewals = COALESCE(?, renewals), "
                   "arpc_failed = COALESCE(?, arpc_failed), chip = COALESCE(?, chip), "
                   "earlier_sends = COALESCE(?, earlier_sends), "
                   "host_code = COALESCE(?, host_code), host_text = COALESCE(?, host_text), "
                   "reference = COALESCE(?, reference), \"authorization\" = COALESCE(?, \"authorization\"), "
                   "host_date = COALESCE(?, host_date), host_time = COALESCE(?, host_time), "
                   "acquirer = COALESCE(?, acquirer), order_number = COALESCE(?, order_number), "
                   "reversal_reason = COALESCE(?, reversal_reason), note = COALESCE(?, note), "
                   "voucher = COALESCE(?, voucher), masked_pan = COALESCE(?, masked_pan) "
                   "WHERE id = ? AND state = ?");
    update.bind(static_cast<std::int64_t>(verdict.state)).bind(decided_ms);
    const auto set = [&](const auto& value, auto as_stored) {
        if (value) {
            update.bind(as_stored(*value));
        } else {
            update.bind_null();
        }
    };
    const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
    set(verdict.approved, [](const amount& value) { return value.minor(); });
    set(verdict.phase, number);
    set(verdict.expires, to_ms);
    set(verdict.renewals, number);
    set(verdict.arpc_failed, number);
    set(verdict.chip, [](const bytes& value) { return byte_view(value); });
    set(verdict.earlier_sends, number);
    for (const auto* text : {&verdict.host_code, &verdict.host_text, &verdict.reference, &verdict.authorization,
             &verdict.host_date, &verdict.host_time, &verdict.acquirer, &verdict.order_number,
             &verdict.reversal_reason, &verdict.note, &verdict.voucher, &verdict.masked_pan}) {
        set(*text, [](const std::string& value) { return std::string_view(value); });
    }
    update.bind(static_cast<std::int64_t>(record.id)).bind(static_cast<std::int64_t>(record.state));
    CIPHERLANE_CHECK(update.run_one());
    return stamp_record(on, record.id);
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
    template result<ports::journal_record> read_record(const Statement&);                                            \
    template ports::journal_record read_fields(const Statement&);                                                    \
    template result<std::vector<ports::journal_record>> read_records(Statement&);                                    \
    template result<std::vector<ports::journal_record>> read_batch(                                                  \
        Database&, std::string_view, std::uint32_t, const ledger::record_set&);                                      \
    template result<void> insert_record(Database&, ports::journal_record&);                                          \
    template result<void> update_record(                                                                             \
        Database&, const ports::journal_record&, const ports::journal_verdict&, std::int64_t)
CIPHERLANE_RECORD_TABLE_ON(database, statement);
CIPHERLANE_RECORD_TABLE_ON(postgres_database, postgres_statement);
#undef CIPHERLANE_RECORD_TABLE_ON

} // namespace cipherlane::store
