#include "evidence/archive.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

namespace earmark::evidence {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEndOfCentral = 0x06054b50;
constexpr std::uint16_t kZipVersion = 20;
constexpr std::uint16_t kFirstDate = 0x21;  // 1 January 1980: an archive does not say when it was made
constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kMostParts = 1000;

/// CRC-32 of ISO 3309, as ZIP has it.
std::uint32_t crc32(std::span<const std::byte> bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1U) : c >> 1U;
      table[i] = c;
    }
    return table;
  }();
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes)
    crc = kTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xFFU] ^ (crc >> 8U);
  return ~crc;
}

/// What local and central headers have in common.
void put_zip_entry(ByteWriter& out, const Part& part) {
  out.put<std::uint16_t>(0);  // flags
  out.put<std::uint16_t>(0);  // stored
  out.put<std::uint16_t>(0);  // time
  out.put<std::uint16_t>(kFirstDate);
  out.put<std::uint32_t>(crc32(part.bytes));
  out.put<std::uint32_t>(static_cast<std::uint32_t>(part.bytes.size()));
  out.put<std::uint32_t>(static_cast<std::uint32_t>(part.bytes.size()));
  out.put<std::uint16_t>(static_cast<std::uint16_t>(part.name.size()));
  out.put<std::uint16_t>(0);  // extra
}

Result<std::vector<Part>> read_zip(std::span<const std::byte> bytes) {
  std::vector<Part> parts;
  ByteReader in(bytes);
  while (true) {
    EARMARK_TRY(const auto signature, in.get<std::uint32_t>());
    if (signature == kCentralHeader || signature == kEndOfCentral) return parts;
    if (signature != kLocalHeader) return fail(ErrorCode::kCorrupt, "ZIP: no entry where one should begin");
    EARMARK_TRY(const auto head, in.get_array<std::uint16_t>(5));
    EARMARK_TRY(const auto crc, in.get<std::uint32_t>());
    EARMARK_TRY(const auto packed, in.get<std::uint32_t>());
    EARMARK_TRY(const auto size, in.get<std::uint32_t>());
    EARMARK_TRY(const auto name_length, in.get<std::uint16_t>());
    EARMARK_TRY(const auto extra_length, in.get<std::uint16_t>());
    if (head[2] != 0 || (head[1] & 0x9U) != 0 || packed != size)
      return fail(ErrorCode::kUnsupported,
                  "ZIP: entries must be stored, not packed; unpack it and name the folder");
    EARMARK_TRY(const auto name, in.get_bytes(name_length));
    EARMARK_TRY_STATUS(in.get_bytes(extra_length));
    EARMARK_TRY(const auto content, in.get_bytes(size));
    Part part{std::string(as_text(name)), {}, Bytes(content.begin(), content.end())};
    if (crc32(part.bytes) != crc)
      return fail(ErrorCode::kCorrupt, "ZIP: " + part.name + ": its checksum is wrong");
    parts.push_back(std::move(part));
    if (parts.size() > kMostParts) return fail(ErrorCode::kResourceExhausted, "ZIP: more than 1000 entries");
  }
}

std::uint64_t octal(std::span<const std::byte> field) {
  std::uint64_t value = 0;
  for (const std::byte byte : field) {
    const auto c = static_cast<char>(byte);
    if (c >= '0' && c <= '7') value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

Result<std::vector<Part>> read_tar(std::span<const std::byte> bytes) {
  std::vector<Part> parts;
  ByteReader in(bytes);
  while (in.remaining() >= kTarBlock) {
    EARMARK_TRY(const auto head, in.get_bytes(kTarBlock));
    if (head[0] == std::byte{0}) break;
    const auto name = as_text(head.first(100));
    const std::uint64_t size = octal(head.subspan(124, 12));
    if (size > in.remaining()) return fail(ErrorCode::kCorrupt, "TAR: it is cut off");
    EARMARK_TRY(const auto content, in.get_bytes(static_cast<std::size_t>(size)));
    const std::size_t padding = std::min((kTarBlock - size % kTarBlock) % kTarBlock, in.remaining());
    EARMARK_TRY_STATUS(in.get_bytes(padding));
    std::string plain(name.substr(0, name.find('\0')));
    if (plain.starts_with("./")) plain.erase(0, 2);
    const auto kind = static_cast<char>(head[156]);
    if (kind == '0' || kind == '\0')
      parts.push_back({std::move(plain), {}, Bytes(content.begin(), content.end())});
    if (parts.size() > kMostParts) return fail(ErrorCode::kResourceExhausted, "TAR: more than 1000 entries");
  }
  return parts;
}

void put_tar_head(ByteWriter& out, const Part& part) {
  std::array<char, kTarBlock> head{};
  const auto put = [&head](std::size_t at, std::string_view text) {
    std::memcpy(&head[at], text.data(), text.size());
  };
  put(0, std::string_view(part.name).substr(0, 99));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", part.bytes.size()));
  put(136, "00000000000");
  put(148, "        ");
  head[156] = '0';
  put(257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum) + '\0');
  out.put_bytes(std::as_bytes(std::span(head)));
}

}  // namespace

Bytes to_zip(std::span<const Part> parts) {
  ByteWriter out;
  std::vector<std::uint32_t> offsets;
  for (const Part& part : parts) {
    offsets.push_back(static_cast<std::uint32_t>(out.view().size()));
    out.put(kLocalHeader);
    out.put(kZipVersion);
    put_zip_entry(out, part);
    out.put_bytes(as_bytes(part.name));
    out.put_bytes(part.bytes);
  }
  const auto central = static_cast<std::uint32_t>(out.view().size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    out.put(kCentralHeader);
    out.put(kZipVersion);
    out.put(kZipVersion);
    put_zip_entry(out, parts[i]);
    out.put<std::uint16_t>(0);  // comment
    out.put<std::uint16_t>(0);  // disk
    out.put<std::uint16_t>(0);  // internal attributes
    out.put<std::uint32_t>(0);  // external attributes
    out.put(offsets[i]);
    out.put_bytes(as_bytes(parts[i].name));
  }
  const auto end = static_cast<std::uint32_t>(out.view().size());
  out.put(kEndOfCentral);
  out.put<std::uint32_t>(0);  // disks
  out.put(static_cast<std::uint16_t>(parts.size()));
  out.put(static_cast<std::uint16_t>(parts.size()));
  out.put(end - central);
  out.put(central);
  out.put<std::uint16_t>(0);  // comment
  return std::move(out).take();
}

Bytes to_tar(std::span<const Part> parts) {
  constexpr std::array<std::byte, kTarBlock> kEmpty{};
  ByteWriter out;
  for (const Part& part : parts) {
    put_tar_head(out, part);
    out.put_bytes(part.bytes);
    out.put_bytes(std::span(kEmpty).first((kTarBlock - part.bytes.size() % kTarBlock) % kTarBlock));
  }
  out.put_bytes(kEmpty);
  out.put_bytes(kEmpty);
  return std::move(out).take();
}

Result<std::vector<Part>> read_archive(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  const auto signature = in.get<std::uint32_t>();
  if (signature && (*signature == kLocalHeader || *signature == kEndOfCentral)) return read_zip(bytes);
  if (bytes.size() >= kTarBlock && as_text(bytes.subspan(257, 5)) == "ustar") return read_tar(bytes);
  return fail(ErrorCode::kUnsupported, "neither ZIP nor TAR");
}

}  // namespace earmark::evidence
