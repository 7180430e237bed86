// What differs between Solid Queue's two databases: how times are written, and what can be asked of `arguments`, Active
// Job's hash as JSON text. Each has the same names.
#pragma once

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/solid_queue/states.hpp"

namespace queuetrace::solid_queue {

/// What a member of a failed row's error says, in the order of the library: {exception_class, message, backtrace}.
/// Only texts that are sure to be JSON are parsed.
consteval auto member_of_failure(const auto& name) {
  return "('\"' || substring(f.error FROM '\"" + Text(name) +
         "\":\"((?:[^\"\\\\[:cntrl:]]|\\\\[\"\\\\/bfnrt]|\\\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4})*)\"') || "
         "'\"')::json #>> '{}'";
}

/// Times are timestamps without zone, UTC. Texts are looked through by patterns: a cast to JSON would fail whole
/// statements for one odd row.
struct Postgresql {
  /// The time of a column, whatever zone the session has.
  static consteval auto moment(const auto& column) { return "(" + Text(column) + " AT TIME ZONE 'UTC')"; }
  static constexpr Text clock = "now()";
  /// `span` before now, as the columns hold it: `5 minutes`.
  static consteval auto before(const auto& span) {
    return "((now() AT TIME ZONE 'UTC') - interval '" + Text(span) + "')";
  }

  /// Attempts before this row's; behind `arguments`, in the order in which Active Job writes its hash.
  static constexpr Text executions =
      "substring(j.arguments FROM '\"executions\":([0-9]{1,9}),\"exception_executions\"')";
  static constexpr Text exceptions = "substring(j.arguments FROM '\"exception_executions\":(\\{[^}]*\\})')";
  /// The id of the row of the attempt before (1.1.4 and later).
  static constexpr Text named_before = "substring(j.arguments FROM '\"provider_job_id\":\"?([0-9]{1,18})')";
  static consteval auto as_integer(const auto& text) { return Text(text) + "::bigint"; }
  static consteval auto as_text(const auto& integer) { return Text(integer) + "::text"; }
  static consteval auto list_of(const auto& text) { return "jsonb_build_array(" + Text(text) + ")"; }

  static constexpr Text failure =
      "concat_ws(': ', " + member_of_failure("exception_class") + ", " + member_of_failure("message") + ")";
  static constexpr Text payload_size = "octet_length(j.arguments)";
  static constexpr Text document =
      "CASE WHEN left(j.arguments, 1) = '{' AND position('\\u0000' IN j.arguments) = 0 THEN j.arguments::jsonb END";
};

consteval auto text_before(const auto& span) {
  return "(strftime('%Y-%m-%d %H:%M:%f', 'now', '-" + Text(span) + "') || '000')";
}
consteval auto argument(const auto& name) {
  return "CAST(json_extract(json_of(j.arguments), '$." + Text(name) + "') AS TEXT)";
}
/// Times are texts in UTC, `YYYY-MM-DD HH:MM:SS.ffffff`, which compare as times do.
struct Sqlite {
  static consteval auto moment(const auto& column) { return "micros_of(" + Text(column) + ")"; }
  static consteval auto before(const auto& span) { return text_before(span); }
  static constexpr Text clock = "micros_of(" + text_before("0 seconds") + ")";

  static constexpr Text executions = argument("executions");
  static constexpr Text exceptions = argument("exception_executions");
  static constexpr Text named_before = argument("provider_job_id");
  static consteval auto as_integer(const auto& text) { return "CAST(" + Text(text) + " AS INTEGER)"; }
  static consteval auto as_text(const auto& integer) { return "CAST(" + Text(integer) + " AS TEXT)"; }
  static consteval auto list_of(const auto& text) { return "json_array(" + Text(text) + ")"; }

  static constexpr Text failure =
      "coalesce(json_extract(json_of(f.error), '$.exception_class') || ': ' || json_extract(json_of(f.error), "
      "'$.message'), json_extract(json_of(f.error), '$.exception_class'))";
  static constexpr Text payload_size = "length(CAST(j.arguments AS BLOB))";
  static constexpr Text document = "json_of(j.arguments)";
};

}  // namespace queuetrace::solid_queue
