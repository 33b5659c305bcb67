#pragma once
// Apart from core/file.h, because few may write secrets.
#include <filesystem>
#include <span>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark {

/// As write_file_atomically() (core/file.h), readable by the file's owner only, from its first byte on.
[[nodiscard]] Status write_secret_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace earmark
