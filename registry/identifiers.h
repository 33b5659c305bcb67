#pragma once
// Names that the music trade gives to recordings, works, releases and parties, and how each is checked.
// A check digit finds a slip of the pen, not a lie: whether an identifier was ever assigned is not asked.
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::registry {

enum class IdentifierScheme {
  kIsrc,         ///< recording, ISO 3901:2019
  kIswc,         ///< work, ISO 15707
  kIpiName,      ///< name of a party, CISAC
  kIpiBase,      ///< party, CISAC
  kIsni,         ///< party, ISO 27729
  kDpid,         ///< party, DDEX
  kGtin,         ///< release: UPC-A, EAN-13, GTIN-14 (GS1)
  kGrid,         ///< release, IFPI
  kPodcastGuid,  ///< show, Podcasting 2.0
};
[[nodiscard]] std::string_view to_string(IdentifierScheme scheme);  ///< "isrc", "iswc", "ipi", …
/// kInvalidArgument, with the words that are allowed.
[[nodiscard]] Result<IdentifierScheme> parse_identifier_scheme(std::string_view text);

struct Identifier {
  std::string value;    ///< canonical: capitals and digits without separators (a podcast GUID in lower case)
  std::string warning;  ///< what is unusual and still allowed; empty: nothing
};

/// Reads an identifier as people write it: separators, spaces and a leading name ("ISRC", "ISWC") are
/// allowed. Canonical forms: ISRC 12 characters; ISWC "T" and 10 digits; IPI name 11 digits; IPI base "I" and
/// 10 digits; ISNI 16; DPID 18; GTIN always 14 digits; GRid 18. kInvalidArgument says what is wrong: length,
/// a character, or the check digit that would be right.
[[nodiscard]] Result<Identifier> parse_identifier(IdentifierScheme scheme, std::string_view text);

/// A canonical value as it is printed: "US-S1Z-99-00001", "T-034.524.680-1", "I-001068130-6",
/// "0000 0001 2345 6789", "A1-2425G-ABC1234002-M"; others as they are.
[[nodiscard]] std::string shown(IdentifierScheme scheme, std::string_view value);

/// The check character of ISO 7064 MOD 37,36 over capitals and digits (GRid, DPID).
[[nodiscard]] char check_mod_37_36(std::string_view text);
/// The check character of ISO 7064 MOD 11-2 over digits (ISNI): '0' to '9' or 'X'.
[[nodiscard]] char check_mod_11_2(std::string_view digits);

}  // namespace earmark::registry
