#include "cipherlane/hsm_describe.hpp"
#include "cipherlane/hsm_hint.hpp"
#include "cipherlane/hsm_tools.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/pool.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>
#include <vector>

namespace cipherlane::cli {
namespace {

using bench_clock = std::chrono::steady_clock;

const hsm::account nobodys_account = hsm::account::digits("550000025321");
constexpr std::string_view nobodys_digits = "550000025321";
constexpr std::size_t most_causes = 16;

/// Why calls failed, in the order of their first appearance.
struct cause {
    error why;
    std::size_t count = 0;
};

struct figures {
    std::vector<std::uint32_t> microseconds;
    std::size_t failed = 0;
    std::vector<cause> causes;

    void add(const error& why) {
        ++failed;
        const auto words = why.to_string();
        for (auto& each : causes) {
            if (each.why.to_string() == words) {
                ++each.count;
                return;
            }
        }
        if (causes.size() < most_causes) causes.push_back({why, 1});
    }
    /// A pool that has given its units up says only that: the cause came before.
    [[nodiscard]] const error& first_cause() const {
        for (const auto& each : causes) {
            if (each.why.code() != hsm::make_error_code(hsm::hsm_errc::no_unit)) return each.why;
        }
        return causes.front().why;
    }
};

/// One kind of load: its name, and how a call is started.
struct load {
    const char* name;
    std::function<void(hsm::pool&, const call&, std::function<void(const error*)>)> start;
};

template <class Outcome>
auto told(std::function<void(const error*)> done) {
    return [end = std::move(done)](const result<Outcome>& made) {
        const auto why = made.error();
        end(made ? nullptr : &why);
    };
}

hsm::key generate(hsm::client& unit, hsm::key_type type, const call& bounds) {
    auto made = unit.generate_key(hsm::generate_key_request(type), bounds);
    if (!made) give_up(made.error(), &unit.dialect());
    return made->under_lmk;
}

load prepare_mac(hsm::client& unit, const call& bounds) {
    const auto tak = generate(unit, hsm::key_type::tak, bounds);
    auto request = std::make_shared<hsm::make_mac_request>(
        hsm::key_type::tak, tak, hsm::mac_algorithm::x99, as_bytes("sixteen bytes of"));
    return {"MACs", [request](hsm::pool& pool, const call& limit, std::function<void(const error*)> done) {
                pool.async_make_mac(*request, limit, told<hsm::mac_result>(std::move(done)));
            }};
}

/// The answer's field of a command of the table.
bytes ask(hsm::client& unit, const char* code, std::initializer_list<std::pair<const char*, std::string_view>> given,
    const char* wanted, const call& bounds) {
    const auto& dialect = unit.dialect();
    const hsm::codec engine(std::make_shared<const hsm::profile>(dialect));
    const auto* command = engine.dialect().command(code);
    if (command == nullptr) {
        throw tool_complaint(
            ending::wrong_use, "profile " + dialect.name + " has no command " + code + " to make a PIN block with");
    }
    hsm::field_set asked;
    for (const auto& [name, value] : given) {
        asked.set(hsm::field_name(name), value);
    }
    bytes body;
    if (auto made = engine.encode_request(*command, asked, body); !made) give_up(made.error());
    const auto answer = unit.execute(hsm::raw_command(body), bounds);
    if (!answer) give_up(answer.error(), &dialect);
    hsm::field_set values;
    const auto read = engine.decode_answer(*command, answer->body, asked, values);
    if (!read) give_up(read.error());
    const auto value = values.get(hsm::field_name(wanted));
    if (read->code == "00" && value) return {value->begin(), value->end()};
    throw tool_complaint(ending::refused, std::string(code) + " (" + printable_text(command->title) +
                                              ") for a PIN block: status " + escaped_text(answer->status.view()) +
                                              " " + printable_text(answer->meaning));
}

/// A block of the PIN 1234 under `key`, by clear-PIN commands: a test unit has to allow them.
bytes make_pin_block(hsm::client& unit, const hsm::key& key, const call& bounds) {
    const auto* format = unit.dialect().code("pin_format", "iso0");
    const std::string code = format != nullptr ? *format : std::string("01");
    const auto digits = std::string(key.text());
    const std::string padded = "1234" + std::string(unit.dialect().pin_field - 4U, 'F');
    const auto pin = ask(unit, "BA", {{"clear_pin", padded}, {"account", nobodys_digits}}, "pin", bounds);
    return ask(unit, "JG",
        {{"target_key", digits}, {"target_format", code}, {"account", nobodys_digits}, {"pin", as_text(pin)}},
        "pin_block", bounds);
}

load prepare_translation(hsm::client& unit, const call& bounds) {
    const auto source = generate(unit, hsm::key_type::zpk, bounds);
    const auto target = generate(unit, hsm::key_type::zpk, bounds);
    const auto block = make_pin_block(unit, source, bounds);
    auto request = std::make_shared<hsm::translate_pin_request>(source, target, block, nobodys_account);
    request->from_type(hsm::key_type::zpk);
    return {
        "PIN translations", [request](hsm::pool& pool, const call& limit, std::function<void(const error*)> done) {
            pool.async_translate_pin(*request, limit, told<hsm::translated_pin>(std::move(done)));
        }};
}

constexpr std::array percentiles{0.5, 0.9, 0.99, 0.999};

std::uint32_t percentile(const std::vector<std::uint32_t>& sorted, double part) {
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

/// Opened before the load: what it costs must not be in vain.
class metrics_file {
  public:
    explicit metrics_file(std::string name)
        : name_(std::move(name)) {
        if (name_.empty() || name_ == "-") return;
        out_.open(name_);
        if (!out_) fail();
    }
    void write(const std::string& text) {
        if (name_.empty()) return;
        if (name_ == "-") {
            std::cout << text;
            return;
        }
        out_ << text;
        if (!out_.flush()) fail();
    }

  private:
    [[noreturn]] void fail() const { throw tool_complaint(ending::own_fault, "cannot write " + name_); }
    std::string name_;
    std::ofstream out_;
};

/// Keeps `width` calls under way for so long, then waits for the last of them.
std::chrono::duration<double> press(boost::asio::io_context& io, hsm::pool& pool, const load& what,
    const bench_options& how, std::size_t width, figures& seen) {
    const auto begin = bench_clock::now();
    const auto end = begin + std::chrono::seconds(how.seconds);
    auto last = begin;
    std::size_t under_way = width;
    std::function<void()> again = [&] {
        const auto start = bench_clock::now();
        if (start >= end) {
            if (--under_way == 0) io.stop();
            return;
        }
        what.start(pool, how.to.bounds(), [&, start](const error* why) {
            last = bench_clock::now();
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(last - start);
            if (why == nullptr) {
                seen.microseconds.push_back(static_cast<std::uint32_t>(took.count()));
            } else {
                seen.add(*why);
            }
            again();
        });
    };
    for (std::size_t i = 0; i < width; ++i) {
        again();
    }
    io.run();
    return last - begin;
}

void print_causes(const figures& seen, const hsm::profile& dialect) {
    for (const auto& each : seen.causes) {
        std::cerr << "  " << each.count << " times: " << each.why << "\n";
        const auto more = hint_for(each.why, &dialect);
        if (!more.empty()) std::cerr << "    " << more << "\n";
    }
}

void print_figures(const figures& seen, const char* what, double took) {
    std::printf("%zu %s in %.2f s: %.0f a second, %zu failed\n", seen.microseconds.size(), what, took,
        static_cast<double>(seen.microseconds.size()) / took, seen.failed);
    for (const double part : percentiles) {
        if (seen.microseconds.empty()) break;
        std::printf("  p%-5g %8u us\n", part * 100, percentile(seen.microseconds, part));
    }
    std::fflush(stdout);
}

void print_json(const figures& seen, const char* what, double took, const hsm::profile& dialect) {
    nlohmann::ordered_json made{{"operation", what}, {"calls", seen.microseconds.size()}, {"seconds", took},
        {"per_second", static_cast<double>(seen.microseconds.size()) / took}, {"failed", seen.failed}};
    for (const double part : percentiles) {
        if (seen.microseconds.empty()) break;
        std::array<char, 16> name{};
        std::snprintf(name.data(), name.size(), "p%g", part * 100);
        made["microseconds"][name.data()] = percentile(seen.microseconds, part);
    }
    for (const auto& each : seen.causes) {
        auto cause = cli::to_json(each.why);
        cause["times"] = each.count;
        if (const auto more = hint_for(each.why, &dialect); !more.empty()) cause["advice"] = more;
        made["causes"].push_back(std::move(cause));
    }
    std::cout << made.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

} // namespace

void bench(const bench_options& how) {
    metrics_file metrics(how.metrics);
    const auto settings = how.to.settings();
    boost::asio::io_context io(1);
    hsm::pool_settings pooled;
    pooled.units = {settings.at};
    pooled.dialect = settings.dialect;
    pooled.tls = settings.tls;
    pooled.connections = how.connections;
    pooled.in_flight = how.in_flight;
    auto pool = hsm::pool::create(io.get_executor(), pooled);
    if (!pool) give_up(pool.error());
    hsm::client unit(settings);
    const auto what = how.operation == "translate-pin" ? prepare_translation(unit, how.to.bounds())
                                                       : prepare_mac(unit, how.to.bounds());
    const auto width = settings.dialect->frame.correlates ? how.connections * how.in_flight : how.connections;
    figures seen;
    const auto took = press(io, **pool, what, how, width, seen);
    io.restart();
    std::string page;
    {
        const std::jthread runner([&io] { io.run(); });
        page = hsm::to_prometheus((*pool)->stats());
        (*pool)->close();
    }
    metrics.write(page);
    if (seen.microseconds.empty() && seen.failed != 0) {
        if (how.to.form() == output_form::text) print_causes(seen, *settings.dialect);
        give_up(seen.first_cause(), settings.dialect.get());
    }
    std::sort(seen.microseconds.begin(), seen.microseconds.end());
    if (how.to.form() == output_form::json) {
        print_json(seen, what.name, took.count(), *settings.dialect);
    } else {
        print_figures(seen, what.name, took.count());
    }
    if (seen.failed == 0) return;
    if (how.to.form() == output_form::text) print_causes(seen, *settings.dialect);
    throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

} // namespace cipherlane::cli
