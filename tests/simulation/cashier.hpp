#pragma once

#include "simulation/till_under_test.hpp"
#include "simulation/world.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// What the till has said of a payment, once.
struct telling {
    std::optional<acquiring::verdict> outcome; ///< nothing: an error, by which no money has moved
    std::int64_t approved = 0;
    std::uint64_t handle = 0;
    std::uint32_t attempt = 0; ///< how often the cashier had begun it by then
    std::string words;
};

/// What the cashier has on paper about a payment.
struct slip {
    std::string original; ///< the key of the payment that it undoes
    std::uint32_t attempts = 0;
    bool in_calm = false; ///< begun when nothing went wrong any more
    std::vector<telling> told;

    [[nodiscard]] const telling* last() const { return told.empty() ? nullptr : &told.back(); }
    [[nodiscard]] bool paid() const { return !told.empty() && told.back().outcome == acquiring::verdict::approved; }
};

/// What the till has said of a batch in the end.
struct settled_batch {
    acquiring::settlement_result host = acquiring::settlement_result::host_error;
    std::string terminal;
    std::uint32_t batch = 0;
};

/// Whoever works at the till: runs payments under keys of their own, starts the till again when the power is back and
/// recovers, keeps what was said.
class cashier {
  public:
    /// With what was told before.
    explicit cashier(world& in, std::map<std::string, slip> before = {});
    cashier(const cashier&) = delete;
    cashier& operator=(const cashier&) = delete;
    ~cashier();

    void sign_in();
    void sell(const std::string& key, std::int64_t minor);
    /// Somebody at the second terminal sells, once so much time has passed: in the midst of what happens then at this
    /// one, wherever somebody waits.
    void sell_beside(const std::string& key, std::int64_t minor, std::chrono::milliseconds after);
    /// Until nobody works beside any more.
    void wait_for_others();
    void sell_by_code(const std::string& key, std::int64_t minor);
    void reserve(const std::string& key, std::int64_t minor);
    /// Of a payment that was approved; else nothing is done.
    void undo(const std::string& key, const std::string& original);
    void give_back(const std::string& key, const std::string& original, std::int64_t minor);
    void complete(const std::string& key, const std::string& original, std::int64_t minor);
    /// A trade of any kind, for another that was approved where it names one; what else it needs is made up.
    void run(ports::trade kind, const std::string& key, std::int64_t minor, const std::string& original = {});
    /// Of the journal, as it lies on the disk after an orderly end.
    void keep_copy();
    /// Somebody puts the copy in the journal's place; the till's mark is not of it.
    void bring_back_copy();
    /// Until it is done or somebody must look.
    void settle();

    /// The till as it stands, started where it is off; null if it cannot be started.
    [[nodiscard]] till_under_test* till();
    /// Ends it without power, and starts it again.
    void cut_power(fault how);
    /// Ends it as one does in the evening.
    void end() { till_.reset(); }
    /// Asks it for everything that is not decided or may not have been told.
    void recover();

    /// How those behave who come now, where that is drawn, too.
    [[nodiscard]] manners& people() noexcept { return world_.people; }
    /// What comes next, where that is drawn.
    [[nodiscard]] chance& day() noexcept { return world_.day; }
    [[nodiscard]] const std::map<std::string, slip>& slips() const noexcept { return slips_; }
    /// The last settlement of each terminal; empty if there was none.
    [[nodiscard]] const std::vector<settled_batch>& settled() const noexcept { return settled_; }
    [[nodiscard]] const std::string& last_words() const noexcept { return last_words_; }

    std::function<void(const std::string&)> say; ///< for a timeline

  private:
    using work = std::function<result<acquiring::payment>(acquiring::lane&, const call&)>;
    void perform(const std::string& key, const work& what);
    [[nodiscard]] bool was_paid(const std::string& key) const;
    [[nodiscard]] bool start();
    void start_again();
    void note(const std::string& key, const result<acquiring::payment>& end, std::size_t terminal);
    void work_beside(const std::string& key, std::int64_t minor);
    [[nodiscard]] bool settle(std::size_t terminal);
    [[nodiscard]] call patience();
    /// Where in a cashier's work the till is started again.
    enum class place : std::uint8_t { at_work, giving_up, signing_in, settling, closing };
    void stand(place where, int tries);
    /// The power is back: from here on what happens is drawn anew, from how things stand.
    void begin_anew();

    world& world_;
    std::unique_ptr<till_under_test> till_;
    std::map<std::string, slip> slips_;
    std::vector<settled_batch> settled_;
    disk::image copy_;
    int beside_ = 0; ///< how many are to be sold there yet
    std::string last_words_;
    std::uint64_t errands_ = 0;   ///< how many have been begun
    std::uint64_t stands_at_ = 0; ///< in the last one
    std::uint64_t starts_ = 0;    ///< there
};

} // namespace cipherlane::simulation
