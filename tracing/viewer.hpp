// Trace viewers: URL templates filled in one pass, presets for the known products, and the trace actions of a job.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/configuration.hpp"
#include "model/job.hpp"
#include "tracing/link_facts.hpp"
#include "tracing/url_template.hpp"

namespace queuetrace {

/// A known viewer product (docs/tracing.md section 1.2).
struct ViewerPreset {
  std::string_view name;
  std::string_view url;            ///< template; `{base}` is the configured base URL
  std::string_view search;         ///< template of its attribute search, empty when it has none that can be built
  std::string_view confidence;     ///< `verified`, `reported`, `unverified`
  std::string_view defaults = {};  ///< variables it has when the configuration sets none: `site=datadoghq.com&ds=`
};
std::span<const ViewerPreset> viewer_presets();
const ViewerPreset* find_viewer_preset(std::string_view name);

/// Jaeger and Zipkin where they listen by default, as go-redis-work-queue has them.
std::vector<ViewerSettings> built_in_viewers();

/// A checked template, ready to fill. Built once per viewer.
///
/// What `{traceID}` gives: hex of 1 to 32 digits as it is stored, in lower case, not padded; other recognised forms as
/// hex, 16 digits when the high half is zero; opaque text percent-encoded, in templates of the user's own only.
class Viewer {
 public:
  /// Throws Error{usage} for an unknown preset or placeholder, a scheme other than http/https, userinfo, or a
  /// placeholder in scheme, host (except {var.*}) or port. A viewer without a URL is not an error: it makes no links.
  /// `base` of a preset with a fixed host replaces that host.
  explicit Viewer(const ViewerSettings& settings);

  const std::string& name() const { return name_; }
  bool has_url() const { return !trace_.empty(); }
  /// `https://host:port` all links begin with; empty when it has no URL or a variable of its host is not set.
  const std::string& origin() const { return trace_.origin(); }

  /// A link or the reason there is none.
  using Link = TemplateResult;
  /// Link to the job's trace; only for TraceStatus::w3c, and for opaque text where the viewer takes any text (custom).
  Link trace_link(const Job& job, Timestamp now) const;
  /// Link to the viewer's attribute search for the job (by Job::spans, or the attribute that the variable
  /// `search_attribute` names), where there is no trace to open.
  Link search_link(const Job& job, Timestamp now) const;
  /// The same for any attribute, such as `job.trace_id` or `job.correlation_id`.
  Link search_link(const Job& job, Timestamp now, std::string_view attribute, std::string_view value) const;
  /// Link for a bare trace id in any spelling; a UUID too, which only may be the id of a trace.
  Link trace_link(std::string_view trace_id, Timestamp now) const;
  /// The attribute search_link() looks for.
  std::string search_attribute(const Job& job) const;

 private:
  Link fill(const UrlTemplate& url, const LinkFacts& facts) const;
  std::string owner() const { return "viewer '" + name_ + "'"; }

  std::string name_;
  ViewerSettings settings_;  ///< with the preset's default variables
  UrlTemplate trace_;
  UrlTemplate search_;
  bool takes_any_text_ = false;  ///< a template of the user's own
};

/// The viewers of a configuration by name. Throws Error{usage} for a name that is not configured.
class Viewers {
 public:
  /// The configured viewers, and the built-in ones whose names are not taken. Throws Error{usage} for a viewer that
  /// cannot be used, and for a default viewer that is neither configured nor a known name.
  explicit Viewers(const Configuration& configuration);
  const Viewer& get(std::string_view name) const;
  /// The default viewer; Jaeger when the configured one has no URL, as go-redis-work-queue does.
  const Viewer& preferred() const;
  std::span<const Viewer> all() const { return viewers_; }

 private:
  std::vector<Viewer> viewers_;
  std::string preferred_;
};

}  // namespace queuetrace
