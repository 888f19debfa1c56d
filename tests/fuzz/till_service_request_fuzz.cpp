// What a program may send to the till's service: a path with its query in the first line, a body behind it. What is
// read must be what the tables allow.
#include "cipherlane/service/service_table.hpp"
#include "cipherlane/service/url_text.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane::service;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = text.find('\n');
    const auto target = text.substr(0, end);
    const auto body = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const auto mark = target.find('?');
    const auto segments = segments_of(target.substr(0, mark));
    const auto words = query_of(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
    for (const char* verb : {"GET", "POST"}) {
        const auto found = segments ? find_route(verb, *segments) : found_route();
        if (found.row == nullptr) continue;
        if (const auto query = read_query(words, found.row->query); query && query->size() != words.size())
            std::abort();
        if (found.row->what != operation::trade) {
            static_cast<void>(read_body(body, found.row->body));
            continue;
        }
        auto wish = read_object(body);
        if (!wish || !wish->contains("trade") || !wish->at("trade").is_string()) continue;
        const auto members = members_of_trade(wish->at("trade").get_ref<const std::string&>());
        if (members.empty() || !judge(*wish, members)) continue;
        const auto& key = wish->at("key").get_ref<const std::string&>();
        if (key.empty() || key.size() > 64) std::abort();
        if (wish->contains("amount") && wish->at("amount").get<std::int64_t>() < 1) std::abort();
        wipe_texts(*wish);
    }
    return 0;
}
