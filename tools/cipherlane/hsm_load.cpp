#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/hsm/pool.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>
#include <vector>

namespace cipherlane::cli {
namespace {

using bench_clock = std::chrono::steady_clock;

struct figures {
    std::vector<std::uint32_t> microseconds;
    std::size_t failed = 0;
    error last;
};

void print_percentile(std::vector<std::uint32_t>& sorted, double part) {
    const auto at = std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())));
    std::printf("  p%-5g %8u us\n", part * 100, sorted[at]);
}

void write_metrics(const std::string& text, const std::string& file) {
    if (file.empty()) return;
    if (file == "-") {
        std::cout << text;
        return;
    }
    std::ofstream out(file);
    out << text;
    if (out.flush()) return;
    std::cerr << "cipherlane: cannot write " << file << "\n";
    throw CLI::RuntimeError(1);
}

} // namespace

void bench(const bench_options& how) {
    auto settings = how.to.settings();
    hsm::key tak;
    {
        hsm::client unit(settings);
        auto made = unit.generate_key(hsm::generate_key_request(hsm::key_type::tak), how.to.bounds());
        if (!made) give_up(made.error(), &unit.dialect());
        tak = made->under_lmk;
    }
    boost::asio::io_context io(1);
    hsm::pool_settings pooled;
    pooled.units = {settings.at};
    pooled.dialect = settings.dialect;
    pooled.tls = settings.tls;
    pooled.connections = how.connections;
    pooled.in_flight = how.in_flight;
    auto pool = hsm::pool::create(io.get_executor(), pooled);
    if (!pool) give_up(pool.error());

    const hsm::make_mac_request request(
        hsm::key_type::tak, tak, hsm::mac_algorithm::x99, as_bytes("sixteen bytes of"));
    figures seen;
    const auto end = bench_clock::now() + std::chrono::seconds(how.seconds);
    std::size_t under_way = 0;
    std::function<void()> again = [&] {
        if (bench_clock::now() >= end) {
            if (--under_way == 0) io.stop();
            return;
        }
        const auto start = bench_clock::now();
        (*pool)->async_make_mac(
            request, call(std::chrono::seconds(10)), [&, start](const result<hsm::mac_result>& made) {
                const auto took = std::chrono::duration_cast<std::chrono::microseconds>(bench_clock::now() - start);
                if (made) {
                    seen.microseconds.push_back(static_cast<std::uint32_t>(took.count()));
                } else {
                    ++seen.failed;
                    seen.last = made.error();
                }
                again();
            });
    };
    const auto width = settings.dialect->frame.correlates ? how.connections * how.in_flight : how.connections;
    for (under_way = 0; under_way < width;) {
        ++under_way;
        again();
    }
    io.run();
    if (seen.microseconds.empty()) give_up(seen.last, settings.dialect.get());
    std::sort(seen.microseconds.begin(), seen.microseconds.end());
    std::printf("%zu MACs in %u s: %.0f a second, %zu failed\n", seen.microseconds.size(), how.seconds,
        static_cast<double>(seen.microseconds.size()) / how.seconds, seen.failed);
    for (const double part : {0.5, 0.9, 0.99, 0.999}) {
        print_percentile(seen.microseconds, part);
    }
    io.restart();
    std::string page;
    {
        const std::jthread runner([&io] { io.run(); });
        page = hsm::to_prometheus((*pool)->stats());
        (*pool)->close();
    }
    write_metrics(page, how.metrics);
}

} // namespace cipherlane::cli
