#pragma once

#include "lane/key_folder.hpp"
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"
#include "lane/till.hpp"
#include "lane/working_day.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

namespace cipherlane::tests {

/// A lane with all its simulators in a folder of its own. A failed test prints what happened.
class lane_fixture : public testing::Test {
  protected:
    lane_fixture() {
        sim::prepare_folder(folder());
        around = std::make_unique<sim::simulators>(sim::simulator_settings{programs(), folder(), "payshield"});
    }
    ~lane_fixture() override {
        if (HasFailure()) std::cout << story.str();
    }

    static std::string programs() {
        const char* where = std::getenv("CIPHERLANE_PROGRAMS");
        return where != nullptr ? where : ".";
    }
    [[nodiscard]] static std::string folder() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        const char* build = std::getenv("CIPHERLANE_BINARY_DIR");
        return std::string(build != nullptr ? build : ".") + "/lane/" + test->test_suite_name() + "." + test->name();
    }
    [[nodiscard]] sim::till_settings settings() const {
        sim::till_settings made;
        made.terminal =
            sim::demo_settings(folder(), key_place.file(), around->acquirer.where(), around->gateway.where());
        made.pinpad_device = around->pinpad.where();
        made.display_device = around->display.where();
        made.gateway_public_key = around->gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
        made.master_key = sim::test_keys::terminal_master;
        made.log = logger(log_level::debug, [this](log_level, std::string_view component, std::string_view line) {
            const std::scoped_lock lock(mutex);
            story << component << ": " << line << "\n";
        });
        return made;
    }

    mutable std::mutex mutex;
    mutable std::ostringstream story;
    sim::key_folder key_place; ///< of the journal, as the demo has it
    std::unique_ptr<sim::simulators> around;
};

} // namespace cipherlane::tests
