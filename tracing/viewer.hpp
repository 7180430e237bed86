// Trace viewers: URL templates filled in one pass, presets for the known products, and the trace actions of a job.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/configuration.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// A known viewer product (reference/tracing.md section 1.2).
struct ViewerPreset {
  std::string_view name;
  std::string_view url;         ///< template; `{base}` is the configured base URL
  std::string_view search;      ///< template of its attribute search, empty when it has none we can build
  std::string_view confidence;  ///< `verified`, `reported`, `unverified`
};
std::span<const ViewerPreset> viewer_presets();

/// A checked template, ready to fill. Built once per viewer.
class Viewer {
 public:
  /// Throws Error{usage} for an unknown preset or placeholder, a scheme other than http/https, userinfo, or a
  /// placeholder in scheme, host (except {var.*}) or port.
  explicit Viewer(const ViewerSettings& settings);

  const std::string& name() const { return name_; }

  /// A link or the reason there is none.
  struct Link {
    std::optional<std::string> url;
    std::string reason;  ///< `no trace id stored`, `viewer 'honeycomb' needs var.environment`, ...
  };
  /// Link to the job's trace; only for TraceStatus::w3c, and for opaque text where the viewer takes any text (custom).
  Link trace_link(const Job& job, Timestamp now) const;
  /// Link to the viewer's attribute search for the job (`job.id`), where there is no trace to open.
  Link search_link(const Job& job, Timestamp now) const;
  /// Link for a bare trace id.
  Link trace_link(std::string_view trace_id, Timestamp now) const;

 private:
  struct Piece {
    std::string literal;      ///< fixed text before the placeholder
    std::string placeholder;  ///< normalised name, empty for none
  };
  std::string name_;
  ViewerSettings settings_;
  std::string template_;
  std::string search_template_;
};

/// The viewers of a configuration by name. Throws Error{usage} when asked for one that is not there.
class Viewers {
 public:
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
