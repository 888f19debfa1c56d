// What a unit sends to a pool's connection: framing, headers, whose an answer is. The first byte chooses the profile,
// the second the command and how many calls want an answer, the third how the rest is cut.
#include "unit/hsm/hand_fed_pool.hpp"

#include <cipherlane/hsm/key_requests.hpp>
#include <cipherlane/hsm/mac_requests.hpp>
#include <cipherlane/hsm/pin_requests.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

namespace {

const std::vector<std::shared_ptr<const hsm::profile>>& profiles() {
    static const auto all = [] {
        std::vector<std::shared_ptr<const hsm::profile>> made;
        for (const auto& name : hsm::profile::builtin_names()) {
            made.push_back(hsm::profile::builtin(name).value());
        }
        return made;
    }();
    return all;
}

/// One connection, some calls, and what the peer sends.
class run {
  public:
    explicit run(std::shared_ptr<const hsm::profile> dialect)
        : correlates_(dialect->frame.correlates)
        , key_(dialect->raw_keys ? "0123456789ABCDEF0123456789ABCDEF" : "U0123456789ABCDEF0123456789ABCDEF")
        , pool_(std::move(dialect)) {}

    void start(unsigned which) {
        const bytes data(8);
        switch (which % 5) {
        case 0: return add(hsm::translate_pin_request(key_, key_, data, hsm::account::digits("550000025321")));
        case 1: return add(hsm::make_mac_request(hsm::key_type::tak, key_, hsm::mac_algorithm::x99, data));
        case 2: return add(hsm::generate_key_request(hsm::key_type::tpk));
        case 3: return add(hsm::verify_mac_request(hsm::key_type::tak, key_, hsm::mac_algorithm::x99, data, data, 8));
        default: return add(hsm::raw_command("A2002UPAPER")); // answers twice
        }
    }
    void begin() {
        pool_.run();
        if (!correlates_ && begun_ != 0) one_ = pool_.link().written.size();
    }
    void feed(byte_view what) {
        while (!what.empty()) {
            const auto size = pool_.link().feed(what);
            if (size == 0) return; // hung up
            what = what.subspan(size);
            pool_.run();
        }
    }
    /// Every call has ended, once.
    void end() {
        pool_.close();
        if (pool_.connections() != 0 || ended_ != begun_) std::abort();
    }

  private:
    template <class Request>
    void add(const Request& request) {
        const auto place = begun_;
        if (pool_.start(request, [this, place, done = false](const auto& got) mutable {
                if (std::exchange(done, true)) std::abort();
                ++ended_;
                if (got) check_order(place);
            }))
            ++begun_;
    }
    /// Where nothing correlates the calls go one after the other, and none is answered before it has left.
    void check_order(std::size_t place) {
        if (!correlates_ && pool_.link().written.size() < (place + 1) * one_) std::abort();
    }

    bool correlates_;
    hsm::key key_;
    std::size_t begun_ = 0;
    std::size_t ended_ = 0;
    std::size_t one_ = 0; ///< bytes of one request
    hsm::tests::hand_fed_pool pool_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    run subject(profiles()[data[0] % profiles().size()]);
    for (unsigned i = 0; i <= data[1] / 5U % 8U; ++i) {
        subject.start(data[1]);
    }
    subject.begin();
    const std::size_t step = 1 + data[2];
    byte_view rest(data + 3, size - 3);
    while (!rest.empty()) {
        const auto piece = rest.first(std::min(step, rest.size()));
        rest = rest.subspan(piece.size());
        subject.feed(piece);
    }
    subject.end();
    return 0;
}
