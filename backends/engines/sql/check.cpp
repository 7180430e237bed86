// What `source check` says about one store: server, schema level, clock, indexes, and the system's own findings.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

bool is_true(const SqlResult& rows) {
  const std::string_view answer = rows.rows() == 0 ? "" : rows.cell(0, 0).value_or("");
  return answer == "t" || answer == "true" || answer == "1";
}

constexpr std::size_t most_groups = 10;

/// `a (12), b (3)`; data in it made harmless.
std::string listed(const SqlResult& rows) {
  constexpr std::size_t longest = 100;
  std::string out;
  for (std::size_t row = 0; row < std::min(rows.rows(), most_groups); ++row) {
    std::string name(rows.cell(row, 0).value_or(""));
    for (char& c : name)
      if (c < 0x20 || c > 0x7e) c = '?';
    if (name.size() > longest) name.replace(longest, std::string::npos, "...");
    out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", name, rows.cell(row, 1).value_or("?"));
  }
  return rows.rows() > most_groups ? out + ", and others" : out;
}

}  // namespace

void SqlJobStore::check_indexes(StoreCheck& out, const ReadLimits& limits) {
  for (const SqlIndexCheck& index : system_.system->indexes) {
    if (!system_.schema.meets(index.needs, index.table, system_.variant)) continue;
    if (!system_.schema.kind_of(index.table).empty()) continue;  // indexes are made where its rows are
    // First column (or expression) of a valid index whose predicate does not exclude stored ids.
    const std::string text =
        system_.flavour == SqlFlavour::postgresql
            ? "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid "
              "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relname = "
              "$2::text AND i.indisvalid AND pg_get_indexdef(i.indexrelid, 1, true) = $3::text AND (i.indpred IS NULL "
              "OR pg_get_expr(i.indpred, i.indrelid, true) LIKE '%IS NOT NULL%'))"
            : "SELECT EXISTS (SELECT 1 FROM pragma_index_list($2) l JOIN pragma_index_info(l.name) c ON c.seqno = 0 "
              "WHERE c.name = $3 AND $1 IS NOT NULL)";
    const std::unique_ptr<SqlResult> rows =
        run({text, {system_.schema.name, std::string(index.table), std::string(index.column)}}, limits);
    Finding finding;
    finding.subject = fmt::format("index on {} ({})", index.table, index.column);
    if (is_true(*rows)) {
      finding.text = "present";
    } else {
      finding.severity = Finding::Severity::warning;
      finding.text = "missing: lookups read the whole table";
      finding.code = "missing-index";
      finding.remedy = system_.expand(index.create);
    }
    out.findings.push_back(std::move(finding));
  }
}

void SqlJobStore::check_carriers(StoreCheck& out, const ReadLimits& limits) {
  for (const BoundRelation& relation : system_.relations)
    for (const BoundCarrier& carrier : relation.carriers) check_carrier(relation, carrier, out, limits);
}

void SqlJobStore::check_carrier(const BoundRelation& relation, const BoundCarrier& carrier, StoreCheck& out,
                                const ReadLimits& limits) {
  const std::string_view table = carrier.table.empty() ? relation.description->table : carrier.description->table;
  const bool is_idle = !is_in_use(carrier) && std::ranges::any_of(system_.relations, [](const BoundRelation& one) {
    return std::ranges::any_of(one.carriers, is_in_use);
  });
  // Paths are data: only plain ones are named.
  std::vector<std::string> named;
  std::size_t unnamed = 0;
  for (const CarrierPath& path : carrier.paths) {
    std::string dotted = fmt::format("{}{}{}", fmt::join(path.members, "."), path.word.empty() ? "" : "~", path.word);
    if (dotted.empty()) dotted = "the whole text";
    const bool plain = dotted.size() <= 80 && std::ranges::all_of(dotted, [](unsigned char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                c == '.' || c == '_' || c == '-' || c == '~' || c == ' ';
                       });
    if (plain)
      named.push_back(std::move(dotted));
    else
      ++unnamed;
  }
  Finding paths{Finding::Severity::good, fmt::format("trace paths in {}", carrier.column),
                fmt::format("{}", fmt::join(named, ", ")), ""};
  if (unnamed > 0) paths.text += fmt::format("{}{} more with other characters", named.empty() ? "" : ", ", unnamed);
  if (carrier.paths.front().configured) {
    paths.text += " (configured)";
  } else if (is_idle) {
    paths.text = fmt::format("none in use among the newest rows; looked for: {}", paths.text);
  } else if (!carrier.discovered) {
    paths.severity = Finding::Severity::note;
    paths.code = "no-trace-paths";
    paths.text = fmt::format("none in use among the newest rows; looked for: {}", paths.text);
    paths.remedy = "name them in the configuration: keys.trace_paths = \"a.b,c\"";
  }
  out.findings.push_back(std::move(paths));

  if (is_idle || relation.description->family != nullptr || system_.flavour != SqlFlavour::postgresql ||
      !system_.schema.kind_of(table).empty())
    return;
  Finding index{Finding::Severity::good, fmt::format("trace index on {}", table), "present", ""};
  if (!carrier.index_covers || carrier.index.empty()) {
    // Cost: docs/systems/procrastinate.md section 7.5: 16 bytes and about 1.2 microseconds a row, measured at 1 and 10
    // million rows on two cores.
    const std::unique_ptr<SqlResult> rows = run({"SELECT c.reltuples::bigint, c.relkind::text FROM pg_catalog.pg_class "
                                                 "c JOIN pg_catalog.pg_namespace n ON n.oid = "
                                                 "c.relnamespace WHERE n.nspname = $1::text AND c.relname = $2::text",
                                                 {system_.schema.name, std::string(table)}},
                                                limits);
    const double known = std::atof(std::string(rows->rows() == 0 ? "" : rows->cell(0, 0).value_or("")).c_str());
    index.severity = Finding::Severity::warning;
    index.code = "missing-trace-index";
    index.text = carrier.index.empty() ? "missing" : "present, but newer rows carry ids that it does not hold";
    index.text += ": a trace id is looked for in the whole table";
    if (known >= 0)
      index.text += fmt::format(
          "; an index costs about {:.1f} MB and {:.1f} s to build for the ~{:.0f} rows there are (measured: 16 MB and "
          "0.9 s for 1 million, 164 MB and 13 s for 10 million), and about three entries in it for each job's life",
          known * 16 / 1e6, known * 1.3e-6, known);
    if (carrier.is_jsonb || carrier.description->places.empty())
      index.remedy = carrier_index_statement(system_, relation, carrier).value_or("");
    else
      index = {
          .severity = Finding::Severity::note,
          .subject = index.subject,
          .text = "no index can hold ids that are read out of its texts: a trace id is looked for in the whole table",
          .remedy = "",
          .code = "no-trace-index"};
    constexpr std::string_view gently = " CONCURRENTLY";
    const std::size_t at = index.remedy.find(gently);
    if (rows->rows() > 0 && rows->cell(0, 1).value_or("") == "p" && at != std::string::npos) {
      index.remedy.erase(at, gently.size());
      index.text += "; the table is partitioned: nothing can be written to it while the index is built";
    }
    if (!index.remedy.empty()) index.remedy += fmt::format("; ANALYZE {}", qualified_name(system_.schema.name, table));
  }
  out.findings.push_back(std::move(index));
}

std::string SqlJobStore::count_groups(const SqlDiagnosisRule& rule, const ReadLimits& limits) {
  const BoundRelation& live = system_.relations.front();
  const std::string value = system_.expand(rule.groups.expression), predicate = system_.expand(rule.predicate);
  const std::unique_ptr<SqlResult> rows =
      run({fmt::format("SELECT {}, count(*) FROM {} j{} WHERE {} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {}",
                       as_text(system_.flavour, value), live.table, live.joins_for(predicate + value), predicate,
                       most_groups + 1),
           {}},
          limits);
  return rows->rows() == 0 ? "" : listed(*rows);
}

void SqlJobStore::check_diagnoses(StoreCheck& out, const ReadLimits& limits) {
  for (const SqlDiagnosisRule& rule : system_.system->diagnoses) {
    if (!rule.in_check || !may_apply(rule)) continue;
    Finding finding = finding_of(rule);
    try {
      if (!rule.groups.by.empty() && system_.meets(rule.groups.needs)) {
        const std::string groups = count_groups(rule, limits);
        if (groups.empty()) continue;
        finding.text += fmt::format("; by {}: {}", rule.groups.by, groups);
      } else if (!rule.predicate.empty() || !rule.rows.empty()) {
        if (!is_true(*run({fmt::format("SELECT EXISTS ({})", select_of(rule)), {}}, limits))) continue;
      }
    } catch (const Error& error) {
      if (!is_time_out(error)) throw;
      finding.severity = Finding::Severity::note;
      finding.text = "not checked: looking through the rows takes longer than the statement time-out";
      finding.remedy.clear();
    }
    out.findings.push_back(std::move(finding));
  }
}

StoreCheck SqlJobStore::check(const ReadLimits& limits) {
  StoreCheck out = check_schema(limits);
  check_diagnoses(out, limits);
  return out;
}

StoreCheck SqlJobStore::check_schema(const ReadLimits& limits) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  StoreCheck out;
  out.server = connection_->server();
  out.capabilities = capabilities();
  const steady_clock::time_point start = steady_clock::now();
  const system_clock::time_point ours = system_clock::now();
  const std::unique_ptr<SqlResult> clock = run({fmt::format("SELECT {}", current_time(system_.flavour)), {}}, limits);
  const steady_clock::duration trip = steady_clock::now() - start;
  out.latency = std::chrono::round<Milliseconds>(trip);
  if (const auto now = read_time(system_.flavour, clock->cell(0, 0).value_or(""))) {
    const auto middle = std::chrono::floor<std::chrono::microseconds>(ours) +
                        std::chrono::duration_cast<std::chrono::microseconds>(trip / 2);
    out.clock_skew = std::chrono::round<Milliseconds>(*now - middle);
  }
  if (!system_.system->version.empty() && system_.meets(system_.system->version_needs)) {
    const std::unique_ptr<SqlResult> rows = run({system_.expand(system_.system->version), {}}, limits);
    if (rows->rows() > 0) out.version = rows->cell(0, 0).value_or("");
  }
  // The schema level is a text of the database: only plain words of it are repeated.
  std::erase_if(out.version, [](unsigned char c) { return c < 0x20 || c > 0x7e; });
  if (!system_.variant.empty()) {
    std::string words(system_.variant);  // a name for `needs`, without blanks
    std::ranges::replace(words, '_', ' ');
    out.version += fmt::format("{}{}", out.version.empty() ? "" : ", ", words);
  }

  for (std::string& remark : connection_->remarks())
    out.findings.push_back({Finding::Severity::note, "connection", std::move(remark), "add sslmode=verify-full"});
  if (out.clock_skew && std::abs(out.clock_skew->count()) > 5'000)
    out.findings.push_back({Finding::Severity::warning, "clock",
                            fmt::format("the server's clock is {} from ours", to_human(*out.clock_skew)), ""});
  for (const SqlRelation& relation : system_.system->relations) {
    const bool bound =
        std::ranges::any_of(system_.relations, [&](const BoundRelation& r) { return r.description == &relation; });
    const std::string_view kind = system_.schema.kind_of(relation.table);
    std::string text = bound ? fmt::format("{}.{}", system_.schema.name, relation.table) : "not there";
    if (const auto members = system_.schema.families.find(relation.table); members != system_.schema.families.end())
      text += fmt::format("*, {} in all", members->second.size());
    if (bound && !kind.empty()) text += fmt::format(", a {}: its jobs are read, changes are refused", kind);
    out.findings.push_back({Finding::Severity::good, fmt::format("{} table", relation.name), std::move(text), ""});
  }
  for (Finding& finding : unseen()) out.findings.push_back(std::move(finding));
  if (std::optional<Finding> columns = refused_columns()) out.findings.push_back(std::move(*columns));
  check_indexes(out, limits);
  check_carriers(out, limits);
  return out;
}

}  // namespace queuetrace
