#pragma once

#include <cipherlane/hsm/operations.hpp>

#include <string>

namespace cipherlane::hsm::tests {

/// A cipher machine as a program in another language reaches it through its binding: the suite's requests go to that
/// program as lines, and what it got comes back as lines. So one table of cases judges every language.
///
/// The program (`bindings/java/test/cipherlane/HsmDriver.java`, `driver.py` here) reads one line at a time, all
/// values in hex, and answers each with one line:
///
///     open UNITS PROFILE          ok
///     fields OPERATION            ok NAME...
///     run OPERATION KIND:NAME=HEX...   ok NAME=HEX... | fault LAYER CODE PEER-CODE OPERATION FIELD TEXT
///     execute HEX                 ok answer=HEX status=HEX meaning=HEX | fault ...
///
/// KIND is t (text), b (bytes) or n (a number). One program serves all units of a run, one after the other; it must
/// end with 0 when its input does.
class language_unit final : public operations {
  public:
    /// `program` is a line for the shell.
    language_unit(const std::string& program, const std::string& at, const std::string& profile_name,
        std::shared_ptr<const profile> dialect);

    [[nodiscard]] const profile& dialect() const noexcept override { return *dialect_; }
    [[nodiscard]] boost::asio::any_io_executor get_executor() const override;
    [[nodiscard]] result<raw_answer> execute(const raw_command& command, const call& bounds) override;

  protected:
    [[nodiscard]] result<reply_ptr> run_command(const operation_request& request, const call& bounds) override;
    /// The suite asks and waits; nothing here is asynchronous.
    void start_command(const operation_request& request, const call& bounds, call_end end) override;

  private:
    std::shared_ptr<const profile> dialect_;
};

} // namespace cipherlane::hsm::tests
