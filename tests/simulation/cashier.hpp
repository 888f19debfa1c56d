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
    void sell_by_code(const std::string& key, std::int64_t minor);
    void reserve(const std::string& key, std::int64_t minor);
    /// Of a payment that was approved; else nothing is done.
    void undo(const std::string& key, const std::string& original);
    void give_back(const std::string& key, const std::string& original, std::int64_t minor);
    void complete(const std::string& key, const std::string& original, std::int64_t minor);
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

    [[nodiscard]] const std::map<std::string, slip>& slips() const noexcept { return slips_; }
    [[nodiscard]] const std::optional<acquiring::settlement_report>& settled() const noexcept { return settled_; }
    [[nodiscard]] const std::string& last_words() const noexcept { return last_words_; }

    std::function<void(const std::string&)> say; ///< for a timeline

  private:
    using work = std::function<result<acquiring::payment>(acquiring::lane&, const call&)>;
    void perform(const std::string& key, const work& what);
    [[nodiscard]] bool start();
    void note(const std::string& key, const result<acquiring::payment>& end);
    [[nodiscard]] call patience();

    world& world_;
    std::unique_ptr<till_under_test> till_;
    std::map<std::string, slip> slips_;
    std::optional<acquiring::settlement_report> settled_;
    std::string last_words_;
};

} // namespace cipherlane::simulation
