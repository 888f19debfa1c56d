// What is read of an answer the short way is what the tables read. The first byte chooses the profile, the second the
// operation; the rest is the answer.
#include "command/bind.hpp"

#include <cipherlane/hsm/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

struct dialect {
    explicit dialect(const std::string& name)
        : engine(hsm::profile::builtin(name).value()) {
        for (const auto& command : engine.dialect().commands) {
            if (command.flat_answer && command.flat_size != 0) flat.push_back(&command);
        }
    }
    hsm::codec engine;
    std::vector<const hsm::command_spec*> flat;
};

const std::vector<dialect>& dialects() {
    static const auto all = [] {
        std::vector<dialect> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            dialect one(name);
            if (!one.flat.empty()) made.push_back(std::move(one));
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
    const auto& command = *chosen.flat[data[1] % chosen.flat.size()];
    const byte_view body(data + 2, size - 2);
    hsm::reply quick;
    quick.dialect = hsm::profile::builtin(chosen.engine.dialect().name).value();
    quick.command = &command;
    quick.flat = true;
    const auto used = decode_call(chosen.engine, {}, body, quick);
    if (!used || !quick.flat) return 0; // the tables have read it
    hsm::field_set asked;
    hsm::field_set slow;
    const auto status = chosen.engine.decode_answer(command, body, asked, slow);
    if (!status || status->consumed != *used || status->what != hsm::answer_status::kind::ok) std::abort();
    if (quick.values.size() != slow.size()) std::abort();
    for (const auto& field : command.answer) {
        if (!same(quick.values.value(field.name), slow.value(field.name))) std::abort();
    }
    return 0;
}
