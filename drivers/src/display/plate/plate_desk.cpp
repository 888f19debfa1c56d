#include "plate_desk.hpp"

#include "../../refusals.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

namespace json = boost::json;

constexpr unsigned not_found = 404;
constexpr unsigned forbidden = 403;
constexpr unsigned bad_request = 400;

/// A text of a flat object; empty where it is none.
std::string text_in(std::string_view body, std::string_view name) {
    boost::system::error_code fault;
    json::parse_options how;
    how.max_depth = 4;
    const auto value = json::parse(json::string_view(body.data(), body.size()), fault, {}, how);
    if (fault || !value.is_object()) return {};
    const auto* found = value.as_object().if_contains(json::string_view(name.data(), name.size()));
    if (found == nullptr || !found->is_string()) return {};
    return std::string(found->as_string().data(), found->as_string().size());
}

} // namespace

plate_desk::plate_desk(code_plate_profile profile)
    : profile_(std::move(profile)) {
    for (const auto& number : profile_.plates)
        plates_[number];
}

std::string plate_desk::written() const {
    json::object made;
    made[profile_.code_name] = now_.code;
    made[profile_.amount_name] = now_.amount;
    made[profile_.payee_name] = now_.payee;
    made[profile_.outcome_name] = json::string_view(now_.outcome.data(), now_.outcome.size());
    return json::serialize(made);
}

plate_desk::answer plate_desk::serve(std::string_view path, std::string_view body) {
    path = path.substr(0, path.find('?'));
    const auto under = [&](const std::string& name) { return path == profile_.base + "/" + name; };
    const bool fixed = under(profile_.fixed_path);
    if (!fixed && !under(profile_.code_path)) return {not_found, "{}"};
    const auto number = text_in(body, profile_.plate_name);
    if (number.empty()) return {bad_request, "{}"};
    const std::lock_guard held(mutex_);
    const auto found = plates_.find(number);
    if (found == plates_.end()) return {forbidden, "{}"};
    ++found->second.asked;
    fetched_.notify_all();
    if (fixed) {
        json::object made;
        made[profile_.code_name] = profile_.fixed_code;
        return {200, json::serialize(made)};
    }
    found->second.fetched = number_;
    return {200, written()};
}

template <class Test>
result<void> plate_desk::wait_for(std::unique_lock<std::mutex>& held, const call& bounds, Test test) {
    const auto missing = [&] {
        return std::find_if(plates_.begin(), plates_.end(), [&](const auto& one) { return !test(one.second); });
    };
    const auto until = bounds.until().no_later_than(profile_.asks_within).at();
    const auto all = [&] { return missing() == plates_.end(); };
    if (fetched_.wait_until(held, bounds.stop(), until, all)) return {};
    if (bounds.stopped())
        return error(make_error_code(boost::system::errc::operation_canceled), layer::drivers).during("plate");
    return refused(drivers_errc::no_answer).during("plate").at_endpoint(missing()->first);
}

result<void> plate_desk::give(content what, const call& bounds) {
    std::unique_lock held(mutex_);
    now_ = std::move(what);
    const auto mine = ++number_;
    auto fetched = wait_for(held, bounds, [mine](const plate& one) { return one.fetched >= mine; });
    if (!fetched && number_ == mine) { // what one plate has not got the others lose, too
        now_ = {};
        ++number_;
    }
    return fetched;
}

result<void> plate_desk::hear(const call& bounds) {
    std::unique_lock held(mutex_);
    for (auto& [number, one] : plates_)
        one.heard_at = one.asked;
    return wait_for(held, bounds, [](const plate& one) { return one.asked > one.heard_at; });
}

} // namespace cipherlane::drivers
