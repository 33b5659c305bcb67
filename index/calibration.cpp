#include "index/calibration.h"

#include <cmath>

namespace earmark::index {
namespace {

constexpr double kHalf = 8.0;   // z at which a match is as likely real as not
constexpr double kSlope = 2.2;  // nats per unit of z

}  // namespace

double probability_of(double z) { return 1.0 / (1.0 + std::exp(-kSlope * (z - kHalf))); }

}  // namespace earmark::index
