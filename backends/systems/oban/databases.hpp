// What differs between Oban's databases: how times are written, what is asked of its JSON, and what is said where the
// engines differ. Each has the same names.
#pragma once

#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::oban {

/// One element per failed attempt, the newest twenty; texts are cut, as stacks run to many kB.
consteval auto history(const auto& elements) {
  return "(SELECT jsonb_agg(jsonb_build_object('at', n.e -> 'at', 'attempt', n.e -> 'attempt', 'error', left(n.e ->> "
         "'error', 2000)) ORDER BY n.number) FROM (SELECT u.e, u.number FROM " +
         Text(elements) + " WITH ORDINALITY u(e, number) ORDER BY u.number DESC LIMIT 20) n)";
}

/// Times are timestamps without zone, UTC; JSON is jsonb. The errors are jsonb[] in the Elixir library's schema and one
/// jsonb array in that of the Python port.
struct Postgresql {
  /// The time of a column, whatever zone the session has.
  static consteval auto moment(const auto& column) { return "(" + Text(column) + " AT TIME ZONE 'UTC')"; }
  static constexpr Text clock = "now()";
  /// Now, and `span` before now, as the columns hold it: `1 minute`.
  static constexpr Text now = "(now() AT TIME ZONE 'UTC')";
  static consteval auto before(const auto& span) { return now + " - interval '" + Text(span) + "'"; }
  static constexpr Text before_rescue = now + " - make_interval(secs => {=rescue_after_seconds})";

  /// A state may lack in a live enum, so words are compared as texts where several are named.
  static constexpr Text state = "j.state::text";
  static consteval auto member(const auto& column, const auto& name) {
    return "j." + Text(column) + " ->> '" + Text(name) + "'";
  }
  static consteval auto has(const auto& name) { return "j.meta ? '" + Text(name) + "'"; }
  static constexpr Text is_recorded = "j.meta ->> 'recorded' = 'true'";

  static constexpr std::string_view elixir = "errors=_jsonb", python = "errors=jsonb";
  static constexpr std::array own_fields{
      SqlFieldRule{SqlField::worker, "j.attempted_by[1]"},
      SqlFieldRule{SqlField::error, "j.errors[array_upper(j.errors, 1)] ->> 'error'", elixir},
      SqlFieldRule{SqlField::error, "j.errors -> -1 ->> 'error'", python},
      SqlFieldRule{SqlField::payload, "j.args::text"},
      SqlFieldRule{SqlField::payload_size, "octet_length(j.args::text)"},
      SqlFieldRule{SqlField::payload_document, "j.args"},
  };
  static constexpr std::array extras{
      SqlExtra{"errors", constant<history("unnest(j.errors)")>, SqlExtra::Form::json, elixir},
      SqlExtra{"errors",
               constant<history("jsonb_array_elements(CASE WHEN jsonb_typeof(j.errors) = 'array' THEN j.errors ELSE "
                                "'[]' END)")>,
               SqlExtra::Form::json, python},
      SqlExtra{"tags", "nullif(to_jsonb(j.tags), '[]')", SqlExtra::Form::json, "tags"},
      SqlExtra{"meta", "CASE WHEN pg_column_size(j.meta) <= 65536 THEN nullif(j.meta, '{}') END", SqlExtra::Form::json},
      SqlExtra{"producer", "j.attempted_by[2]"},
  };

  /// docs/systems/oban.md section 4: available jobs are taken whatever their time says, and those whose attempts are
  /// used up are taken and left.
  static constexpr Text taken = "j.state = 'available'";
  static constexpr std::string_view is_spent = "its attempts are used up: the Basic engine picks it and leaves it";
  static constexpr std::string_view are_spent =
      "have used up their attempts: the Basic engine picks and leaves them, and a queue with limit 1 never gets past "
      "one";
  static constexpr std::string_view not_staged = "it is due for over a minute, and no leader made it available";
  static constexpr std::string_view none_staged =
      "are due for over a minute and were not made available: no node is the leader, or staging is switched off";
  static constexpr std::string_view due_soon = "they are due; the leader makes them available, every second";
  static constexpr std::string_view remove_spent = "queuetrace job cancel -s <source> ID, or job delete";
  static constexpr bool orphans_in_check = false;
};

consteval auto text_before(const auto& change) {
  return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'" + Text(change) + ")";
}
consteval auto json_member(const auto& column, const auto& name) {
  return "json_extract(json_of(j." + Text(column) + "), '$." + Text(name) + "')";
}

/// The Lite engine: JSON and times are texts, and the errors are JSON texts inside a JSON list (docs/systems/oban.md
/// section 10).
struct Sqlite {
  static consteval auto moment(const auto& column) { return "micros_of(" + Text(column) + ")"; }
  static constexpr Text now = text_before("");
  static constexpr Text clock = "micros_of(" + now + ")";
  static consteval auto before(const auto& span) { return text_before(", '-" + Text(span) + "'"); }
  static constexpr Text before_rescue = text_before(", '-' || {=rescue_after_seconds} || ' seconds'");

  static constexpr Text state = "j.state";
  static consteval auto member(const auto& column, const auto& name) { return json_member(column, name); }
  static consteval auto has(const auto& name) { return json_member("meta", name) + " IS NOT NULL"; }
  static constexpr Text is_recorded = json_member("meta", "recorded") + " = 1";

  static constexpr std::array own_fields{
      SqlFieldRule{SqlField::worker, "json_extract(json_of(j.attempted_by), '$[0]')"},
      SqlFieldRule{SqlField::error, "json_extract(json_of(json_extract(json_of(j.errors), '$[#-1]')), '$.error')"},
      SqlFieldRule{SqlField::payload, "j.args"},
      SqlFieldRule{SqlField::payload_document, "json_of(j.args)"},
  };
  static constexpr std::array extras{
      SqlExtra{"errors",
               "(SELECT nullif(json_group_array(json(n.failure)), '[]') FROM (SELECT e.key, json_object('at', "
               "json_extract(json_of(e.value), '$.at'), 'attempt', json_extract(json_of(e.value), '$.attempt'), "
               "'error', substr(json_extract(json_of(e.value), '$.error'), 1, 2000)) AS failure FROM "
               "json_each(json_of(j.errors)) e WHERE e.key >= json_array_length(json_of(j.errors)) - 20 ORDER BY "
               "e.key) n)",
               SqlExtra::Form::json},
      SqlExtra{"tags", "nullif(json_of(j.tags), '[]')", SqlExtra::Form::json, "tags"},
      SqlExtra{"meta", "CASE WHEN length(j.meta) <= 65536 THEN nullif(json_of(j.meta), '{}') END",
               SqlExtra::Form::json},
  };

  static constexpr Text taken = "j.state = 'available' AND j.attempt < j.max_attempts";
  static constexpr std::string_view is_spent = "its attempts are used up: no worker takes it";
  static constexpr std::string_view are_spent = "have used up their attempts: no worker takes them";
  static constexpr std::string_view not_staged = "it is due for over a minute, and no node made it available";
  static constexpr std::string_view none_staged =
      "are due for over a minute and were not made available: no node runs, or staging is switched off";
  static constexpr std::string_view due_soon = "they are due; the library makes them available, every second";
  static constexpr std::string_view remove_spent = "Oban.cancel_job in the application";
  static constexpr bool orphans_in_check = true;
};

}  // namespace queuetrace::oban
