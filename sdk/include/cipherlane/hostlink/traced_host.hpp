#pragma once

#include <cipherlane/hostlink/certification_trace.hpp>
#include <cipherlane/ports/host.hpp>

#include <memory>

namespace cipherlane::hostlink {

/// A host whose exchanges are written to a trace once they have ended. It adds nothing to what goes over the link and
/// changes no outcome. One thread at a time, as any host; several may share a trace.
class traced_host final : public ports::host {
  public:
    traced_host(std::shared_ptr<ports::host> inner, std::shared_ptr<certification_trace> trace);

    [[nodiscard]] result<bytes> exchange(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    [[nodiscard]] result<bytes> inquire(
        byte_view request, const ports::answer_filter& filter, const call& bounds) override;
    [[nodiscard]] std::string identity() const override { return inner_->identity(); }
    [[nodiscard]] std::vector<std::string> earlier_identities() const override {
        return inner_->earlier_identities();
    }
    [[nodiscard]] std::chrono::milliseconds response_time() const noexcept override {
        return inner_->response_time();
    }

  private:
    template <class Ask>
    [[nodiscard]] result<bytes> traced(byte_view request, Ask ask);

    std::shared_ptr<ports::host> inner_;
    std::shared_ptr<certification_trace> trace_;
};

} // namespace cipherlane::hostlink
