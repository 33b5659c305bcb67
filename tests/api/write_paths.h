#pragma once
// Every way in which a store is written, small enough to be done a thousand times.
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "api/service_store.h"
#include "registry/registry.h"

namespace earmark::api {

/// One store, open in the two ways in which the service has it open.
struct Stores {
  std::unique_ptr<registry::Registry> registry;
  std::unique_ptr<ServiceStore> service;

  [[nodiscard]] static Result<Stores> open(const std::filesystem::path& folder, const Clock& clock);
};

struct WritePath {
  const char* name;
  /// Writes something that belongs to `unique`, which no other call was given. What it returns is enough to
  /// look it up again, and has no spaces.
  Result<std::string> (*write)(Stores& stores, const std::string& unique);
  /// Whether what was written is there, all of it.
  bool (*holds)(Stores& stores, const std::string& written);
};
[[nodiscard]] std::span<const WritePath> write_paths();

/// What is true of every store at every moment. kCorrupt names what is not.
[[nodiscard]] Status check_invariants(Stores& stores);

}  // namespace earmark::api
