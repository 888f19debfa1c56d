#pragma once

#include <span>
#include <string_view>

namespace cipherlane {

/// The word that `given` was probably meant to be: at most two letters missing, doubled, wrong or exchanged, and at
/// least half of them right. Letters compare without case.
/// @return empty where no word is near, a view into `words` else
[[nodiscard]] std::string_view nearest_word(std::string_view given, std::span<const std::string_view> words);

} // namespace cipherlane
