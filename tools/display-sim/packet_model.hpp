#pragma once

#include "display-sim/display_model.hpp"

namespace cipherlane::sim {

/// What the models of packet protocols share: input that is cut anywhere, answers with faults.
class packet_model : public display_model {
  public:
    packet_model(const display_options& options, std::vector<std::string> commands, surroundings around);

    void receive(byte_view data) override;
    void link_lost() override { held_.clear(); }

  protected:
    /// Carries out the packet at the front. @return bytes that are done with, also those of no packet; 0: more is
    /// needed.
    [[nodiscard]] virtual std::size_t take(byte_view data) = 0;
    /// The answer `content` as a packet.
    [[nodiscard]] virtual bytes wrap(byte_view content) const = 0;

    /// Answers the command `name` with `content`, unless a fault hits it.
    void respond(const std::string& name, bytes content);
    [[nodiscard]] static int word(byte_view data, std::size_t at) { return data[at] | (data[at + 1] << 8); }

  private:
    bytes held_;
};

} // namespace cipherlane::sim
