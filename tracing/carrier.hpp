// JSON carriers: objects that hold propagation headers (traceparent, b3, Datadog, ...) at the top or one level down
// (docs/tracing.md sections 0.3 and 2.3 step 6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tracing/trace_forms.hpp"

namespace queuetrace {

/// The keys of a JSON object that can hold trace context, flattened to two levels. Made in one streaming pass that
/// keeps nothing else; nesting beyond 128 levels ends it.
class Carrier {
 public:
  /// Never throws; `valid()` is false when the text is not a JSON object.
  explicit Carrier(std::string_view json);
  bool valid() const { return valid_; }

  /// What the carrier says, with the text of the id as stored.
  struct Finding {
    TraceReading reading;
    std::string stored;       ///< the trace id: the digits of a context, or the flat text as it is
    std::string parent_span;  ///< the span that wrote the carrier
    std::string span;         ///< of a flat `span_id` beside a flat `trace_id`
    bool opaque = false;      ///< flat text of no known shape; `reading` is empty
  };
  /// The first context that can be read, in the documented order of places and keys. `strict`: a traceparent must
  /// be one that may be continued. Absent when there is none; `error` then says what is wrong with the first one.
  std::optional<Finding> find(bool strict, std::string& error) const;

 private:
  struct Entry {
    std::string place;  ///< lower-case key of the object the entry is in; empty at the top
    std::string key;    ///< lower case
    std::string value;
  };
  class Reader;
  const std::string* value(std::string_view place, std::string_view key) const;
  std::optional<Finding> find_context(std::string_view place, bool strict, std::string& error) const;
  std::optional<Finding> find_datadog(std::string_view place, std::string& error) const;
  std::optional<Finding> find_flat(std::string_view place) const;
  void read(std::string_view json, const std::string& place);

  std::vector<Entry> entries_;
  bool valid_ = false;
};

}  // namespace queuetrace
