#pragma once

// What the tests of bad input at the gateways share: each member of a message spoilt in each way, and somebody at the
// other end who answers with it, signed all the same.
#include "running_gateway.hpp"

#include <cipherlane/core/base64.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/net/transport.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::tests::bad_input {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;
using pointer = json::json_pointer;

/// What becomes of a member that is not as it should be.
enum class weight : std::uint8_t {
    must, ///< compared, or decides: nothing else will do
    name, ///< a text that is taken over: another one is believed; none, a long one and one with a line end are not
    sum,  ///< a number that is told, and that the flow compares: another one is believed
    told, ///< a text, whatever it says
    may,  ///< a text that may be missing; with another word, or of another kind, it is refused
    text, ///< a text that may be missing or say anything; of another kind it is refused
    hint, ///< anything, and says nothing
};

/// A member of a message, "/amount/total".
struct member {
    const char* at;
    weight how;
    const char* named = ""; ///< by errors, besides its last part; several with blanks between
};

struct spoiling {
    const char* how;
    json value;     ///< discarded: the member goes
    bool in_a_form; ///< where all values are texts
};

inline const std::vector<spoiling>& spoilings() {
    static const std::vector<spoiling> all{{"missing", json(json::value_t::discarded), true},
        {"null", nullptr, false}, {"number", 5, false}, {"negative", -1, false}, {"fraction", 19.9, false},
        {"huge", 1'000'000'000'000'000'000, false}, {"true", true, false}, {"list", json::array(), false},
        {"object", json::object(), false}, {"empty", "", true}, {"another", "OTHER", true},
        {"long", std::string(2'000, 'x'), true}, {"line end", "a\nb", true}};
    return all;
}

enum class expected : std::uint8_t { refused, the_same, believed };

inline expected of(weight how, std::string_view spoilt) {
    const bool gone = spoilt == "missing" || spoilt == "null";
    const bool text = spoilt == "empty" || spoilt == "another" || spoilt == "long" || spoilt == "line end";
    switch (how) {
    case weight::must: return expected::refused;
    case weight::name: return spoilt == "another" ? expected::believed : expected::refused;
    case weight::sum: return spoilt == "number" ? expected::believed : expected::refused;
    case weight::told: return text ? expected::the_same : expected::refused;
    case weight::may: return gone || spoilt == "empty" ? expected::the_same : expected::refused;
    case weight::text: return gone || text ? expected::the_same : expected::refused;
    case weight::hint: break;
    }
    return expected::the_same;
}

/// What was told.
struct said {
    bool good = false;
    std::string words;
    std::string field; ///< of the error; empty, too, where a genuine message tells nothing
    bool undecided = true;

    said(const result<ports::qr_order>& told)
        : good(told) {
        if (!told) fail(told.error());
        if (!told) return;
        words = told->order_number + " " + std::string(to_string(told->state)) + " " + told->code_url;
    }
    said(const result<ports::qr_order_status>& told)
        : good(told) {
        if (!told) fail(told.error());
        if (told) take(*told);
    }
    said(const result<std::optional<ports::qr_order_status>>& told)
        : good(told && *told) {
        if (!told) fail(told.error());
        if (good) take(**told);
    }

  private:
    void fail(const error& why) {
        field = why.field();
        words = why.to_string();
        undecided = why.is(condition::outcome_unknown) || why.is(condition::bad_message);
    }
    void take(const ports::qr_order_status& told) {
        words = told.order_number + " " + std::string(to_string(told.state)) + " " + told.paid.to_string() + " " +
                told.transaction_number + " " + told.merchant_id;
    }
};

inline bool names(const std::string& field, const member& one) {
    const std::string at(one.at);
    const auto last = at.substr(at.rfind('/') + 1);
    if (field == last || field.ends_with("." + last)) return true;
    return !field.empty() && (" " + std::string(one.named) + " ").find(" " + field + " ") != std::string::npos;
}

enum class form : std::uint8_t { json, fields };

/// Each member of `good` in each way. @param ask what is told where the message is this.
inline void sweep(const char* message, const json& good, const std::vector<member>& members, form kind,
    const std::function<said(const json&)>& ask) {
    SCOPED_TRACE(message);
    const auto right = ask(good);
    ASSERT_TRUE(right.good) << right.words;
    const auto leaves = good.flatten();
    for (auto leaf = leaves.begin(); leaf != leaves.end(); ++leaf) {
        const std::string& at = leaf.key();
        const bool known = std::any_of(members.begin(), members.end(), [&](const member& one) {
            return at == one.at || (one.how == weight::hint && at.starts_with(std::string(one.at) + "/"));
        });
        EXPECT_TRUE(known) << at << " is in no row";
    }
    for (const auto& one : members) {
        for (const auto& [how, value, in_a_form] : spoilings()) {
            if (kind == form::fields && !in_a_form) continue;
            auto spoilt = good;
            const pointer at(one.at);
            if (value.is_discarded()) {
                spoilt[at.parent_pointer()].erase(at.back());
            } else {
                spoilt[at] = value;
            }
            const auto wanted = of(one.how, how);
            if (wanted == expected::believed) continue;
            const auto told = ask(spoilt);
            if (wanted == expected::the_same) {
                EXPECT_EQ(told.words, right.words) << one.at << " " << how;
                continue;
            }
            EXPECT_FALSE(told.good) << one.at << " " << how << ": " << told.words;
            EXPECT_TRUE(told.undecided) << one.at << " " << how << ": " << told.words;
            const bool nothing = told.words.empty(); // genuine, and not about a payment
            EXPECT_TRUE(nothing || names(told.field, one)) << one.at << " " << how << ": " << told.words;
        }
    }
    auto turned = json::object();
    for (auto one = good.rbegin(); one != good.rend(); ++one)
        turned[one.key()] = one.value();
    EXPECT_EQ(ask(turned).words, right.words) << "members in another order";
}

/// A connection to whoever answers what `answer` makes of each request.
class canned_wire final : public net::transport {
  public:
    explicit canned_wire(std::function<std::string(const std::string&)> answer)
        : answer_(std::move(answer)) {}
    result<void> write(byte_view data, const call&) override {
        said_ = answer_(std::string(as_text(data)));
        return {};
    }
    result<std::size_t> read_some(byte_span into, const call&) override {
        const auto size = std::min(into.size(), said_.size());
        std::copy_n(said_.begin(), size, into.begin());
        said_.erase(0, size);
        return size;
    }
    void async_write(byte_view, net::completion<void>) override { throw std::logic_error("used blocking"); }
    void async_read_some(byte_span, net::completion<std::size_t>) override {
        throw std::logic_error("used blocking");
    }
    void cancel() noexcept override {}
    void close() noexcept override {}
    [[nodiscard]] bool is_open() const noexcept override { return true; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() override {
        static boost::asio::io_context none;
        return none.get_executor();
    }
    [[nodiscard]] std::string_view endpoint() const noexcept override { return "canned"; }

  private:
    std::function<std::string(const std::string&)> answer_;
    std::string said_;
};

/// Answers by verb; what a gateway's own form makes of them the gateway's talk says.
class talk {
  public:
    talk() = default;
    talk(const talk&) = delete;
    talk& operator=(const talk&) = delete;
    virtual ~talk() = default;

    std::map<std::string, json> bodies;
    std::string more;                                ///< put in front of all other members, as it is
    std::function<void(std::string& answer)> change; ///< of a whole answer

  protected:
    [[nodiscard]] virtual std::string verb_of(const std::string& request) const = 0;
    [[nodiscard]] virtual std::string answer_with(const std::string& request, const json& body) const = 0;

    [[nodiscard]] hostlink::host_connector connect() {
        return [this](const call&) -> result<std::unique_ptr<net::transport>> {
            return std::unique_ptr<net::transport>(std::make_unique<canned_wire>([this](const std::string& request) {
                auto whole = answer_with(request, bodies.at(verb_of(request)));
                if (change) change(whole);
                return whole;
            }));
        };
    }
    [[nodiscard]] std::string text_of(const json& body) const {
        auto text = body.dump();
        if (!more.empty()) text.insert(1, more);
        return text;
    }
    template <class Settings>
    static Settings settings() {
        Settings made;
        made.address = "127.0.0.1:1"; // never connected to
        made.merchant_id = till_merchant;
        if constexpr (requires { made.refund_poll; }) made.refund_poll = 1h; // never asked twice
        if constexpr (requires { made.longest_way; }) made.longest_way = 1h;
        return made;
    }
    static std::string http(const std::string& body, const std::string& header = {}) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + header +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

/// Asks with one body in the place of a verb's.
template <class Ask>
std::function<said(const json&)> with(talk& of, const std::string& verb, Ask ask) {
    return [&of, verb, ask](const json& body) {
        const auto kept = of.bodies[verb];
        of.bodies[verb] = body;
        said told = ask();
        of.bodies[verb] = kept;
        return told;
    };
}

/// A member that is there twice makes an answer none.
template <class Ask>
void expect_twice_refused(talk& of, const json& body, Ask ask) {
    for (const auto& [name, value] : body.items()) {
        of.more = "\"" + name + "\":\"OTHER\",";
        const said told = ask();
        EXPECT_FALSE(told.good) << name << " is there twice: " << told.words;
        EXPECT_TRUE(told.undecided) << told.words;
    }
    of.more.clear();
}

/// A header line of a clock that is so far off.
inline std::string date_line(std::chrono::seconds offset) {
    const auto when = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + offset);
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    std::array<char, 64> text{};
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return "Date: " + std::string(text.data(), size) + "\r\n";
}
/// Puts it into each answer.
inline void date_answers(talk& of, std::chrono::seconds offset) {
    of.change = [offset](std::string& whole) { whole.insert(whole.find("\r\n") + 2, date_line(offset)); };
}
inline void expect_offset(const ports::qr_gateway& of, std::chrono::seconds offset) {
    ASSERT_TRUE(of.clock_offset());
    EXPECT_NEAR(static_cast<double>(of.clock_offset()->count()), static_cast<double>(offset.count()), 30);
}

inline std::string now_text(std::chrono::seconds offset = 0s) {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::to_string((std::chrono::duration_cast<std::chrono::seconds>(since) + offset).count());
}

inline std::string signed_by(const std::string& key_file, std::string_view text) {
    static std::map<std::string, std::unique_ptr<hostlink::key_signer>> signers;
    auto& signer = signers[key_file];
    if (!signer) signer = hostlink::key_signer::create(whole_file(key_file)).value();
    return to_base64(signer->sign(as_bytes(text)).value());
}

/// Forms: notices, and UnionPay's answers.
using fields_of = hostlink::parameters;
inline fields_of fields(const json& body) {
    fields_of all;
    for (const auto& [name, value] : body.items())
        all[name] = value.get<std::string>();
    return all;
}

/// Each field twice.
inline void expect_field_twice_refused(const json& good, const std::function<said(const std::string& more)>& read) {
    for (const auto& [name, value] : good.items()) {
        const auto told = read("&" + name + "=OTHER");
        EXPECT_FALSE(told.good) << name;
        EXPECT_EQ(told.field, name) << told.words;
    }
}

} // namespace cipherlane::tests::bad_input
