#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/drivers/display/plate/code_plate.hpp>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What plates are given, and which of them has fetched it: the server without its sockets. Thread-safe.
class plate_desk {
  public:
    struct content {
        std::string code;
        std::string amount;
        std::string payee;
        std::string_view outcome = "idle";
    };
    struct answer {
        unsigned status = 200;
        std::string body;
    };

    explicit plate_desk(code_plate_profile profile);

    /// What a plate gets for a request.
    [[nodiscard]] answer serve(std::string_view path, std::string_view body);

    /// Gives a content to all plates and waits until each has it.
    /// @return `no_answer` naming the plate that has not come; nobody gets the content then.
    [[nodiscard]] result<void> give(content what, const call& bounds);
    /// Waits until each plate has asked once more.
    [[nodiscard]] result<void> hear(const call& bounds);

  private:
    struct plate {
        std::uint64_t fetched = 0;  ///< the content that it was given last
        std::uint64_t asked = 0;    ///< how often it has asked
        std::uint64_t heard_at = 0; ///< of that, before `hear` was called
    };
    [[nodiscard]] std::string written() const;
    template <class Test>
    [[nodiscard]] result<void> wait_for(std::unique_lock<std::mutex>& held, const call& bounds, Test test);

    const code_plate_profile profile_;
    std::mutex mutex_;
    std::condition_variable_any fetched_;
    std::map<std::string, plate, std::less<>> plates_;
    content now_;
    std::uint64_t number_ = 1;
};

} // namespace cipherlane::drivers
