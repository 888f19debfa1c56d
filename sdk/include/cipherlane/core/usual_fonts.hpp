#pragma once

#include <array>

namespace cipherlane {

/// Files of a font with Latin and Chinese letters, where Debian puts them: the first that is there is taken.
struct usual_font {
    const char* proportional;
    const char* fixed; ///< with letters of one width; where the same file holds both, that file
};
inline constexpr std::array usual_fonts{
    usual_font{"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"},
    usual_font{"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"},
    usual_font{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"},
    usual_font{
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"},
};

} // namespace cipherlane
