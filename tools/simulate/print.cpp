#include "simulate/print.hpp"

#include <iostream>

namespace cipherlane::simulation {

void print_failure(const prepared_scenario& what, const failure& found, mutant wrong, timeline how) {
    std::cout << what.of().name << " --seed " << found.seed << ": " << found.plan.size()
              << " faults, looking for those that matter\n"
              << to_string(found.report.findings) << std::flush;
    const auto least = shrink(what, found, wrong);
    std::cout << "FAILED " << what.of().name << " --seed " << least.seed << " --script "
              << (least.plan.empty() ? "''" : to_string(least.plan)) << "\n"
              << to_string(least.report.findings);
    if (how == timeline::left_out) return;
    run_settings again;
    again.seed = least.seed;
    again.wrong = wrong;
    again.keeps_timeline = true;
    std::cout << what.run(least.plan, again).timeline;
}

} // namespace cipherlane::simulation
