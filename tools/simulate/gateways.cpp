#include "simulate/gateways.hpp"

#include "simulation/gateway_days.hpp"
#include "support/temporary_folder.hpp"

#include <atomic>
#include <exception>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace cipherlane::simulation {
namespace {

/// Of the words of gateways, all that are wished for.
std::vector<std::string> wished(const gateways_wish& wish) {
    std::string all;
    for (const auto word : gateway_words())
        all.append(all.empty() ? "" : ", ").append(word);
    for (const auto& name : wish.names)
        if (!gateway_of_word(name)) throw std::invalid_argument("no gateway " + name + "; these are: " + all);
    if (!wish.names.empty()) return wish.names;
    return {gateway_words().begin(), gateway_words().end()};
}

/// What threads share.
struct shared_state {
    std::atomic<std::size_t> next{0};
    std::mutex mutex; ///< of what follows
    bool clean = true;
    std::exception_ptr failed;
};

void work(const std::vector<std::string>& names, const gateways_wish& wish, shared_state& shared) {
    for (auto at = shared.next++; at < names.size(); at = shared.next++) {
        try {
            const tests::temporary_folder folder;
            gateway_days_wish days;
            days.speaks = *gateway_of_word(names[at]);
            days.codes = days.orders = wish.sales;
            days.seed = wish.seed;
            days.keys = folder.file("keys");
            const auto seen = run_gateway_days(days);
            const std::scoped_lock lock(shared.mutex);
            std::cout << names[at] << ", seed " << wish.seed << ": " << seen << std::endl;
            shared.clean = shared.clean && seen.clean();
        } catch (...) {
            const std::scoped_lock lock(shared.mutex);
            shared.failed = std::current_exception();
            return;
        }
    }
}

} // namespace

bool run_gateways(const gateways_wish& wish) {
    const auto names = wished(wish);
    shared_state shared;
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < wish.jobs; ++i)
        threads.emplace_back([&] { work(names, wish, shared); });
    for (auto& one : threads)
        one.join();
    if (shared.failed) std::rethrow_exception(shared.failed);
    return shared.clean;
}

} // namespace cipherlane::simulation
