#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// An argument of a control command: "NAME:TYPE", with a question mark behind it if it may be left out. Types: text,
/// number, yes_or_no, list, object.
struct control_argument {
    control_argument(const char* spelt); // NOLINT(google-explicit-constructor): tables are written as texts

    std::string name;
    std::string type;
    bool needed = true;
};

/// Throws `std::invalid_argument` that names the first entry of `request` that is unknown, missing or of another
/// type: what is misspelt would do nothing, and say that all is well.
void check_arguments(const nlohmann::json& request, const std::vector<control_argument>& known);

/// A whole number of the request, in its range. Throws `std::invalid_argument` in plain words.
[[nodiscard]] std::int64_t whole_number(
    const nlohmann::json& request, const char* name, std::int64_t otherwise, std::int64_t least, std::int64_t most);

/// The commands that a simulator takes from its rig: a table. `help` lists them with their arguments.
class control_desk {
  public:
    using handler = std::function<nlohmann::json(const nlohmann::json& request)>;

    control_desk();
    ~control_desk();
    control_desk(const control_desk&) = delete;
    control_desk& operator=(const control_desk&) = delete;

    void add(std::string name, std::vector<control_argument> arguments, std::string does, handler run);

    /// Carries out a request whose arguments fit. Throws `std::invalid_argument`, or what the command throws.
    [[nodiscard]] nlohmann::json serve(const nlohmann::json& request) const;

  private:
    struct row {
        std::string name;
        std::vector<control_argument> arguments;
        std::string does;
        handler run;
    };
    [[nodiscard]] nlohmann::json help() const;
    std::vector<row> rows_;
};

} // namespace cipherlane::sim
