#include "simkit/program.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/prctl.h>
#include <unistd.h>

namespace cipherlane::sim {

logger start_log(std::string_view program, std::string_view about) {
    logger log;
    log.info(program, "TEST KEYS, for tests only: " + std::string(about));
    return log;
}

int cannot_start(std::string_view program, std::string_view why) {
    std::cerr << program << ": " << why << std::endl;
    return 2;
}

void die_with_parent() {
    const pid_t parent = ::getppid();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) std::exit(0); // it ended in between
}

void announce(std::string_view what, std::string_view where) {
    std::cout << what << " on " << where << std::endl;
}

void announce_port(std::string_view what, std::uint16_t port) {
    announce(what, "127.0.0.1:" + std::to_string(port));
}

int run_until_signal(boost::asio::io_context& on, const logger& log) {
    boost::asio::signal_set signals(on, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code failed, int) {
        if (failed) return;
        log.info("program", "stopped by signal");
        on.stop();
    });
    on.run();
    return 0;
}

} // namespace cipherlane::sim
