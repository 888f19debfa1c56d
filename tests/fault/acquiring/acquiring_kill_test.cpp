// A till is killed before and after each durable journal operation of a small working day, started again over the
// same file, and repeats its day with the same keys. Host, gateway and till must agree, and nobody may have been
// charged twice.

#include "support/lane/lane_rig.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;

/// What the outside world knows: the books, and what the till has told its cashier.
struct outside {
    fake_ledger books;
    int told[8];
};

class shared_world {
  public:
    shared_world()
        : memory_(::mmap(nullptr, sizeof(outside), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory");
        world_ = new (memory_) outside{};
    }
    shared_world(const shared_world&) = delete;
    shared_world& operator=(const shared_world&) = delete;
    ~shared_world() { ::munmap(memory_, sizeof(outside)); }
    [[nodiscard]] outside& get() const { return *world_; }

  private:
    void* memory_;
    outside* world_;
};

constexpr int not_told = 0;
int mark_of(verdict outcome) {
    return 1 + static_cast<int>(outcome);
}
int mark_of(const result<acquiring::payment>& end) {
    return end ? mark_of(end->outcome) : not_told;
}
/// A sale that was approved may have been voided since.
bool same_words(int before, int now) {
    return now == before || (before == mark_of(verdict::approved) && now == mark_of(verdict::voided));
}

/// Two card sales, a void, a refund, a QR sale, a settlement.
void work_a_day(lane_rig& rig, int (&told)[8]) {
    rig.gateway.pays = fake_gateway::payer::before_query;
    const auto a = rig.sell("a", 1000);
    told[0] = mark_of(a);
    rig.host.mood.answer_lost = true; // this one must be reversed
    rig.host.mood.spoiled_answers = 1;
    told[1] = mark_of(rig.sell("b", 2000));
    rig.host.mood = host_mood();
    const auto c = rig.sell("c", 4000);
    told[2] = mark_of(c);
    if (a && (a->ok() || a->outcome == verdict::voided)) told[3] = mark_of(rig.undo("void a", a->handle));
    if (c && c->ok()) told[4] = mark_of(rig.give_back("refund c", c->handle, 500));
    told[5] = mark_of(rig.sell_by_code("code", 8000));
    told[6] = rig.settle() ? 1 : not_told;
}

bool durable(std::string_view operation) {
    for (const char* name : {"begin", "decide", "take_trace", "save_sign_in", "save_settlement", "close_batch"}) {
        if (operation == std::string("store ").append(name)) return true;
    }
    return false;
}

/// Runs the day in a process that dies at the `kill_at`-th chance; true if it lived to the end.
bool lives_through(outside& world, const std::string& path, int kill_at) {
    const pid_t child = ::fork();
    if (child == 0) {
        lane_rig rig(rig_settings(), &world.books, path);
        int chances = 0;
        rig.guarded->around = [&](faulty_store::moment, std::string_view operation) {
            if (durable(operation) && ++chances == kill_at) ::kill(::getpid(), SIGKILL);
        };
        work_a_day(rig, world.told);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Kill, AtEveryJournalOperationLosesNothing) {
    for (int kill_at = 1;; ++kill_at) {
        SCOPED_TRACE("killed at chance " + std::to_string(kill_at));
        const memory_folder folder;
        const shared_world world;
        auto& books = world.get().books;
        const bool lived = lives_through(world.get(), folder.file("till.db"), kill_at);

        lane_rig rig(rig_settings(), &books, folder.file("till.db"));
        const auto recovered = rig.recover();
        ASSERT_TRUE(recovered) << recovered.error();
        int before[8];
        std::copy(std::begin(world.get().told), std::end(world.get().told), std::begin(before));
        int told[8] = {};
        work_a_day(rig, told);
        for (int i = 0; i < 6; ++i) {
            // A void or refund that was told stays told; what had been told is told again in the same words.
            if (before[i] != not_told && told[i] != not_told) {
                EXPECT_TRUE(same_words(before[i], told[i])) << "step " << i << ": " << before[i] << ", " << told[i];
            }
        }
        EXPECT_EQ(books.duplicates, 0U);
        // A refund that died between host and journal is the one thing that only a person can decide.
        const auto open = rig.journal->open_records("TEST0001", soon()).value();
        const auto difference = rig.booked() - books.taken();
        if (open.empty()) {
            EXPECT_EQ(difference, 0);
        } else {
            ASSERT_EQ(open.size(), 1U);
            EXPECT_EQ(open[0].kind, ports::trade::refund);
            EXPECT_TRUE(difference == 0 || difference == 500) << difference;
        }
        if (testing::Test::HasFailure()) {
            std::cerr << rig.seen.to_string();
            return;
        }
        if (lived) {
            EXPECT_GT(kill_at, 30) << "the day had fewer chances than it should";
            return;
        }
    }
}

} // namespace
} // namespace cipherlane::tests
