#include "backends/engines/sql/conditions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/document_place.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/identifier_conditions.hpp"
#include "backends/engines/sql/payload_conditions.hpp"
#include "backends/engines/sql/state_conditions.hpp"
#include "model/filter_conditions.hpp"

namespace queuetrace {
namespace {

std::pair<SqlField, std::string_view> time_of(TimeField field) {
  switch (field) {
    case TimeField::created: return {SqlField::created_at, "creation times"};
    case TimeField::scheduled: return {SqlField::scheduled_at, "scheduled times"};
    case TimeField::started: return {SqlField::started_at, "start times"};
    case TimeField::finished: return {SqlField::finished_at, "finish times"};
    case TimeField::ended:
    case TimeField::due: break;  // expression_of()
  }
  return {SqlField::created_at, "creation times"};
}

/// Builds the conditions of one relation, condition by condition of the filter.
class Builder {
 public:
  Builder(const BoundSystem& system, const BoundRelation& relation, Parameters& parameters,
          std::vector<std::string>& unsupported)
      : system_(system),
        relation_(relation),
        flavour_(system.flavour),
        parameters_(parameters),
        unsupported_(unsupported) {}

  void operator()(TextCondition condition, const std::vector<std::string>& wanted) {
    if (wanted.empty()) return;
    switch (condition) {
      case TextCondition::correlation: return correlations(wanted);
      case TextCondition::span: return spans(wanted);
      case TextCondition::queue: return globs(SqlField::queue, wanted, "queues");
      case TextCondition::kind: return globs(SqlField::kind, wanted, "kinds");
      case TextCondition::id: return ids(wanted);
      case TextCondition::error: return errors(wanted);
      case TextCondition::error_group: return;  // told from the messages by list_page()
      case TextCondition::priority: return exact(SqlField::priority, wanted, "priorities");
      case TextCondition::worker: return globs(SqlField::worker, wanted, "workers");
      case TextCondition::tenant: return exact(SqlField::tenant, wanted, "tenants");
      case TextCondition::workflow: return exact(SqlField::workflow_id, wanted, "workflows");
      case TextCondition::parent: return parents(wanted);
      case TextCondition::batch: return batches(wanted);
    }
  }

  /// Few rows match where each alternative finds few.
  void operator()(const std::vector<JobFilter>& wanted) {
    std::vector<std::string> choices, lacking;
    bool few = true;
    for (const JobFilter& one : wanted) {
      Parameters before = parameters_;
      Builder part(system_, relation_, parameters_, lacking);
      for_each_condition(one, part);
      if (part.out.nothing) {
        parameters_ = std::move(before);  // placeholders that stand nowhere would have no type
        continue;
      }
      few = few && !part.out.indexed.empty();
      std::vector<std::string> all = std::move(part.out.indexed);
      std::ranges::move(part.out.scanned, std::back_inserter(all));
      if (all.empty()) return;  // it fits every row
      choices.push_back(all.size() == 1 ? all.front() : fmt::format("({})", all_of(all)));
    }
    if (!choices.empty()) return (few ? out.indexed : out.scanned).push_back(any_of(choices));
    out.nothing = out.nothing || !wanted.empty();
    std::ranges::move(lacking, std::back_inserter(unsupported_));
  }

  void operator()(const std::vector<TraceQuery>& wanted) {
    if (wanted.empty()) return;
    std::string carrier;  // documents, beside columns of ids
    if (carried()) carrier = carrier_index_condition(system_, relation_, wanted, parameters_);
    if (carried() && carrier.empty()) carrier = carrier_condition(system_, relation_, wanted, parameters_);
    identifiers(
        SqlTraceRule::Kind::trace, "trace ids",
        [&](const BoundTrace& rule) { return trace_condition(flavour_, rule, wanted, parameters_); }, carrier);
  }

  void operator()(const std::vector<StateSelector>& wanted) {
    if (wanted.empty()) return;
    std::vector<std::string> terms = state_conditions(relation_, flavour_, wanted, parameters_);
    if (terms.empty()) out.nothing = true;
    std::ranges::move(terms, std::back_inserter(out.scanned));
  }

  void operator()(const TimeCondition& wanted) {
    if (wanted.empty()) return;
    const std::string time = expression_of(wanted.field);
    if (time.empty()) return;
    if (wanted.since) out.scanned.push_back(fmt::format("{} >= {}", time, moment(*wanted.since)));
    if (wanted.until) out.scanned.push_back(fmt::format("{} < {}", time, moment(*wanted.until)));
  }

  void operator()(const std::vector<PayloadCondition>& wanted) {
    if (wanted.empty() || lacks(SqlField::payload_document, "payloads that can be searched")) return;
    std::ranges::move(payload_conditions(flavour_, relation_.field(SqlField::payload_document), wanted, parameters_),
                      std::back_inserter(out.scanned));
  }

  Conditions out;

 private:
  void globs(SqlField field, const std::vector<std::string>& wanted, std::string_view what) {
    if (lacks(field, what)) return;
    if (!relation_.members[static_cast<std::size_t>(field)].empty()) return inside(field, wanted);
    out.scanned.push_back(queue_condition(flavour_, relation_.field(field), wanted, parameters_));
  }

  /// Told after reading (is_kind_wanted()): here rows are left out whose text holds no part of what is asked for. Parts
  /// of other characters may stand there in other spellings.
  void inside(SqlField field, const std::vector<std::string>& wanted) {
    std::vector<std::string> choices;
    for (const std::string& glob : wanted) {
      const std::string part = longest_plain_part(glob);
      if (part.empty()) return;
      choices.push_back(matches_pattern(flavour_, relation_.field(field),
                                        parameters_.add(pattern_value(flavour_, "*" + part + "*"))));
    }
    out.scanned.push_back(any_of(choices));
  }

  void exact(SqlField field, const std::vector<std::string>& wanted, std::string_view what) {
    if (lacks(field, what)) return;
    out.scanned.push_back(equals_any(flavour_, SqlType::text, as_text(flavour_, relation_.field(field)),
                                     parameters_.add(list_value(flavour_, wanted))));
  }

  void errors(const std::vector<std::string>& wanted) {
    if (lacks(SqlField::error, "errors")) return;
    std::vector<std::string> choices;
    const std::string& error = relation_.field(SqlField::error);  // an index may hold the rows that have one
    for (const std::string& text : wanted)
      choices.push_back(
          fmt::format("({} IS NOT NULL AND {})", error, contains_folded(flavour_, error, parameters_.add(text))));
    add(std::move(choices));
  }

  void ids(const std::vector<std::string>& wanted) {
    std::string condition = id_condition(system_, relation_.field(SqlField::queue), wanted, parameters_);
    if (condition.empty())
      out.nothing = true;
    else
      out.indexed.push_back(std::move(condition));
  }

  void correlations(const std::vector<std::string>& wanted) {
    identifiers(SqlTraceRule::Kind::correlation, "correlation ids",
                [&](const BoundTrace& rule) { return plain_condition(flavour_, rule, wanted, parameters_); });
  }

  void spans(const std::vector<std::string>& wanted) {
    identifiers(
        SqlTraceRule::Kind::span, "span ids",
        [&](const BoundTrace& rule) { return plain_condition(flavour_, rule, wanted, parameters_); },
        carried() ? carrier_span_condition(system_, relation_, wanted, parameters_) : "");
  }

  void parents(const std::vector<std::string>& wanted) {
    std::vector<std::string> choices;
    bool indexed = true, described = false;
    for (const BoundTrace& rule : relation_.traces) {
      if (rule.rule->kind != SqlTraceRule::Kind::parent) continue;
      described = true;
      const std::string condition = parent_condition(flavour_, system_.system->id_type, rule, wanted, parameters_);
      if (const SqlTraceRule::Beside& beside = rule.rule->beside; !condition.empty())
        choices.push_back(beside.table.empty() ? condition
                                               : fmt::format("{} IN (SELECT {} FROM {} WHERE {})", beside.job,
                                                             beside.row, system_.expand(beside.table), condition));
      indexed = indexed && rule.rule->lookup == Lookup::indexed;
    }
    if (described && indexed && !choices.empty()) return out.indexed.push_back(any_of(choices));
    if (!described) {
      const std::string list = parameters_.add(list_value(flavour_, wanted));
      if (const std::string& field = relation_.field(SqlField::parents); !field.empty())
        choices.push_back(has_member(flavour_, field, list));
      if (const std::string& field = relation_.field(SqlField::causation_id); !field.empty())
        choices.push_back(equals_any(flavour_, SqlType::text, as_text(flavour_, field), list));
    }
    add(std::move(choices));
  }

  /// For links that a program follows by itself: a relation without batches has none of these jobs.
  void batches(const std::vector<std::string>& wanted) {
    if (relation_.field(SqlField::batch_id).empty())
      out.nothing = true;
    else
      exact(SqlField::batch_id, wanted, "batches");
  }

  template <typename Make>
  void identifiers(SqlTraceRule::Kind kind, std::string_view what, const Make& make, const std::string& carrier = {}) {
    std::vector<std::string> choices;
    if (!carrier.empty()) choices.push_back(carrier);
    bool indexed = true;
    for (const BoundTrace& rule : relation_.traces) {
      if (rule.rule->kind != kind) continue;
      if (std::string condition = make(rule); !condition.empty()) choices.push_back(std::move(condition));
      indexed = indexed && rule.rule->lookup == Lookup::indexed;
    }
    if (choices.empty()) return without(what);
    // Few rows match an identifier whether an index finds them or not: where the table can be read once, they are found
    // for themselves before anything orders them.
    const bool few = indexed || !carrier.empty() || !system_.system->recent.empty();
    (few ? out.indexed : out.scanned).push_back(any_of(choices));
  }

  void add(const std::vector<std::string>& choices) {
    if (choices.empty())
      out.nothing = true;
    else
      out.scanned.push_back(any_of(choices));
  }

  std::string moment(Timestamp time) {
    return cast_to(flavour_, SqlType::time, parameters_.add(time_value(flavour_, time)));
  }

  /// The time of a row; empty where the relation has none, which was said.
  std::string expression_of(TimeField wanted) {
    std::vector<std::string> known;
    const auto add_field = [&](SqlField field) {
      if (const std::string& time = relation_.field(field); !time.empty()) known.push_back(time);
    };
    if (wanted == TimeField::ended) {
      for (const SqlField field : {SqlField::finished_at, SqlField::started_at, SqlField::created_at}) add_field(field);
      if (known.empty()) without("times");
    } else if (wanted == TimeField::due) {
      add_field(SqlField::scheduled_at);
      known.push_back(moment(Timestamp{}));
    } else if (const auto [field, what] = time_of(wanted); !lacks(field, what)) {
      add_field(field);
    }
    return known.size() > 1 ? fmt::format("coalesce({})", fmt::join(known, ", ")) : known.empty() ? "" : known.front();
  }

  /// Trace context is in documents of these rows.
  bool carried() const { return !relation_.carriers.empty(); }

  bool lacks(SqlField field, std::string_view what) {
    if (!relation_.field(field).empty()) return false;
    without(what);
    return true;
  }

  void without(std::string_view what) {
    out.nothing = true;
    unsupported_.push_back(fmt::format("{} has no {} in its {} table ({}){}: nothing there can match",
                                       system_.system->info.title, what, relation_.description->name,
                                       relation_.description->table,
                                       relation_.refused.empty() ? "" : ", or none that this role may read"));
  }

  const BoundSystem& system_;
  const BoundRelation& relation_;
  SqlFlavour flavour_;
  Parameters& parameters_;
  std::vector<std::string>& unsupported_;
};

}  // namespace

std::string any_of(const std::vector<std::string>& conditions) {
  return conditions.size() == 1 ? conditions.front() : fmt::format("({})", fmt::join(conditions, " OR "));
}

std::string all_of(const std::vector<std::string>& conditions) {
  return conditions.size() == 1 ? conditions.front() : fmt::format("{}", fmt::join(conditions, " AND "));
}

std::string queue_condition(SqlFlavour flavour, const std::string& expression, const std::vector<std::string>& globs,
                            Parameters& parameters) {
  std::vector<std::string> plain, choices;
  for (const std::string& glob : globs) {
    if (!is_glob(glob))
      plain.push_back(glob);
    else
      choices.push_back(matches_pattern(flavour, expression, parameters.add(pattern_value(flavour, glob))));
  }
  if (!plain.empty())
    choices.push_back(equals_any(flavour, SqlType::text, expression, parameters.add(list_value(flavour, plain))));
  return choices.empty() ? "" : any_of(choices);
}

Conditions make_conditions(const JobFilter& filter, const BoundSystem& system, const BoundRelation& relation,
                           Parameters& parameters, std::vector<std::string>& unsupported) {
  Builder builder(system, relation, parameters, unsupported);
  for_each_condition(filter, builder);
  return std::move(builder.out);
}

}  // namespace queuetrace
