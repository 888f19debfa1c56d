#include "host/download.hpp"

#include "host/exchange.hpp"
#include "host/request.hpp"
#include "lane/opened_pinpad.hpp"

#include <cipherlane/iso8583/list_page.hpp>
#include <cipherlane/iso8583/response_code.hpp>

namespace cipherlane::acquiring {
namespace {

using iso8583::list_page;

/// No host has so many; one that never says "last" must come to an end.
constexpr std::size_t most_pages = 1000;

/// A list on its way.
class list_download {
  public:
    list_download(lane_core& on, const service_row& row, const call& bounds)
        : on_(on)
        , row_(row)
        , bounds_(bounds) {}

    result<service_report> run() {
        CIPHERLANE_CHECK(begin());
        CIPHERLANE_CHECK(row_.query.empty() ? take_pages() : take_named_entries());
        if (!row_.end.empty()) {
            CIPHERLANE_TRY([[maybe_unused]] const auto end, ask_for(row_.end, {}));
        }
        CIPHERLANE_CHECK(finish());
        give_to_pad();
        report_.entries = static_cast<std::uint32_t>(list_.entries.size());
        return report_;
    }

  private:
    /// What came today and was broken off goes on; anything else begins anew. Until it is whole it stands under a
    /// name of its own: the list before it stays in force.
    result<void> begin() {
        list_.name = std::string(row_.name) + " under way";
        CIPHERLANE_TRY(auto kept, on_.journal().find_list(on_.terminal_id(), list_.name, on_.journal_call()));
        if (kept && !kept->entries.empty() && kept->date == on_.today()) {
            list_ = *std::move(kept);
            report_.resumed = true;
        }
        list_.date = on_.today();
        return {};
    }

    result<void> keep() { return on_.journal().save_list(on_.terminal_id(), list_, on_.journal_call()); }

    result<void> finish() {
        auto whole = list_;
        whole.name = row_.name;
        whole.complete = true;
        CIPHERLANE_CHECK(on_.journal().save_list(on_.terminal_id(), whole, on_.journal_call()));
        const ports::downloaded_list nothing{list_.name, list_.date, {}, false};
        return on_.journal().save_list(on_.terminal_id(), nothing, on_.journal_call());
    }

    /// The content of field 62; empty where the answer has none.
    result<std::string> ask_for(std::string_view network, byte_view field62) {
        const auto& message_row = iso8583::row_of(row_.message);
        CIPHERLANE_TRY(const auto terminal, on_.journal().terminal(on_.terminal_id(), on_.journal_call()));
        CIPHERLANE_TRY(const auto trace, on_.journal().take_trace(on_.terminal_id(), on_.journal_call()));
        request_source from(trace, terminal.batch);
        from.network = network;
        auto message = request(message_row, from, on_.settings());
        if (!field62.empty()) message.set(62, field62);
        CIPHERLANE_TRY(const auto answer, ask(on_, message, message_row, row_.name, bounds_, waiting::within_call));
        ++report_.messages;
        if (!iso8583::approved(answer.code())) {
            return flow_error(acquiring_errc::service_refused, row_.name).with_peer_code(answer.code());
        }
        return answer.value(62);
    }

    error bad_page() const { return flow_error(acquiring_errc::bad_answer, row_.name).in_field("62"); }

    result<list_page::position> take_page(std::string_view network, byte_view field62) {
        CIPHERLANE_TRY(const auto field, ask_for(network, field62));
        const auto page = list_page::parse(as_bytes(field));
        if (!page) return bad_page();
        if (page->at == list_page::position::none) return page->at;
        list_.entries.emplace_back(page->content.begin(), page->content.end());
        CIPHERLANE_CHECK(keep());
        return page->at;
    }

    result<void> take_pages() {
        while (list_.entries.size() < most_pages) {
            const auto wanted = iso8583::page_request(static_cast<std::uint32_t>(list_.entries.size()));
            CIPHERLANE_TRY(const auto at, take_page(row_.network, as_bytes(wanted)));
            if (at != list_page::position::more) return {};
        }
        return bad_page();
    }

    /// What the query lists, over as many answers as it takes.
    result<std::vector<bytes>> query() {
        std::vector<bytes> all;
        for (std::uint32_t pages = 0; pages < most_pages; ++pages) {
            CIPHERLANE_TRY(const auto field, ask_for(row_.query, as_bytes(iso8583::page_request(pages))));
            const auto page = list_page::parse(as_bytes(field));
            if (!page) return bad_page();
            const auto entries = iso8583::listed_entries(page->content);
            if (!entries) return bad_page();
            all.insert(all.end(), entries->begin(), entries->end());
            if (page->at != list_page::position::more) return all;
        }
        return bad_page();
    }

    result<void> take_named_entries() {
        CIPHERLANE_TRY(const auto named, query());
        for (auto at = list_.entries.size(); at < named.size(); ++at) {
            CIPHERLANE_TRY(const auto end, take_page(row_.network, named[at]));
            if (end == list_page::position::none) return bad_page(); // it has just listed it
        }
        return {};
    }

    /// The list is whole and kept: to download it again would not mend the pad.
    void give_to_pad() {
        const auto given = give_list_to_pinpad(on_, row_.name, list_.entries, bounds_);
        if (given) return;
        on_.log().warning("acquiring",
            std::string(row_.name) + ": downloaded, but the PIN pad has not taken it: " + given.error().to_string());
    }

    lane_core& on_;
    const service_row& row_;
    const call& bounds_;
    ports::downloaded_list list_;
    service_report report_;
};

} // namespace

result<service_report> download(lane_core& on, const service_row& row, const call& bounds) {
    return list_download(on, row, bounds).run();
}

} // namespace cipherlane::acquiring
