#pragma once

#include "handles.hpp"

#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cipherlane::c {

class hsm_thing final : public object {
  public:
    static constexpr kind what = kind::hsm;
    static constexpr access how = access::shared;
    hsm_thing(std::unique_ptr<hsm::pool> made, std::size_t how_many)
        : pool(std::move(made))
        , units(how_many) {}
    void close() noexcept override { pool->close(); }
    std::unique_ptr<hsm::pool> pool;
    const std::size_t units; ///< of the settings
};

/// Named values that an operation gave: copies, wiped.
class reply_fields {
  public:
    void add(std::string_view name, byte_view value) { all_.emplace_back(name, secret_bytes(value)); }
    void add(std::string_view name, std::string_view text) { add(name, as_bytes(text)); }
    /// Null where there is none.
    [[nodiscard]] const secret_bytes* find(std::string_view name) const noexcept;
    /// A line each.
    [[nodiscard]] std::string names() const;

  private:
    std::vector<std::pair<std::string, secret_bytes>> all_;
};

class reply_thing final : public object {
  public:
    static constexpr kind what = kind::hsm_reply;
    static constexpr access how = access::exclusive;
    explicit reply_thing(reply_fields given)
        : fields(std::move(given)) {}
    reply_fields fields;
};

} // namespace cipherlane::c
