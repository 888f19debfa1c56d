#pragma once

#include "pinpad-sim/pad_parameters.hpp"

#include <cipherlane/core/bytes.hpp>

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::sim {

/// What a command of the newer kind ends with: the status, and the parameters of its answer.
struct pad_reply {
    int status = 0;
    std::string data;
};

/// The pictures of a simulated pad (section 3.4 of ABECS): loaded, listed, deleted, and the one on the display. It
/// takes PNG alone, no larger than its display of 320 x 240.
class pad_media {
  public:
    static constexpr int width = 320;
    static constexpr int height = 240;

    /// MLI, MLR, MLE, LMF, DMF or DSI; nothing for another command.
    [[nodiscard]] std::optional<pad_reply> execute(
        std::string_view command, const std::vector<pad_parameter>& parameters);
    /// Something else is written on the display.
    void hide() { shown_.clear(); }
    /// Names of the files, the one shown, and the codes that can be read from it.
    [[nodiscard]] nlohmann::json state() const;
    /// The file on the display; null where it shows text.
    [[nodiscard]] const bytes* shown() const;

  private:
    struct loading {
        std::string name;
        std::size_t size = 0;
        std::uint16_t crc = 0;
        bytes content;
    };
    pad_reply begin(const std::vector<pad_parameter>& parameters);
    pad_reply take(const std::vector<pad_parameter>& parameters);
    pad_reply end();
    [[nodiscard]] pad_reply list() const;
    pad_reply remove(const std::vector<pad_parameter>& parameters);
    pad_reply show(const std::vector<pad_parameter>& parameters);

    std::map<std::string, bytes> files_;
    std::optional<loading> loading_;
    std::string shown_;
};

} // namespace cipherlane::sim
