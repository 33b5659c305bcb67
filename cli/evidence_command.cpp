#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "evidence/bundle.h"
#include "evidence/cue_sheet.h"
#include "evidence/notice.h"
#include "evidence/verify.h"

namespace earmark::cli {
namespace {

Status write_text(const std::string& file, std::string_view text) {
  return write_file_atomically(file, as_bytes(text));
}

Json parts_of(const evidence::Bundle& bundle) {
  Json names = Json::array();
  for (const auto& part : bundle.parts) names.push_back(part.name);
  return names;
}

/// The fields of --fill NAME=VALUE over those of the claim.
Result<evidence::Fields> fields_for(const registry::Claim& claim, const std::vector<std::string>& fill) {
  evidence::Fields fields = evidence::fields_of(claim, system_clock().now());
  for (const auto& item : fill) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("--fill {}: it must be NAME=VALUE", printable(item)));
    fields[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return fields;
}

Exit write_templates(const std::string& folder, Console& console) {
  const auto written = evidence::write_templates(folder);
  if (!written) return failed(console, written.error());
  for (const auto& file : *written) {
    if (console.is_json()) {
      console.result({{"template", file}});
    } else {
      console.line(printable(file));
    }
  }
  return Exit::kDone;
}

Result<std::string> draft_of(registry::Registry& registry, const ClaimsNoticeOptions& options,
                             Console& console) {
  EARMARK_TRY(const auto claim, registry.claims().find(options.claim_id));
  if (!claim) return fail(ErrorCode::kNotFound, printable(options.claim_id) + ": no such claim");
  if (claim->status != registry::ClaimStatus::kActive) {
    console.note(LogLevel::kWarning,
                 fmt::format("{} is {}: a person should look at it before anything is sent", claim->id,
                             registry::to_string(claim->status)));
  }
  EARMARK_TRY(const auto kind, evidence::parse_notice_kind(options.kind));
  EARMARK_TRY(const auto language, evidence::parse_language(options.language));
  EARMARK_TRY(const auto fields, fields_for(*claim, options.fill));
  EARMARK_TRY(const auto text, evidence::load_template(registry.store() / "templates", kind, language));
  return evidence::filled(text, fields);
}

/// Text of many lines, for people.
void print_lines(std::string_view text, Console& console) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    console.line(printable(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

Exit run(const Common& common, const ClaimsEvidenceOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto bundle = evidence::make_bundle(**registry, options.claim_id);
  if (!bundle) return failed(console, bundle.error());
  const Bytes file =
      options.output.ends_with(".tar") ? evidence::to_tar(bundle->parts) : evidence::to_zip(bundle->parts);
  if (const Status written = write_file_atomically(options.output, file); !written)
    return failed(console, written.error());
  const auto& record = bundle->record;
  if (console.is_json()) {
    console.result(
        {{"claim_id", record.claim_id},
         {"file", options.output},
         {"bytes", file.size()},
         {"sequence", record.sequence},
         {"manifest_sha256", record.signed_manifest.sha256},
         {"previous_sha256", record.previous_sha256.empty() ? Json(nullptr) : Json(record.previous_sha256)},
         {"public_key", record.signed_manifest.public_key},
         {"parts", parts_of(*bundle)}});
  } else {
    console.line(fmt::format("{}: {} parts, number {} of this store's chain, manifest {}",
                             printable(options.output), bundle->parts.size(), record.sequence,
                             record.signed_manifest.sha256));
  }
  return Exit::kDone;
}

Exit run(const Common& common, const ClaimsNoticeOptions& options, Console& console) {
  if (!options.write_templates.empty()) return write_templates(options.write_templates, console);
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto draft = draft_of(**registry, options, console);
  if (!draft) return failed(console, draft.error());
  if (!options.output.empty()) {
    if (const Status written = write_text(options.output, *draft); !written)
      return failed(console, written.error());
  }
  if (console.is_json()) {
    console.result({{"claim_id", options.claim_id},
                    {"kind", options.kind},
                    {"language", options.language},
                    {"file", options.output.empty() ? Json(nullptr) : Json(options.output)},
                    {"text", *draft}});
  } else if (options.output.empty()) {
    print_lines(*draft, console);
  }
  return Exit::kDone;
}

Exit run(const Common& common, const ClaimsCueSheetOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto cues = evidence::cue_sheet(**registry, options.feed, options.guid);
  if (!cues) return failed(console, cues.error());
  const Json json = evidence::to_json(*cues);
  const std::string text = options.format == "json" ? json.dump(2) + "\n" : evidence::to_csv(*cues);
  if (!options.output.empty()) {
    if (const Status written = write_text(options.output, text); !written)
      return failed(console, written.error());
  }
  if (console.is_json()) {
    for (const Json& cue : json) console.result(cue);
  } else if (options.output.empty()) {
    print_lines(text, console);
  }
  return Exit::kDone;
}

Exit run(const Common&, const VerifyOptions& options, Console& console) {
  std::optional<PublicKey> key;
  if (!options.key.empty()) {
    const auto bytes = from_hex(options.key);
    if (!bytes || bytes->size() != key.emplace().size())
      return failed(console, {ErrorCode::kInvalidArgument, "--key: 64 hexadecimal digits are a public key"});
    std::copy(bytes->begin(), bytes->end(), key->begin());
  }
  const auto parts = evidence::read_bundle(options.bundle);
  if (!parts) return failed(console, parts.error());
  const auto verified = evidence::verify(*parts, key);
  if (!verified) return failed(console, verified.error().with_context(printable(options.bundle)));
  if (console.is_json()) {
    console.result({{"bundle", options.bundle},
                    {"verified", true},
                    {"claim_id", verified->claim_id},
                    {"store", verified->store},
                    {"sequence", verified->sequence},
                    {"created_at", verified->created_at},
                    {"manifest_sha256", verified->manifest_sha256},
                    {"previous_sha256",
                     verified->previous_sha256.empty() ? Json(nullptr) : Json(verified->previous_sha256)},
                    {"public_key", verified->public_key},
                    {"parts", verified->parts}});
  } else {
    console.line(fmt::format("{}: all {} parts are as they were signed on {} for claim {}",
                             printable(options.bundle), verified->parts, verified->created_at,
                             verified->claim_id));
    console.line(fmt::format(
        "  key {}{}", verified->public_key,
        key ? ", as asked" : ": ask whoever gave you this whether it is theirs (earmark doctor)"));
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
