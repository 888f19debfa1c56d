#pragma once

#include <cipherlane/hsm/reply.hpp>

#include <mutex>
#include <vector>

namespace cipherlane::hsm {

class reply_shelf {
  public:
    reply_shelf() { free_.reserve(4096); }
    reply_shelf(const reply_shelf&) = delete;
    reply_shelf& operator=(const reply_shelf&) = delete;
    ~reply_shelf();

    [[nodiscard]] static reply_ptr take(
        const std::shared_ptr<reply_shelf>& self, const std::shared_ptr<const profile>& dialect);
    void give_back(reply* used) noexcept;

  private:
    std::mutex guard_;
    std::vector<reply*> free_;
};

} // namespace cipherlane::hsm
