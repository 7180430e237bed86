// What the fuzz targets that read jobs share: which system an input is for, and that whatever is printed of a job is
// harmless, and JSON.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/formatter.hpp"
#include "formatters/job_record.hpp"
#include "formatters/json_rewrite.hpp"
#include "formatters/redaction.hpp"
#include "model/trace_action.hpp"
#include "tests/fuzz/require.hpp"

namespace queuetrace::fuzz {

/// The first system of that name, so that inputs stay good when others are added; for any other text one by its first
/// byte.
template <typename System>
const System& chosen(const std::vector<const System*>& systems, std::string_view name) {
  const auto named = std::ranges::find_if(systems, [&](const System* one) { return one->info.name == name; });
  if (named != systems.end()) return **named;
  return *systems[(name.empty() ? 0 : static_cast<unsigned char>(name.front())) % systems.size()];
}

/// The job in this format, secrets included; a control character or JSON that is none ends the run.
inline std::string printed(const Job& job, std::string_view format) {
  std::ostringstream out;
  FormatterOptions options;
  options.show_secrets = true;
  const std::unique_ptr<Formatter> formatter = find_output_format(format)->make(out, options);
  formatter->begin({.schema = "queuetrace.jobs/1", .list_key = "jobs", .columns = job_columns()});
  formatter->row(job_record(job, {}, Timestamp()));
  formatter->end({});
  const std::string text = out.str();
  require(std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }));
  std::string again;
  if (format == "json") require(rewrite_json(text, Redaction({}, false), again).status == JsonRewrite::Status::json);
  return text;
}

/// The same in a format for machines and in one for people.
inline void check_printed(const Job& job) {
  printed(job, "json");
  printed(job, "table");
}

}  // namespace queuetrace::fuzz
