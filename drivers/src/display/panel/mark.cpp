#include "mark.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace cipherlane::drivers {
namespace {

/// In radii of the disc, from its middle; y runs down.
struct point {
    float x = 0;
    float y = 0;
};
struct line {
    point from, to;
};

/// Part of a circle, from one angle on to a larger one; angles in radians from the right, clockwise.
struct bow {
    point middle;
    float radius = 0;
    float from = 0;
    float to = 0;
};

constexpr float half_stroke = 0.13F;
constexpr float pi = 3.14159265F;

constexpr std::array tick{line{{-0.5F, 0.05F}, {-0.14F, 0.41F}}, line{{-0.14F, 0.41F}, {0.52F, -0.34F}}};
constexpr std::array cross{line{{-0.4F, -0.4F}, {0.4F, 0.4F}}, line{{-0.4F, 0.4F}, {0.4F, -0.4F}}};
constexpr std::array clock_hands{line{{0, 0.04F}, {0, -0.6F}}, line{{0, 0.04F}, {0.44F, 0.04F}}};
// The bow goes over into the stem; the dot is a line of no length.
constexpr std::array question{
    line{{0.198F, -0.102F}, {0.04F, 0.056F}}, line{{0.04F, 0.056F}, {0, 0.16F}}, line{{0, 0.54F}, {0, 0.54F}}};
constexpr std::array question_bow{bow{{0, -0.3F}, 0.28F, pi, 2.25F * pi}};

struct sign {
    ports::payment_outcome what;
    colour ground;
    std::span<const line> lines;
    std::span<const bow> bows;
};

// Each ground is dark enough to be black on a panel of one bit.
constexpr std::array signs{
    sign{ports::payment_outcome::approved, rgb565(0, 128, 48), tick, {}},
    sign{ports::payment_outcome::declined, rgb565(184, 0, 0), cross, {}},
    sign{ports::payment_outcome::cancelled, rgb565(88, 88, 88), cross, {}},
    sign{ports::payment_outcome::expired, rgb565(88, 88, 88), clock_hands, {}},
    sign{ports::payment_outcome::unknown, rgb565(176, 96, 0), question, question_bow},
};

const sign& sign_of(ports::payment_outcome what) noexcept {
    const auto* found = std::ranges::find(signs, what, &sign::what);
    return found != signs.end() ? *found : signs.back();
}

float distance(point at, const line& to) noexcept {
    const point along{to.to.x - to.from.x, to.to.y - to.from.y};
    const point there{at.x - to.from.x, at.y - to.from.y};
    const float length = along.x * along.x + along.y * along.y;
    const float share = length > 0 ? std::clamp((there.x * along.x + there.y * along.y) / length, 0.0F, 1.0F) : 0.0F;
    return std::hypot(there.x - share * along.x, there.y - share * along.y);
}

float distance(point at, const bow& to) noexcept {
    const point there{at.x - to.middle.x, at.y - to.middle.y};
    const float angle = std::atan2(there.y, there.x);
    // The angle itself or one turn on: which of them lies in the bow, if any.
    for (const float turned : {angle, angle + 2 * pi}) {
        if (turned >= to.from && turned <= to.to) return std::abs(std::hypot(there.x, there.y) - to.radius);
    }
    auto end = [&](float where) {
        return std::hypot(there.x - to.radius * std::cos(where), there.y - to.radius * std::sin(where));
    };
    return std::min(end(to.from), end(to.to));
}

/// How much of a pixel lies inside an edge that is `depth` pixels away, of 255.
unsigned cover(float depth) noexcept {
    return static_cast<unsigned>(std::clamp(depth + 0.5F, 0.0F, 1.0F) * 255.0F + 0.5F);
}

} // namespace

colour ink_of(ports::payment_outcome what) noexcept {
    return sign_of(what).ground;
}

void draw_mark(frame& on, const rectangle& box, ports::payment_outcome what) {
    const auto& shape = sign_of(what);
    const float radius = static_cast<float>(std::min(box.width, box.height)) / 2;
    const point middle{static_cast<float>(box.left) + static_cast<float>(box.width) / 2,
        static_cast<float>(box.top) + static_cast<float>(box.height) / 2};
    const auto inside = common(box, on.bounds());
    for (int y = inside.top; y < inside.bottom(); ++y) {
        for (int x = inside.left; x < inside.right(); ++x) {
            const point from_middle{static_cast<float>(x) + 0.5F - middle.x, static_cast<float>(y) + 0.5F - middle.y};
            const auto disc = cover(radius - std::hypot(from_middle.x, from_middle.y));
            if (disc == 0) continue;
            const point at{from_middle.x / radius, from_middle.y / radius};
            float nearest = 2;
            for (const auto& one : shape.lines)
                nearest = std::min(nearest, distance(at, one));
            for (const auto& one : shape.bows)
                nearest = std::min(nearest, distance(at, one));
            const auto sign_ink = blend(shape.ground, white, cover((half_stroke - nearest) * radius));
            on.set(x, y, blend(on.at(x, y), sign_ink, disc));
        }
    }
}

} // namespace cipherlane::drivers
