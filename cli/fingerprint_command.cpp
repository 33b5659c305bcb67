#include <set>

#include <fmt/format.h>

#include "catalogue/analyser.h"
#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"
#include "fingerprint/codec.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

/// Where the fingerprint of each input goes: DIR/NAME.emfp, below DIR as deep as the file was below the
/// folder that was named. Where two inputs would meet, the later one keeps its extension ("a.ogg.emfp"), then
/// gets a number ("a.ogg-2.emfp").
std::vector<fs::path> output_paths(const std::vector<Input>& inputs, const fs::path& folder) {
  std::set<fs::path> taken;
  std::vector<fs::path> outputs;
  for (const Input& input : inputs) {
    const fs::path place = folder / input.under;
    fs::path output = place / (input.path.stem().native() + ".emfp");
    for (int number = 1; !taken.insert(output).second; ++number) {
      const std::string suffix = number == 1 ? "" : fmt::format("-{}", number);
      output = place / (input.path.filename().native() + suffix + ".emfp");
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

struct Made {
  std::uint64_t duration_ms = 0;
  std::size_t bytes = 0;
  std::vector<std::string> warnings;
};

Result<Made> make_fingerprint(catalogue::Analyser& analyser, const Input& input, const fs::path& output) {
  if (input.error) return fail(*input.error);
  EARMARK_TRY(auto analysed, analyser.analyse(input.path));
  const Bytes bytes = fingerprint::encode(analysed.fingerprint);
  std::error_code error;
  fs::create_directories(output.parent_path(), error);
  if (error) return fail(error_from_errno(error.value(), "create folder " + output.parent_path().string()));
  EARMARK_TRY_STATUS(write_file_atomically(output, bytes));
  return Made{analysed.fingerprint.duration_ms(), bytes.size(), std::move(analysed.warnings)};
}

void print(const Input& input, const fs::path& output, const Result<Made>& made, Console& console) {
  if (console.is_json()) {
    console.result({{"source", input.path.native()},
                    {"fingerprint", made ? Json(output.native()) : Json(nullptr)},
                    {"duration_ms", made ? Json(made->duration_ms) : Json(nullptr)},
                    {"fingerprint_bytes", made ? Json(made->bytes) : Json(nullptr)},
                    {"error", made ? Json(nullptr) : Json(made.error().message)},
                    {"warnings", made ? Json(made->warnings) : Json::array()}});
    return;
  }
  if (!made) {
    console.note(LogLevel::kError, made.error().message);
    return;
  }
  console.line(fmt::format("{:>12}  {:>9}  {}", time_code(made->duration_ms), byte_count(made->bytes),
                           printable(output.native())));
  for (const auto& warning : made->warnings)
    console.note(LogLevel::kWarning, input.path.native() + ": " + warning);
}

}  // namespace

Exit run(const Common& common, const FingerprintOptions& options, Console& console) {
  const Inputs inputs = collect_inputs(options.paths);
  note_skipped(inputs, console);
  if (inputs.files.empty()) console.note(LogLevel::kWarning, "there is nothing to fingerprint");
  const auto outputs = output_paths(inputs.files, options.folder);
  const auto analyser = catalogue::Analyser::start(common.threads);
  if (!analyser) return failed(console, analyser.error());
  std::size_t failures = 0;
  console.begin_progress("fingerprint", inputs.files.size());
  run_in_order<Result<Made>>(
      inputs.files.size(), common.threads,
      [&](std::size_t i) { return make_fingerprint(**analyser, inputs.files[i], outputs[i]); },
      [&](std::size_t i, const Result<Made>& made) {
        if (!made) ++failures;
        console.advance(made ? made->duration_ms : 0);
        print(inputs.files[i], outputs[i], made, console);
      });
  console.end_progress();
  return failures > 0 ? Exit::kSomeFailed : Exit::kDone;
}

}  // namespace earmark::cli
