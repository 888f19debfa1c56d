#pragma once

#include "lane/demo_till.hpp"
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"

#include <string>

namespace cipherlane::sim {

/// The day of a till against the simulators, step by step, with a check behind each step. A check that fails is told
/// and counted; the day goes on.
class working_day {
  public:
    /// Pictures and receipts go to `folder`.
    working_day(simulators& around, till& at, narrator& tell, std::string folder);

    void sign_in();
    acquiring::payment card_sale(const std::string& key, amount total, const demo_card& card, const std::string& pin);
    void declined_sales();
    void void_a_sale();
    void qr_sale();
    void refund_part(const acquiring::payment& sale);
    /// A sale whose answer the host does not send: both sides must end with a reversal.
    void lost_answer();
    /// One fault of the host during a sale, then a sale without it.
    void sale_with_fault(const std::string& kind);
    void settle();
    /// Till's books beside the host's; true if every line agrees.
    void compare();

    /// A stay at a hotel: reserved, taken, and a guest who does not come.
    void hotel();
    /// What the host's table of amounts lets a cashier see.
    void table_of_amounts();
    /// A code that is paid although it was given up.
    void late_payer();
    /// Everything of a short day, in this order.
    void run();
    /// The same, and the three above.
    void run_full();
    [[nodiscard]] int failures() const noexcept { return failures_; }

  private:
    void open_day();
    void close_day();
    void expect(const char* what, bool holds);
    void write_receipt(const acquiring::payment& what);
    /// A picture of the display as it is; the texts of the codes that zxing-cpp reads from it.
    std::vector<std::string> picture(const std::string& name);
    std::string wait_for_code();
    bool notice_taken_since(std::uint64_t taken_before);

    simulators& around_;
    till& at_;
    narrator& tell_;
    std::string folder_;
    acquiring::payment first_;
    int pictures_ = 0;
    int failures_ = 0;
};

} // namespace cipherlane::sim
