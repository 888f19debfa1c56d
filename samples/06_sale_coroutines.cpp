// The same till as a coroutine: the program does other things while the customer looks for the card. The lane works
// on a thread of its own and completes on the io_context.
//
//     06_sale_coroutines TILL.toml
//
#include <cipherlane/core/core_dumps.hpp>
#include <cipherlane/ports/completion.hpp>
#include <cipherlane/till/till.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

using namespace cipherlane;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

asio::awaitable<int> sell(till& till) {
    // Requests have constructors and are named first: g++ 12 destroys an aggregate inside co_await twice.
    const acquiring::sale_request request("order-4712", amount(5000));
    const auto paid = co_await till.async_sale(request, call(120s), asio::use_awaitable);
    if (paid)
        std::cout << *paid << "\n";
    else
        std::cout << "nothing was sent: " << paid.error() << "\n";
    co_return paid && paid->ok() ? 0 : 1;
}

asio::awaitable<void> greet(unsigned& times) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;; ++times) {
        timer.expires_after(10ms);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

int run(const char* file) {
    forbid_core_dumps().value(); // keys and cards must not end up in one
    auto till = till::open(file, call(20s)).value();
    asio::io_context io;
    unsigned times = 0;
    int code = 2;
    asio::co_spawn(io, greet(times), [](const std::exception_ptr&) {});
    asio::co_spawn(io, sell(till), [&](const std::exception_ptr& failed, int ended) {
        code = failed ? 2 : ended;
        io.stop();
    });
    io.run();
    std::cout << "the program went on meanwhile: " << (times > 0 ? "yes" : "no") << "\n";
    return times > 0 ? code : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2) return run(argv[1]);
        std::cerr << "usage: " << argv[0] << " TILL.toml\n";
    } catch (const error_exception& why) {
        std::cerr << why.what() << "\n";
    }
    return 2;
}
