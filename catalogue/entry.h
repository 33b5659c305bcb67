#pragma once
// From an analysed input to what the registry is told of it, and from there to the answer.
#include <span>
#include <string>

#include "catalogue/catalogue.h"
#include "registry/registry.h"

namespace earmark::catalogue {

/// A registered recording that the input is another copy of.
struct Twin {
  registry::Recording recording;
  std::string how;
};

/// `reference`: the fingerprint in the form that is stored.
[[nodiscard]] registry::NewRecording make_recording(const Analysed& input, const RegisterRequest& request,
                                                    const fingerprint::Fingerprint& reference);
/// The party's name, also where none was given.
[[nodiscard]] std::string owner_of(const registry::NewRecording& recording);
/// Another owner hands in what is registered: for a person to look at.
[[nodiscard]] registry::RegistrationFinding contested_by(const registry::NewRecording& input);

[[nodiscard]] RegisterOutcome outcome_of(const registry::NewRecording& input);
[[nodiscard]] RegisterOutcome duplicate_of(const Twin& twin, const registry::NewRecording& input);
/// The twin of the same file or the same audio.
[[nodiscard]] Twin same_twin(registry::Recording recording, const registry::NewRecording& input);

/// Judges the title and what the recording has in common with registered ones (catalogue/gates.h): its
/// findings, and whether it is held for a person. kRefused: it is not taken.
[[nodiscard]] Status pass_gates(registry::Registry& registry, std::span<const registry::SharedStretch> shared,
                                registry::NewRecording& recording);

}  // namespace earmark::catalogue
