// The facts of a job that SQL tables hold, and how each is obtained; SqlRelation::fields and extras list them. Spelling
// and `needs` as in system.hpp.
#pragma once

#include <span>
#include <string_view>

namespace queuetrace {

/// What an expression yields and how a text parameter is turned into it. Times: PostgreSQL timestamptz; in SQLite
/// integers, microseconds since 1970 UTC.
enum class SqlType { text, integer, time, uuid };

/// The canonical facts a row can hold. Read as text; the comment says what the text must be.
enum class SqlField {
  id,                ///< text; compared as SqlSystem::id_type
  queue,             ///< text
  kind,              ///< text
  native_state,      ///< text, exactly as stored
  priority,          ///< whole number, else a word
  attempts,          ///< whole number
  max_attempts,      ///< whole number
  created_at,        ///< time
  scheduled_at,      ///< time
  started_at,        ///< time
  finished_at,       ///< time
  wait_ms,           ///< whole milliseconds; only where SqlTiming cannot say it
  run_ms,            ///< whole milliseconds; only where SqlTiming cannot say it
  worker,            ///< text
  error,             ///< text
  payload,           ///< the bytes by payload_form
  payload_form,      ///< json (default), text, binary, encrypted, or hex (hex digits of raw or gzipped JSON)
  payload_size,      ///< bytes in the store; absent: the length of payload
  payload_document,  ///< a value the flavour's JSON operators take (jsonb, JSON text); absent: --where has no answer
  result,            ///< as payload
  result_form,       ///< as payload_form
  result_size,       ///< as payload_size
  trace_id,          ///< text
  span_id,           ///< text
  parent_span_id,    ///< text
  correlation_id,    ///< text
  causation_id,      ///< text
  trace_status,      ///< absent, placeholder, opaque or w3c; where it is NULL trace_id is classified
  tenant,            ///< text
  workflow_id,       ///< text
  batch_id,          ///< text
  parents,           ///< JSON array of strings
  notes,             ///< JSON array of {"code": ..., "text": ...}, for stores that keep notes
  extra,             ///< JSON object whose members join Job::extra, for stores that keep them
  system             ///< name of the system the job came from, for stores that keep jobs of several
};

/// One way to obtain a field.
struct SqlFieldRule {
  SqlField field;
  std::string_view expression;
  std::string_view needs = {};
  /// Where in the expression, JSON text that the server must not parse, the value is: looked up after reading, in texts
  /// of up to 64 KiB. Of SqlField::kind and the numbers of attempts only; filters by it look at every row.
  std::span<const std::string_view> members = {};
};

/// What only this system has, printed under `extra`; read only when the payload is asked for.
struct SqlExtra {
  enum class Form { text, integer, boolean, time, json };
  std::string_view name;
  std::string_view expression;
  Form form = Form::text;
  std::string_view needs = {};
};

}  // namespace queuetrace
