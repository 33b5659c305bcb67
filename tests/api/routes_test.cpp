// The route table and the OpenAPI document say the same.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "api/openapi.h"
#include "api/route.h"

namespace earmark::api {
namespace {

using Operation = std::pair<std::string, std::string>;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

TEST(OpenApi, HasEveryRouteAndNoOther) {
  std::set<Operation> in_table;
  for (const Route& route : routes()) in_table.emplace(std::string(route.pattern), lower(route.method));
  std::set<Operation> in_document;
  const Json document = make_openapi();
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) in_document.emplace(path, method);
  }
  EXPECT_EQ(in_table, in_document);
  EXPECT_EQ(in_table.size(), routes().size());
  EXPECT_EQ(document["openapi"], "3.1.0");
}

TEST(OpenApi, NamesEachOperationOnceAndExplainsIt) {
  std::set<std::string> ids;
  const Json document = make_openapi();
  for (const auto& [path, operations] : document["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"].get<std::string>()).second) << path;
      EXPECT_FALSE(operation["summary"].get<std::string>().empty()) << path;
      EXPECT_TRUE(operation.contains("security")) << path;
      for (const auto& [status, response] : operation["responses"].items())
        EXPECT_FALSE(response["description"].get<std::string>().empty()) << path << " " << status;
    }
  }
}

/// Every {"$ref": …} below.
void collect_references(const Json& json, std::set<std::string>& found) {
  if (json.is_object() && json.contains("$ref")) found.insert(json["$ref"].get<std::string>());
  if (json.is_structured()) {
    for (const auto& item : json.items()) collect_references(item.value(), found);
  }
}

TEST(OpenApi, RefersToSchemasThatAreThere) {
  const Json document = make_openapi();
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_FALSE(references.empty());
  std::set<std::string> used;
  for (const auto& reference : references) {
    const std::string prefix = "#/components/schemas/";
    ASSERT_TRUE(reference.starts_with(prefix)) << reference;
    used.insert(reference.substr(prefix.size()));
  }
  for (const auto& name : used) EXPECT_TRUE(document["components"]["schemas"].contains(name)) << name;
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    EXPECT_TRUE(used.contains(name)) << name << " is used nowhere";
  }
}

TEST(OpenApi, DescribesEveryNameInAPath) {
  const Json document = make_openapi();
  for (const Route& route : routes()) {
    const Json& operation = document["paths"][std::string(route.pattern)][lower(route.method)];
    std::size_t described = 0;
    if (operation.contains("parameters")) {
      for (const auto& parameter : operation["parameters"]) described += parameter["in"] == "path" ? 1U : 0U;
    }
    EXPECT_EQ(described,
              static_cast<std::size_t>(std::count(route.pattern.begin(), route.pattern.end(), '{')))
        << route.pattern;
  }
}

TEST(FindRoute, PrefersWhatIsSpelledOut) {
  EXPECT_EQ(find_route("POST", "/v1/feeds/verify").route->id, "verifyFeed");
  const auto claim = find_route("POST", "/v1/claims/clm_1/dispute");
  ASSERT_NE(claim.route, nullptr);
  EXPECT_EQ(claim.path.at("id"), "clm_1");
  EXPECT_EQ(claim.path.at("action"), "dispute");
  EXPECT_EQ(find_route("GET", "/v1/recordings/rec_1").path.at("id"), "rec_1");
}

TEST(FindRoute, SaysWhichMethodsThereAre) {
  const auto wrong = find_route("PATCH", "/v1/recordings");
  EXPECT_EQ(wrong.route, nullptr);
  EXPECT_EQ(wrong.other_methods, "POST, GET");
  for (const char* path :
       {"/", "", "/v1", "/v1/recordings/", "/v1/recordings/a/b", "//v1/recordings", "/v1/recordings//x"}) {
    const auto nothing = find_route("GET", path);
    EXPECT_EQ(nothing.route, nullptr) << path;
    EXPECT_EQ(nothing.other_methods, "") << path;
  }
}

TEST(Routes, AskForAScopeWhereTheyAreNotPublic) {
  const std::set<std::string_view> open = {"/healthz",
                                           "/readyz",
                                           "/metrics",
                                           "/openapi.json",
                                           "/problems/{code}",
                                           "/v2/lookup",
                                           "/v2/submit",
                                           "/v2/submission_status",
                                           "/ws/2/recording/{id}"};
  for (const Route& route : routes())
    EXPECT_EQ(route.scope == Scope::kPublic, open.contains(route.pattern)) << route.pattern;
}

}  // namespace
}  // namespace earmark::api
