#pragma once

#include "support/lane/lent_parts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cipherlane::tests {

/// A till over the fakes of the lane's tests, or over files of its own.
class TillParts : public testing::Test {
  protected:
    TillParts() {
        static_cast<acquiring::terminal_settings&>(settings.terminals.emplace_back()) = rig_settings();
        settings.journal.file = folder.file("own.db");
        settings.journal.key_file = folder.file("own.key");
    }
    till::parts lent() { return tests::lent(rig); }
    result<till> open(till::parts with) { return till::open(settings, std::move(with), soon()); }
    void write_key(const std::string& name, const std::string& text, std::filesystem::perms mode) {
        std::ofstream(folder.file(name)) << text;
        std::filesystem::permissions(folder.file(name), mode);
    }

    lane_rig rig;
    memory_folder folder;
    till_settings settings;
};

} // namespace cipherlane::tests
