#include "small_database.hpp"

#include <cipherlane/store/receipt_queue.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::store {
namespace {

// "CPLP": marks the file as a queue of prints. Slips whose stage is 0 wait, of 1 some may be on paper, 2 are printed.
constexpr std::int64_t queue_id = 0x43504C50;
constexpr const char* queue_schema = R"sql(
CREATE TABLE prints(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    stage INTEGER NOT NULL,
    again INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX prints_by_name ON prints(name);
CREATE INDEX prints_to_do ON prints(id) WHERE stage < 2;
PRAGMA application_id=1129335888;
PRAGMA user_version=1;
)sql";
static_assert(queue_id == 1129335888);
constexpr small_database::kind prints{"receipt queue", queue_id, 1, queue_schema};

constexpr std::int64_t kept_names = 50'000; ///< so many slips later a name counts as new again

enum slip_stage : std::int64_t { waits = 0, begun = 1, printed = 2 };

result<void> forget_old_names(database& on, std::int64_t last) {
    auto change = on.prepare("DELETE FROM prints WHERE stage=2 AND id<?");
    return change.bind(last - kept_names).run();
}

result<std::uint64_t> insert_slip(
    database& on, std::string_view name, const ports::print_job& job, std::int64_t again) {
    auto change = on.prepare("INSERT INTO prints(name, stage, again, heading, text) VALUES(?, 0, ?, ?, ?)");
    CIPHERLANE_CHECK(change.bind(name).bind(again).bind(job.heading).bind(job.text).run());
    return static_cast<std::uint64_t>(on.last_id());
}

result<std::uint64_t> add_slip(database& on, std::string_view name, const ports::print_job& job) {
    auto query = on.prepare("SELECT id, stage FROM prints WHERE name=? ORDER BY id DESC LIMIT 1");
    query.bind(name);
    CIPHERLANE_TRY(const bool known, query.step());
    if (!known) return insert_slip(on, name, job, 0);
    const auto id = query.integer(0);
    const auto stage = query.integer(1);
    if (stage == printed) return insert_slip(on, name, job, 1);
    if (stage == waits) {
        auto change = on.prepare("UPDATE prints SET heading=?, text=? WHERE id=?");
        CIPHERLANE_CHECK(change.bind(job.heading).bind(job.text).bind(id).run());
    }
    return static_cast<std::uint64_t>(id);
}

} // namespace

namespace {

/// On a file beside the queue's, for its whole life: two tills that print from one queue print a slip twice. It goes
/// with the process. Not on the queue's own file: closing a descriptor of that would take SQLite's locks.
class queue_lock {
  public:
    [[nodiscard]] static result<queue_lock> take(const std::string& queue) {
        const auto path = queue + ".lock";
        queue_lock made(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (made.descriptor_ < 0)
            return error(store_errc::cannot_open, layer::store).during(prints.operation).at_endpoint(path);
        if (::flock(made.descriptor_, LOCK_EX | LOCK_NB) != 0)
            return error(store_errc::in_use, layer::store)
                .during(prints.operation)
                .at_endpoint(path)
                .with_hint("expected a queue of its own for each till: printer.queue_file");
        return made;
    }
    queue_lock(queue_lock&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    queue_lock& operator=(queue_lock&&) = delete;
    ~queue_lock() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

  private:
    explicit queue_lock(int descriptor) noexcept
        : descriptor_(descriptor) {}
    int descriptor_;
};

} // namespace

struct receipt_queue::state {
    queue_lock lock; ///< first: it goes last
    small_database file;
};

receipt_queue::receipt_queue(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
receipt_queue::~receipt_queue() = default;

result<std::unique_ptr<receipt_queue>> receipt_queue::open(const std::string& path, const call& bounds) {
    CIPHERLANE_TRY(auto lock, queue_lock::take(path));
    CIPHERLANE_TRY(auto opened, small_database::open(path, prints, bounds));
    return std::unique_ptr<receipt_queue>(
        new receipt_queue(std::make_unique<state>(state{std::move(lock), std::move(opened)})));
}

result<std::uint64_t> receipt_queue::add(std::string_view name, const ports::print_job& job, const call& bounds) {
    return state_->file.within(bounds, [&](database& on) -> result<std::uint64_t> {
        transaction whole(on);
        CIPHERLANE_CHECK(whole.begin());
        CIPHERLANE_TRY(const auto id, add_slip(on, name, job));
        CIPHERLANE_CHECK(forget_old_names(on, static_cast<std::int64_t>(id)));
        CIPHERLANE_CHECK(whole.commit());
        return id;
    });
}

result<std::optional<ports::queued_print>> receipt_queue::next(const call& bounds) {
    return state_->file.within(bounds, [](database& on) -> result<std::optional<ports::queued_print>> {
        auto query =
            on.prepare("SELECT id, name, stage, again, heading, text FROM prints WHERE stage<2 ORDER BY id LIMIT 1");
        CIPHERLANE_TRY(const bool row, query.step());
        if (!row) return std::optional<ports::queued_print>();
        ports::queued_print found;
        found.id = static_cast<std::uint64_t>(query.integer(0));
        found.name = query.text(1);
        const bool again = query.integer(2) == begun || query.integer(3) != 0;
        found.carries = again ? ports::print_report::mark::reprint : ports::print_report::mark::none;
        found.job.heading = query.text(4);
        found.job.text = query.text(5);
        return std::optional(std::move(found));
    });
}

result<void> receipt_queue::begin(std::uint64_t id, const call& bounds) {
    return state_->file.within(bounds, [id](database& on) -> result<void> {
        auto change = on.prepare("UPDATE prints SET stage=1 WHERE id=? AND stage<2");
        return change.bind(static_cast<std::int64_t>(id)).run_one(); // who finds it printed must not print it
    });
}

result<void> receipt_queue::done(std::uint64_t id, const call& bounds) {
    return state_->file.within(bounds, [id](database& on) -> result<void> {
        auto change = on.prepare("UPDATE prints SET stage=2, heading='', text='' WHERE id=?");
        return change.bind(static_cast<std::int64_t>(id)).run();
    });
}

result<std::size_t> receipt_queue::waiting(const call& bounds) {
    return state_->file.within(bounds, [](database& on) -> result<std::size_t> {
        auto query = on.prepare("SELECT count(*) FROM prints WHERE stage<2");
        CIPHERLANE_TRY(const bool row, query.step());
        return row ? static_cast<std::size_t>(query.integer(0)) : 0U;
    });
}

} // namespace cipherlane::store
