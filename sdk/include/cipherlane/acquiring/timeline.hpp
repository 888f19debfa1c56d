#pragma once

#include <cipherlane/acquiring/stage.hpp>
#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/error.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::acquiring {

/// Who speaks or is spoken to.
enum class party : std::uint8_t { till, pinpad, display, host, gateway, journal, terminal };

[[nodiscard]] std::string_view to_string(party value) noexcept;

/// One thing that happened in the flow. No secret: the PAN is masked, keys and PINs have no member.
struct timeline_entry {
    std::chrono::system_clock::time_point when{};
    std::string terminal_id;
    party from = party::till;
    party to = party::till;
    std::string what;   ///< "sale 0200", "show QR", "verdict durable"
    std::string result; ///< "approved 00", "link lost", empty while it is only said
    std::optional<amount> total;
    std::optional<std::uint32_t> trace;
    std::string masked_pan;
};

/// One line for people: "09:31:20 till -> host  sale 0200  12.34  trace 000003  621234******0017  ".
std::ostream& operator<<(std::ostream& out, const timeline_entry& entry);

/// What a person must know about.
enum class alert_kind : std::uint8_t {
    aged_reversal,      ///< a pending reversal is from an earlier business day; it is still tried, never dropped
    reversal_refused,   ///< the host's answer to a reversal does not prove that it was undone
    reversal_no_answer, ///< all sends went unanswered; the terminal is blocked
    refund_unknown,     ///< a refund left and no answer came: it cannot be reversed
    order_unknown,      ///< a QR order whose state the gateway does not tell, or of which it contradicts the journal
    untold_verdict,     ///< decided, but the till may have ended before anybody was told
    journal_failed,     ///< a verdict could not be made durable
    orphaned_record,    ///< not decided, and of another host, gateway or terminal than the settings name now
    paid_after_close,   ///< a code was paid after the till had told that it was not
    paid_twice,         ///< a second payer has paid a code that was paid: somebody must get their money back
    unknown_notice,     ///< the gateway speaks of an order that the journal does not have
    advice_refused,     ///< the host refuses what the till has done already
    advice_aged,        ///< what the till did on an earlier day is not told to the host yet; it is still tried
    update_wanted,      ///< the host asks for a remote update of the terminal (TMS): the application's to do
    terminal_unknown,   ///< a payment terminal does not say what became of what it was asked for
    return_refused,     ///< the gateway does not give back a payment that its order did not want
    other_total,        ///< a payment terminal has carried out something of another total than it was asked for
    settlement_overdue, ///< the hour set for it has passed, and the batch is open; the record names the batch alone
    host_ahead,         ///< a sign-in's answer names a later batch than the open one; the record names the host's
};

[[nodiscard]] std::string_view to_string(alert_kind value) noexcept;

struct alert {
    alert_kind kind;
    ports::journal_record record;
    std::uint64_t notice = 0; ///< a gateway's word that waits for `lane::acknowledge_notice`; 0: none
};

/// Watches a lane: for a till's screen, for logs, for a failed test. Called on the lane's own thread, which waits: it
/// must return soon (post to an executor of your own), must not throw, and gets `own_thread` for a blocking flow.
class timeline {
  public:
    timeline() = default;
    timeline(const timeline&) = delete;
    timeline& operator=(const timeline&) = delete;
    virtual ~timeline() = default;
    virtual void on_entry(const timeline_entry& entry) noexcept = 0;
    virtual void on_alert(const alert& what) noexcept = 0;
    /// The trade under way has come to a stage, for the till's screen; the same one again where it begins anew.
    virtual void on_stage(const stage_event& what) noexcept { static_cast<void>(what); }
};

/// Keeps everything, to be shown later. May be read from any thread.
class recorded_timeline final : public timeline {
  public:
    recorded_timeline();
    ~recorded_timeline() override;
    void on_entry(const timeline_entry& entry) noexcept override;
    void on_alert(const alert& what) noexcept override;
    void on_stage(const stage_event& what) noexcept override;
    [[nodiscard]] std::vector<timeline_entry> entries() const;
    [[nodiscard]] std::vector<alert> alerts() const;
    [[nodiscard]] std::vector<stage_event> stages() const;
    /// All entries, a line each.
    [[nodiscard]] std::string to_string() const;

  private:
    struct kept;
    std::unique_ptr<kept> kept_;
};

} // namespace cipherlane::acquiring
