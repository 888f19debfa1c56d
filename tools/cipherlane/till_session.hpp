#pragma once

#include "cipherlane/tool_door.hpp"

#include <cipherlane/till/till.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// What `cipherlane till` is told, whatever the verb.
struct till_options {
    std::string settings;
    std::string terminal;
    std::string key;
    std::string amount;
    std::string original;
    std::string subject = "payment";
    std::string code;
    std::string authorization;
    std::string plan;
    std::string service;
    std::string operator_id; ///< who signs on; empty: nobody
    std::string secret;      ///< - or a file
    std::string put;         ///< an operator's number
    std::string remove;      ///< likewise
    std::string name;
    std::vector<std::string> rights;
    std::string pin;    ///< a host
    std::string shut;   ///< likewise
    std::string reopen; ///< likewise
    bool unpin = false; ///< a flag of the command line
    std::size_t limit = 20;
    bool close = false; ///< a flag of the command line
    int periods = 0;
    std::string copy = "cardholder";
    std::size_t columns = 32;
    unsigned seconds = 120;
    bool partial = false;     ///< a flag of the command line
    bool no_credit = false;   ///< likewise
    bool by_gateway = false;  ///< likewise
    std::string gateway;      ///< the name of one of several
    bool close_batch = false; ///< likewise
    bool last = false;        ///< likewise
    std::uint64_t notice = 0; ///< that somebody has seen to; 0: none
    std::uint32_t batch = 0;  ///< to be begun; 0: the open one stays
    bool print = false;       ///< likewise
    bool as_json = false;     ///< likewise

    [[nodiscard]] output_form form() const { return as_json ? output_form::json : output_form::text; }
    [[nodiscard]] call bounds() const { return call(std::chrono::seconds(seconds)); }
};

/// How one subcommand of `till` is told its outcome and ends.
class teller {
  public:
    teller(std::string subcommand, const till_options& options)
        : subcommand_("till " + std::move(subcommand))
        , form_(options.form()) {}

    [[nodiscard]] const std::string& name() const noexcept { return subcommand_; }
    [[noreturn]] void fail(const error& why) const;
    template <class T>
    [[nodiscard]] T need(result<T> got) const {
        if (!got) fail(got.error());
        return *std::move(got);
    }
    /// Says what came out, and ends where that is more than "done".
    void say(const nlohmann::ordered_json& as_json, const std::string& as_text, ending ends) const;
    /// @return whether whoever listens has got it.
    bool print(const nlohmann::ordered_json& as_json, const std::string& as_text, ending ends) const;
    [[noreturn]] static void end(ending how);

  private:
    const std::string subcommand_;
    const output_form form_;
};

/// The till of the settings, for the terminal that was asked for; `cut` takes out of the settings what is not needed.
[[nodiscard]] till open_till(
    const till_options& options, const teller& by,
    const std::function<void(till_settings&)>& cut = [](till_settings&) {});
/// For what needs the journal alone.
[[nodiscard]] till open_books(const till_options& options, const teller& by);

[[nodiscard]] ending ending_of(const payment& what);
[[nodiscard]] std::string to_text(const payment& what);
/// What was printed counts as told: recovery does not tell it again.
void say(const teller& by, till& at, const payment& what);

[[nodiscard]] amount read_amount(const till_options& options, const teller& by, till& at);
/// A payment by its key, or by its handle where no key reads so.
[[nodiscard]] payment find_original(const till_options& options, const teller& by, till& at);

} // namespace cipherlane::cli
