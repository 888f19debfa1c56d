#include "pinpad-sim/pad_information.hpp"
#include "pinpad-sim/pad_model.hpp"
#include "pinpad-sim/pad_status.hpp"
#include "pinpad-sim/pad_text.hpp"

#include <utility>

namespace cipherlane::sim {

using namespace pad_status;

void pad_model::execute_named(const std::string& name, std::string_view rest) {
    const auto parameters = read_parameters(rest);
    if (!parameters) return answer(name, invalid_parameter);
    if (name == "GCD") return get_digits(*parameters);
    if (name == "MNU") return show_menu(*parameters);
    if (name == "GIX") return answer(name, ok, pad_information(find_parameter(*parameters, 0x0001).value_or("")));
    const auto reply = media_.execute(name, *parameters).value_or(pad_reply{invalid_call, {}});
    answer(name, reply.status, reply.data);
}

void pad_model::get_digits(const std::vector<pad_parameter>& parameters) {
    constexpr std::uint16_t message_index = 0x000B;
    constexpr std::uint16_t time_out = 0x000C;
    constexpr std::uint16_t least_digits = 0x000D;
    constexpr std::uint16_t most_digits = 0x000E;
    constexpr int last_message = 0x35;
    const auto message = find_parameter(parameters, message_index);
    if (!message) return answer("GCD", parameter_missing);
    const auto byte_of = [&](std::uint16_t name, std::size_t otherwise) {
        const auto value = find_parameter(parameters, name);
        return value && value->size() == 1 ? static_cast<unsigned char>(value->front()) : otherwise;
    };
    digits_task task;
    task.least = byte_of(least_digits, 0);
    task.most = byte_of(most_digits, 32);
    const auto idle = std::chrono::seconds(byte_of(time_out, 0));
    const int index = message->size() == 2 ? static_cast<unsigned char>((*message)[1]) : 0;
    const bool right = index > 0 && index <= last_message && message->front() == 0 && task.most > 0 &&
                       task.most <= 32 && task.least <= task.most;
    if (!right) return answer("GCD", invalid_parameter);
    display_ = index == 7 ? "DIGITE O CPF" : "DIGITE " + std::to_string(index);
    display_.resize(32, ' ');
    digits_ = std::move(task);
    await_keys(wait::digits, "GCD", idle);
}

void pad_model::press_digit(char key) {
    constexpr std::uint16_t value = 0x804D;
    arm_idle();
    auto& typed = digits_->typed;
    if (key == '<') {
        typed.clear();
    } else if (key >= '0' && key <= '9') {
        if (typed.size() < digits_->most) typed.push_back(key);
    } else if (key == 'C' || typed.size() >= digits_->least) {
        const auto entered = std::exchange(typed, {});
        abort_task();
        display_.assign(32, ' ');
        if (key == 'C') return answer("GCD", cancelled);
        answer("GCD", ok, answer_parameter(value, entered));
    }
}

void pad_model::show_menu(const std::vector<pad_parameter>& parameters) {
    constexpr std::uint16_t time_out = 0x000C;
    constexpr std::uint16_t message = 0x001B;
    constexpr std::uint16_t option = 0x0020;
    constexpr std::size_t longest = 24;
    menu_task task;
    std::chrono::seconds idle{0};
    for (const auto& one : parameters) {
        if (one.name == option) task.options.emplace_back(one.value);
        if (one.name == time_out && one.value.size() == 1)
            idle = std::chrono::seconds(static_cast<unsigned char>(one.value.front()));
    }
    if (task.options.empty()) return answer("MNU", parameter_missing);
    for (const auto& one : task.options)
        if (one.empty() || one.size() > longest || task.options.size() > 20) return answer("MNU", invalid_parameter);
    display_ = std::string(find_parameter(parameters, message).value_or(""));
    display_.resize(16, ' ');
    display_ += task.options.front();
    display_.resize(32, ' ');
    menu_ = std::move(task);
    await_keys(wait::menu, "MNU", idle);
}

/// The first option is marked: enter takes it; a digit takes the option that begins with it.
void pad_model::press_menu(char key) {
    constexpr std::uint16_t value = 0x804D;
    arm_idle();
    std::size_t chosen = 0;
    if (key == 'C' || key == 'E') {
        chosen = 1;
    } else {
        for (std::size_t i = menu_->options.size(); i > 0; --i)
            if (menu_->options[i - 1].front() == key) chosen = i;
    }
    if (chosen == 0) return;
    abort_task();
    display_.assign(32, ' ');
    if (key == 'C') return answer("MNU", cancelled);
    answer("MNU", ok, answer_parameter(value, pad_text::digits(chosen, 2)));
}

} // namespace cipherlane::sim
