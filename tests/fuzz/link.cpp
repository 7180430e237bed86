// Fuzz target: templates of links, and values in them: what stands before the first line feed is the template, the rest
// the value. Checks that a link begins with the origin of its template, and is a URL.
#include "model/configuration.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"
#include "tracing/url.hpp"
#include "tracing/viewer.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

void check_link(const Viewer& viewer, const Viewer::Link& link) {
  require(link.url.has_value() != !link.reason.empty());
  if (!link.url) return;
  require(!viewer.origin().empty() && link.url->starts_with(viewer.origin()));
  require(url_problem(*link.url, false).empty());
}

void check_viewer(const ViewerSettings& settings, std::string_view value) {
  try {
    const Viewer viewer(settings);
    check_link(viewer, viewer.trace_link(value, Timestamp()));
    Job job;
    job.ref.id = Untrusted(std::string(value));
    job.trace.correlation_id = Untrusted(std::string(value));

    check_link(viewer, viewer.search_link(job, Timestamp(), "job.correlation_id", value));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  const std::string_view url = fuzz::take_part(rest, '\n');
  ViewerSettings custom;
  custom.name = "custom";
  custom.url = url;
  check_viewer(custom, rest);
  for (const ViewerPreset& preset : viewer_presets()) {
    ViewerSettings settings;
    settings.name = "preset";
    settings.preset = preset.name;
    settings.base = "https://viewer.example/base";
    check_viewer(settings, rest);
  }
  return 0;
}
