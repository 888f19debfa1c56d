// What the prepared commands read of an answer is what the tables read. The first byte chooses the profile, the
// second the operation; the rest is the answer.
#include "command/prepared.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

struct dialect {
    explicit dialect(const std::string& name)
        : engine(hsm::profile::builtin(name).value()) {
        for (const auto& how : engine.dialect().bindings) {
            if (auto made = hsm::prepared_command::make(engine.dialect(), how)) prepared.push_back(std::move(made));
        }
    }
    hsm::codec engine;
    std::vector<std::unique_ptr<hsm::prepared_command>> prepared;
};

const std::vector<dialect>& dialects() {
    static const auto all = [] {
        std::vector<dialect> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            dialect one(name);
            if (!one.prepared.empty()) made.push_back(std::move(one));
        }
        return made;
    }();
    return all;
}

bool same(byte_view a, byte_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& chosen = dialects()[data[0] % dialects().size()];
    const auto& quick = *chosen.prepared[data[1] % chosen.prepared.size()];
    const byte_view body(data + 2, size - 2);
    hsm::field_set fast;
    const auto used = quick.decode(body, fast);
    if (used == 0) {
        if (fast.size() != 0) std::abort(); // the tables begin anew
        return 0;
    }
    hsm::field_set asked;
    hsm::field_set slow;
    const auto status = chosen.engine.decode_answer(quick.command(), body, asked, slow);
    if (!status || status->consumed != used || status->what != hsm::answer_status::verdict::ok) std::abort();
    if (fast.size() != slow.size()) std::abort();
    for (const auto& field : quick.command().answer) {
        if (!same(fast.value(field.name), slow.value(field.name))) std::abort();
    }
    return 0;
}
