#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cipherlane::tests {

/// The books of a simulated acquirer and gateway. Plain memory, so that it can be shared with a process that is
/// killed.
struct fake_ledger {
    struct trade {
        std::uint32_t batch;
        std::uint32_t trace;
        std::int64_t amount;
        std::uint32_t original; ///< trace of the sale that a void or refund undoes
        char kind;  ///< 'S' sale, 'V' void, 'R' refund, 'P' pre-authorisation, 'W' its void, 'C' completion, 'X' its
                    ///< void
        char state; ///< 'A' approved, 'V' voided, 'R' reversed, 'D' declined, 'T' never seen, refused if it comes
    };
    struct order {
        char number[40];
        std::int64_t amount;
        std::int64_t refunded;
        char state; ///< 'W' waiting, 'A' the payer is at it, 'P' paid, 'C' cancelled, 'B' paid and given back by the
                    ///< gateway itself
    };

    std::array<trade, 512> trades{};
    std::uint32_t trade_count = 0;
    std::array<order, 64> orders{};
    std::atomic<std::uint32_t> order_count{0}; ///< those that are whole: a test may watch them come
    std::uint32_t settled_batches = 0;
    std::uint32_t uploads = 0;
    std::uint32_t messages = 0;
    std::uint32_t duplicates = 0; ///< trades that came twice

    [[nodiscard]] trade* find(std::uint32_t batch, std::uint32_t trace) {
        for (std::uint32_t i = 0; i < trade_count; ++i) {
            if (trades[i].batch == batch && trades[i].trace == trace) return &trades[i];
        }
        return nullptr;
    }
    [[nodiscard]] order* find_order(std::string_view number) {
        for (std::uint32_t i = 0; i < order_count; ++i) {
            if (number == orders[i].number) return &orders[i];
        }
        return nullptr;
    }
    /// Money that is reserved and neither taken nor set free.
    [[nodiscard]] std::int64_t reserved() const {
        std::int64_t sum = 0;
        for (std::uint32_t i = 0; i < trade_count; ++i) {
            if (trades[i].state == 'A' && trades[i].kind == 'P') sum += trades[i].amount;
        }
        return sum;
    }
    /// Money that the cardholders have paid, net.
    [[nodiscard]] std::int64_t taken() const {
        std::int64_t sum = 0;
        for (std::uint32_t i = 0; i < trade_count; ++i) {
            const bool pays = trades[i].kind == 'S' || trades[i].kind == 'C';
            if (trades[i].state == 'A' && pays) sum += trades[i].amount;
            if (trades[i].state == 'A' && trades[i].kind == 'R') sum -= trades[i].amount;
        }
        for (std::uint32_t i = 0; i < order_count; ++i) {
            if (orders[i].state == 'P') sum += orders[i].amount - orders[i].refunded;
        }
        return sum;
    }
};

} // namespace cipherlane::tests
