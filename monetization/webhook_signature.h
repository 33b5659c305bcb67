#pragma once
// Signatures of events that a payment processor sends: "t=SECONDS,v1=HEX", HMAC-SHA-256 over "SECONDS.BODY".
// Source: docs.stripe.com/webhooks, "Verify webhook signatures manually". Pure functions.
#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace earmark::monetization {

/// How far the time of a signature may be from ours: what is older may be a replay.
inline constexpr std::chrono::minutes kSignatureTolerance{5};

[[nodiscard]] std::string sign_event(std::string_view body, std::string_view secret, Timestamp at);
/// kRefused: not signed with this secret, changed, too old or of the future.
[[nodiscard]] Status check_signature(std::string_view body, std::string_view header, std::string_view secret,
                                     Timestamp now);

}  // namespace earmark::monetization
