#pragma once
// The built-in templates. {{name}} is a field; docs/evidence.md lists those that are known from a claim. The
// law is quoted by its sections only: nothing here is legal advice.
#include <string_view>

namespace earmark::evidence {

extern const std::string_view kDmcaNoticeEn;
extern const std::string_view kCounterNoticeEn;
extern const std::string_view kDsaNoticeEn;
extern const std::string_view kDsaStatementEn;
extern const std::string_view kDmcaNoticeZh;
extern const std::string_view kCounterNoticeZh;
extern const std::string_view kDsaNoticeZh;
extern const std::string_view kDsaStatementZh;

}  // namespace earmark::evidence
