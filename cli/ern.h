#pragma once
// A catalogue delivered as a DDEX-shaped release message (ERN 4: NewReleaseMessage). A subset: what names a
// recording, its file, its releases, and where the sender holds it.
#include <filesystem>
#include <string_view>

#include "cli/manifest.h"

namespace earmark::cli {

/// Whether the text looks like XML.
[[nodiscard]] bool is_ern(std::string_view text);

/// One row a SoundRecording: ISRC, DisplayTitleText, DisplayArtistName, File/URI (relative to `folder`), the
/// Release (ICPN, GRid, title) that refers to it, and from the Deals on that release the owner's territories
/// and time. The owner is the message's sender. What is wrong with a recording is the error of its row, its
/// number in the message the line. kCorrupt: no NewReleaseMessage, or it breaks off.
[[nodiscard]] Result<Manifest> parse_ern(std::string_view text, const std::filesystem::path& folder);

}  // namespace earmark::cli
