// How many PIN translations a second the simulated cipher machine answers, and what it spends on each.
//
// The simulator runs as a process of its own, the load client in this one. The client checks every answer against
// bytes that were computed beforehand with OpenSSL alone: nothing of the simulator's code is used here.
#include <openssl/evp.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using key16 = std::array<std::uint8_t, 16>;
using block8 = std::array<std::uint8_t, 8>;

constexpr std::size_t key_pairs = 1000;
constexpr std::size_t pin_blocks = 10'000;
constexpr int connections = 32;
constexpr int in_flight = 4;
constexpr std::chrono::seconds duration{4};

[[noreturn]] void stop(const char* why) {
    std::fprintf(stderr, "hsm_sim_bench: %s\n", why);
    std::exit(2);
}

/// One EVP context for two-key 3DES, its key set anew for each use, as the raw work of a PIN translation needs it.
class two_key_des {
  public:
    explicit two_key_des(int encrypting)
        : context_(EVP_CIPHER_CTX_new())
        , encrypting_(encrypting) {
        if (EVP_CipherInit_ex(context_, EVP_des_ede_ecb(), nullptr, nullptr, nullptr, encrypting) != 1) stop("EVP");
        EVP_CIPHER_CTX_set_padding(context_, 0);
    }
    two_key_des(const two_key_des&) = delete;
    two_key_des& operator=(const two_key_des&) = delete;
    ~two_key_des() { EVP_CIPHER_CTX_free(context_); }

    void set_key(const std::uint8_t* key) {
        EVP_CipherInit_ex(context_, nullptr, nullptr, key, nullptr, encrypting_);
    }
    void run(const std::uint8_t* in, std::uint8_t* out, int size = 8) {
        int written = 0;
        EVP_CipherUpdate(context_, out, &written, in, size);
    }

  private:
    EVP_CIPHER_CTX* context_;
    int encrypting_;
};

std::string hex(const std::uint8_t* data, std::size_t size) {
    std::string text;
    char two[3];
    for (std::size_t i = 0; i < size; ++i) {
        std::snprintf(two, sizeof two, "%02X", data[i]);
        text += two;
    }
    return text;
}

void make_odd(key16& key) {
    for (auto& byte : key) {
        if (__builtin_popcount(byte) % 2 == 0) byte ^= 1U;
    }
}

/// The published test key of a pair, with the variants of the two parts of a U key.
std::string under_lmk(const key16& lmk, const key16& key) {
    key16 wrapped{};
    two_key_des cipher(1);
    for (std::size_t part = 0; part < 2; ++part) {
        key16 variant = lmk;
        variant[8] ^= part == 0 ? 0xA6 : 0x5A;
        cipher.set_key(variant.data());
        cipher.run(key.data() + 8 * part, wrapped.data() + 8 * part);
    }
    return "U" + hex(wrapped.data(), wrapped.size());
}

/// A request's body behind the header, and the body of its one right answer.
struct exchange {
    std::string request;
    std::string answer;
};

std::vector<exchange> make_translations() {
    const key16 terminal_lmk{0xE0, 0xE0, 1, 1, 1, 1, 1, 1, 0xF1, 0xF1, 1, 1, 1, 1, 1, 1};
    key16 zone_lmk{};
    std::fill_n(zone_lmk.begin(), 8, 0x61);
    std::fill_n(zone_lmk.begin() + 8, 8, 0x70);
    struct pair {
        key16 terminal, zone;
        std::string terminal_field, zone_field;
    };
    std::mt19937_64 random(20260101);
    const auto fresh = [&] {
        key16 key{};
        for (auto& byte : key)
            byte = static_cast<std::uint8_t>(random());
        make_odd(key);
        return key;
    };
    std::vector<pair> pairs(key_pairs);
    for (auto& each : pairs) {
        each.terminal = fresh();
        each.zone = fresh();
        each.terminal_field = under_lmk(terminal_lmk, each.terminal);
        each.zone_field = under_lmk(zone_lmk, each.zone);
    }
    std::vector<exchange> all(pin_blocks);
    two_key_des cipher(1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& keys = pairs[i % pairs.size()];
        const auto pin = static_cast<unsigned>(random() % 10'000);
        char account[13];
        std::snprintf(
            account, sizeof account, "%012llu", static_cast<unsigned long long>(random() % 1'000'000'000'000ULL));
        block8 clear{0x04, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
        clear[1] = static_cast<std::uint8_t>(((pin / 1000) << 4U) | (pin / 100 % 10));
        clear[2] = static_cast<std::uint8_t>(((pin / 10 % 10) << 4U) | (pin % 10));
        for (std::size_t k = 0; k < 6; ++k) {
            clear[2 + k] ^= static_cast<std::uint8_t>(((account[2 * k] - '0') << 4) | (account[2 * k + 1] - '0'));
        }
        block8 from{};
        block8 to{};
        cipher.set_key(keys.terminal.data());
        cipher.run(clear.data(), from.data());
        cipher.set_key(keys.zone.data());
        cipher.run(clear.data(), to.data());
        all[i].request = "CA" + keys.terminal_field + keys.zone_field + "12" + hex(from.data(), 8) + "0101" + account;
        all[i].answer = "CB0004" + hex(to.data(), 8) + "01";
    }
    return all;
}

std::string frame(std::string_view header, std::string_view body) {
    const auto length = header.size() + body.size();
    std::string out{static_cast<char>(length >> 8U), static_cast<char>(length)};
    return out.append(header).append(body);
}

/// The simulator as a child process.
class simulator {
  public:
    explicit simulator(const std::string& program) {
        int out[2];
        if (::pipe(out) != 0) stop("pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(out[1], 1);
            ::close(out[0]);
            ::execl(program.c_str(), program.c_str(), "--profile", "payshield", "--port", "0", nullptr);
            ::_exit(127);
        }
        ::close(out[1]);
        std::string line;
        for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';)
            line += c;
        const auto colon = line.rfind(':');
        if (colon == std::string::npos) stop("the simulator did not start");
        port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
        out_ = out[0];
    }
    simulator(const simulator&) = delete;
    simulator& operator=(const simulator&) = delete;
    ~simulator() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
        ::close(out_);
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Processor time used so far, user and system, in seconds.
    [[nodiscard]] double processor_time() const {
        std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
        std::string text((std::istreambuf_iterator<char>(stat)), {});
        unsigned long user = 0;
        unsigned long system = 0;
        std::sscanf(text.c_str() + text.rfind(')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &system);
        return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }

  private:
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
    int out_ = -1;
};

struct load_result {
    double rate = 0;
    double processor_per_call = 0; ///< of the simulator, in microseconds
    std::uint64_t wrong = 0;
};

/// One connection of the load client: so many requests in flight, answers in order.
struct link {
    int socket = -1;
    std::deque<std::uint32_t> asked;
    std::string input;
    std::string output;
};

load_result run_load(const simulator& target, const std::vector<exchange>& work) {
    std::vector<std::string> requests;
    std::vector<std::string> answers;
    for (std::size_t i = 0; i < work.size(); ++i) {
        char header[5];
        std::snprintf(header, sizeof header, "%04zu", i % 10'000);
        requests.push_back(frame(header, work[i].request));
        answers.push_back(frame(header, work[i].answer));
    }
    const int poll = ::epoll_create1(0);
    std::vector<link> links(connections);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(target.port());
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (std::size_t i = 0; i < links.size(); ++i) {
        links[i].socket = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(links[i].socket, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) stop("connect");
        const int on = 1;
        ::setsockopt(links[i].socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = static_cast<std::uint32_t>(i);
        ::epoll_ctl(poll, EPOLL_CTL_ADD, links[i].socket, &event);
    }
    std::uint32_t next = 0;
    std::uint64_t answered = 0;
    load_result result;
    const auto ask = [&](link& on) {
        on.output += requests[next];
        on.asked.push_back(next);
        next = static_cast<std::uint32_t>((next + 1) % requests.size());
    };
    const auto flush = [](link& on) {
        if (on.output.empty()) return;
        if (::send(on.socket, on.output.data(), on.output.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(on.output.size())) {
            stop("send");
        }
        on.output.clear();
    };
    const double processor_before = target.processor_time();
    const auto start = std::chrono::steady_clock::now();
    const auto end = start + duration;
    for (auto& each : links) {
        for (int i = 0; i < in_flight; ++i)
            ask(each);
        flush(each);
    }
    std::array<epoll_event, connections> events{};
    std::array<char, 16'384> buffer{};
    std::size_t open = static_cast<std::size_t>(connections) * in_flight;
    bool more = true;
    while (open > 0) {
        more = more && std::chrono::steady_clock::now() < end;
        const int ready = ::epoll_wait(poll, events.data(), connections, 5000);
        if (ready <= 0) stop("no answer for 5 s");
        for (int e = 0; e < ready; ++e) {
            auto& on = links[events[static_cast<std::size_t>(e)].data.u32];
            const auto got = ::recv(on.socket, buffer.data(), buffer.size(), 0);
            if (got <= 0) stop("the simulator hung up");
            on.input.append(buffer.data(), static_cast<std::size_t>(got));
            std::size_t at = 0;
            while (on.input.size() - at >= 2) {
                const std::size_t length =
                    static_cast<std::uint8_t>(on.input[at]) * 256U + static_cast<std::uint8_t>(on.input[at + 1]) + 2U;
                if (on.input.size() - at < length) break;
                const auto& expected = answers[on.asked.front()];
                if (on.input.compare(at, length, expected) != 0) ++result.wrong;
                on.asked.pop_front();
                at += length;
                ++answered;
                if (more)
                    ask(on);
                else
                    --open;
            }
            on.input.erase(0, at);
            flush(on);
        }
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double processor = target.processor_time() - processor_before;
    for (auto& each : links)
        ::close(each.socket);
    ::close(poll);
    result.rate = static_cast<double>(answered) / seconds;
    result.processor_per_call = processor / static_cast<double>(answered) * 1e6;
    return result;
}

/// Processor time of this thread in microseconds.
double own_processor_time() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// The least a translation can cost: four blocks under keys that stay (two parts of two wrapped keys), two new keys,
/// a block under each. Microseconds.
double raw_work() {
    two_key_des kept[4] = {two_key_des(0), two_key_des(0), two_key_des(0), two_key_des(0)};
    key16 key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::uint8_t>(17 * i + 1);
    for (auto& each : kept)
        each.set_key(key.data());
    two_key_des opening(0);
    two_key_des sealing(1);
    constexpr int rounds = 200'000;
    key16 source = key;
    key16 target = key;
    block8 block{};
    const double start = own_processor_time();
    for (int i = 0; i < rounds; ++i) {
        kept[0].run(source.data(), source.data());
        kept[1].run(source.data() + 8, source.data() + 8);
        kept[2].run(target.data(), target.data());
        kept[3].run(target.data() + 8, target.data() + 8);
        opening.set_key(source.data());
        opening.run(block.data(), block.data());
        sealing.set_key(target.data());
        sealing.run(block.data(), block.data());
    }
    return (own_processor_time() - start) / rounds;
}

bool row(const char* what, double value, double limit, bool at_least) {
    const double ratio = limit == 0 ? 0 : value / limit;
    const bool met = at_least ? value >= limit : value <= limit;
    std::printf("%-58s %12.2f  limit %12.2f  ratio %6.2f  %s\n", what, value, limit, ratio, met ? "met" : "MISSED");
    return met;
}

} // namespace

int main(int, char** argv) {
    const auto program = std::filesystem::path(argv[0]).parent_path() / "cipherlane-hsm-sim";
    const auto translations = make_translations();
    const std::vector<exchange> diagnostics(pin_blocks, {"NC", "ND0026860400000000000007-E000"});
    const simulator target(program.string());
    (void)run_load(target, diagnostics); // warm
    const auto nc = run_load(target, diagnostics);
    const double evp = raw_work();
    const auto ca = run_load(target, translations);
    std::printf("NC %.0f a second, %.2f us of processor each; CA %.2f us each; raw EVP work %.2f us\n", nc.rate,
        nc.processor_per_call, ca.processor_per_call, evp);
    bool met = row("CA, 32 connections x 4 in flight, a second", ca.rate, 90'000, true);
    met = row("wrong answers of CA and NC", static_cast<double>(ca.wrong + nc.wrong), 0, false) && met;
    met = row("processor time of CA less NC, against raw EVP work", ca.processor_per_call - nc.processor_per_call,
              1.5 * evp, false) &&
          met;
    return met ? 0 : 1;
}
