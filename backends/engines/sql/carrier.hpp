// Trace context inside the JSON documents of an application, as a description names them (SqlRelation::carriers).
#pragma once

#include <span>
#include <string_view>

namespace queuetrace {

/// Where in a document a context is: under these members (numbers in lists, from the end where negative; a text on the
/// way is JSON), none: the document itself. With a `word` it is the traceparent that stands behind it in the text
/// there.
struct SqlCarrierPlace {
  std::span<const std::string_view> members = {};
  std::string_view word = {};
};

/// A document that may hold trace context under keys of the application's choosing. When a store is opened the engine
/// asks the newest rows which paths are in use and which index serves them (carrier_search.hpp); it shows the context
/// by reading what may be one, and searches by the paths, by the text, or by an index that holds what all of them say.
struct SqlCarrier {
  /// A column of JSON, or of text that is JSON: `j.args`; of another table `x.params`. An expression that makes JSON
  /// text of a column names it before any other: `lower(j.args)`.
  std::string_view document;
  std::string_view needs = {};
  // Where other rows keep contexts of a job (attempts, events): each of theirs finds the job, too.
  std::string_view table = {};  ///< its table, by its plain name, read as `x`; empty: the job's own row
  std::string_view job = {};    ///< what equals SqlSystem::id_expression: `x.job_id`
  std::string_view order = {};  ///< oldest first: `x.id`
  std::string_view what = {};   ///< what such a row is: `attempt`
  /// The only places that are looked at; empty: they are discovered.
  std::span<const SqlCarrierPlace> places = {};
};

}  // namespace queuetrace
