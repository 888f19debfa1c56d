#pragma once

#include "lane/demo_till.hpp"
#include "lane/key_folder.hpp"
#include "lane/lane_folder.hpp"
#include "lane/narrator.hpp"
#include "lane/simulators.hpp"
#include "lane/test_keys.hpp"
#include "lane/working_day.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>

namespace cipherlane::tests {

/// A lane with all its simulators in a folder of its own. A failed test prints what happened.
class lane_fixture : public testing::Test {
  protected:
    lane_fixture()
        : lane_fixture(sim::simulator_settings()) {}
    /// With other simulators than the usual ones.
    explicit lane_fixture(sim::simulator_settings with) {
        with.programs = programs();
        with.folder = folder();
        around = std::make_unique<sim::simulators>(with);
        std::ofstream(public_key())
            << around->gateway.control().ask({{"cmd", "public_key"}}).at("pem").get<std::string>();
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
        return (build != nullptr ? build : own_folder()) + "/lane/" + test->test_suite_name() + "." + test->name();
    }
    /// Where the test program lies: one that is started by hand leaves nothing in the sources.
    [[nodiscard]] static std::string own_folder() {
        std::error_code unknown;
        const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
        return (unknown ? std::filesystem::temp_directory_path() : program.parent_path()).string();
    }
    static std::string public_key() { return folder() + "/gateway.pem"; }
    [[nodiscard]] till_settings settings() const {
        return sim::demo_settings({folder(), key_place.path(), public_key(), around->acquirer.where(),
            around->gateway.where(), around->display.where(), around->pinpad.where()});
    }
    /// A till of these settings, or of others.
    [[nodiscard]] till open_till(acquiring::timeline* watch) const { return open_till(settings(), watch); }
    [[nodiscard]] till open_till(const till_settings& with, acquiring::timeline* watch) const {
        return sim::open_till(with, watch,
            logger(log_level::debug, [this](log_level, std::string_view component, std::string_view line) {
                const std::scoped_lock lock(mutex);
                story << component << ": " << line << "\n";
            }));
    }

    mutable std::mutex mutex;
    mutable std::ostringstream story;
    sim::lane_folder place{folder()};
    sim::key_folder key_place; ///< as the demo has it
    std::unique_ptr<sim::simulators> around;
};

} // namespace cipherlane::tests
