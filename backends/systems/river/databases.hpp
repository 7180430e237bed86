// What differs between River's two databases: how times are written, and what is asked of its JSON. Each has the same
// names.
#pragma once

#include "backends/engines/constant_text.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace::river {

/// JSON is jsonb, errors are jsonb[], times have a zone.
struct Postgresql {
  static consteval auto moment(const auto& column) { return Text(column); }
  static constexpr Text clock = "now()";
  /// Now, and `span` before now, as the columns hold it: `1 minute`.
  static constexpr Text now = "now()";
  static consteval auto before(const auto& span) { return "now() - interval '" + Text(span) + "'"; }
  static constexpr Text before_rescue = "now() - make_interval(secs => {=rescue_after_seconds} + 300)";

  static constexpr Text metadata = "j.metadata";
  static constexpr Text arguments = "j.args";
  static consteval auto has(const auto& name) { return "j.metadata ? '" + Text(name) + "'"; }
  static consteval auto member(const auto& name) { return "j.metadata ->> '" + Text(name) + "'"; }
  static constexpr Text correlation = "coalesce(j.metadata ->> 'correlation_id', j.args ->> 'correlation_id')";
  /// A cancel was asked for over a minute ago.
  static constexpr Text asked_before =
      "CASE WHEN j.metadata ->> 'cancel_attempted_at' ~ '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}' THEN "
      "left(j.metadata ->> 'cancel_attempted_at', 19)::timestamp < (now() AT TIME ZONE 'UTC') - interval '1 minute' "
      "END";

  static constexpr Text worker = "j.attempted_by[array_upper(j.attempted_by, 1)]";
  static constexpr Text clients = "to_jsonb(j.attempted_by)";
  static constexpr Text last_error = "j.errors[array_upper(j.errors, 1)] ->> 'error'";
  static constexpr Text payload = "j.args::text";
  static constexpr Text payload_size = "octet_length(j.args::text)";
  static constexpr Text payload_document = "j.args";
  static constexpr Text output = "(j.metadata -> 'output')::text";
  static constexpr Text tags = "nullif(to_jsonb(j.tags), '[]')";
  static constexpr Text unique_key = "encode(j.unique_key, 'hex')";
  static constexpr std::string_view unique_key_needs = "unique_key=bytea";
  static constexpr std::string_view pending_needs = "river_job#state.pending";

  static constexpr Text attempt_errors =
      "(SELECT jsonb_agg(jsonb_build_object('at', n.e -> 'at', 'attempt', n.e -> 'attempt', 'error', left(n.e ->> "
      "'error', 2000), 'trace', nullif(left(n.e ->> 'trace', 2000), '')) ORDER BY n.number) FROM (SELECT e, number "
      "FROM unnest(j.errors) WITH ORDINALITY u(e, number) ORDER BY number DESC LIMIT 20) n)";
  static constexpr Text other_metadata =
      "(SELECT jsonb_object_agg(m.key, m.value) FROM jsonb_each(CASE WHEN jsonb_typeof(j.metadata) = 'object' THEN "
      "j.metadata ELSE '{}' END) m WHERE m.key NOT IN ('output', 'river:log', 'river:unique_nonce') AND "
      "pg_column_size(m.value) <= 16384)";

  static constexpr std::string_view resume = "queuetrace queue resume -s <source> NAME";
};

consteval auto text_before(const auto& change) { return "strftime('%Y-%m-%d %H:%M:%f', 'now'" + Text(change) + ")"; }
/// Documents of at most 256 kB are looked into: `river:log` may hold megabytes of what a job logged.
consteval auto bounded(const auto& column) {
  return "CASE WHEN length(j." + Text(column) + ") <= 262144 THEN json_of(j." + Text(column) + ") END";
}
consteval auto metadata_member(const auto& name) {
  return "json_extract(" + bounded("metadata") + ", '$.\"" + Text(name) + "\"')";
}

/// JSON is text up to schema version 6 and JSONB from 7 on; times are texts in UTC, which compare as times do
/// (docs/systems/river.md section 10).
struct Sqlite {
  static consteval auto moment(const auto& column) { return "micros_of(" + Text(column) + ")"; }
  static constexpr Text now = text_before("");
  static constexpr Text clock = "micros_of(" + now + ")";
  static consteval auto before(const auto& span) { return text_before(", '-" + Text(span) + "'"); }
  static constexpr Text before_rescue = text_before(", '-' || ({=rescue_after_seconds} + 300) || ' seconds'");

  static constexpr Text metadata = bounded("metadata");
  static constexpr Text arguments = bounded("args");
  static consteval auto member(const auto& name) { return metadata_member(name); }
  static consteval auto has(const auto& name) { return metadata_member(name) + " IS NOT NULL"; }
  static constexpr Text correlation =
      "coalesce(" + metadata_member("correlation_id") + ", json_extract(" + arguments + ", '$.correlation_id'))";
  static constexpr Text asked_before =
      "micros_of(" + metadata_member("cancel_attempted_at") + ") < micros_of(" + text_before(", '-1 minute'") + ")";

  static constexpr Text worker = "json_extract(json_of(j.attempted_by), '$[#-1]')";
  static constexpr Text clients = "nullif(json_of(j.attempted_by), '[]')";
  static constexpr Text last_error = "json_extract(json_of(j.errors), '$[#-1].error')";
  static constexpr Text payload = "json_of(j.args)";
  static constexpr Text payload_size = "length(CAST(json_of(j.args) AS BLOB))";
  static constexpr Text payload_document = "json_of(j.args)";
  static constexpr Text output = "CASE WHEN json_type(" + metadata +
                                 ", '$.output') IS NOT NULL THEN json_quote(json_extract(" + metadata +
                                 ", '$.output')) END";
  static constexpr Text tags = "nullif(json_of(j.tags), '[]')";
  static constexpr Text unique_key = "lower(nullif(hex(j.unique_key), ''))";
  static constexpr std::string_view unique_key_needs = "unique_key";
  static constexpr std::string_view pending_needs = "";

  static constexpr Text attempt_errors =
      "(SELECT nullif(json_group_array(json(n.failure)), '[]') FROM (SELECT e.key, json_object('at', "
      "json_extract(e.value, '$.at'), 'attempt', json_extract(e.value, '$.attempt'), 'error', "
      "substr(json_extract(e.value, '$.error'), 1, 2000), 'trace', nullif(substr(json_extract(e.value, '$.trace'), 1, "
      "2000), '')) AS failure FROM json_each(json_of(j.errors)) e WHERE e.type = 'object' AND e.key >= "
      "json_array_length(json_of(j.errors)) - 20 ORDER BY e.key) n)";
  static constexpr Text other_metadata =
      "(SELECT nullif(json_group_object(m.key, CASE WHEN m.type IN ('object', 'array') THEN json(m.value) WHEN m.type "
      "IN ('true', 'false') THEN json(m.type) ELSE m.value END), '{}') FROM json_each(" +
      metadata + ") m WHERE m.key NOT IN ('output', 'river:log', 'river:unique_nonce') AND length(m.value) <= 16384)";

  static constexpr std::string_view resume = "resume it in the application (QueueResume)";
};

}  // namespace queuetrace::river
