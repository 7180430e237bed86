#include "tests/support/administered.hpp"

#include <stdexcept>

#include "backends/open.hpp"

namespace queuetrace::test {

Administered::Administered(const std::filesystem::path& file, const std::string& more) {
  database_.run_file(file);
  if (!more.empty()) database_.run(more);
  open();
}

void Administered::open(Access access, const std::string& user) {
  stores_.clear();
  stores_ = open_stores(database_.source(user), access);
}

std::vector<Target> Administered::plan_all(const Action& action, const JobFilter& filter) {
  JobQuery query;
  query.filter = filter;
  query.page_size = 500;
  query.order = JobOrder::storage;
  std::vector<Target> all;
  do {
    TargetPage page = writes().plan(action, query);
    for (Target& target : page.targets) all.push_back(std::move(target));
    query.after = page.next;
  } while (query.after);
  return all;
}

Target Administered::plan(const Action& action, const std::string& id) {
  JobFilter filter;
  filter.ids = {id};
  std::vector<Target> targets = plan_all(action, filter);
  if (targets.size() != 1) throw std::runtime_error("the plan holds another number of jobs than 1 for " + id);
  return std::move(targets.front());
}

TargetReport Administered::apply(const Action& action, const Target& target) {
  return writes().apply(action, std::span(&target, 1), {}).front();
}

nlohmann::json Administered::rows(const std::string& table, const std::string& condition) const {
  const std::string text =
      database_.ask("SELECT coalesce(json_object_agg(t.id, t), '{}') FROM " + table + " t WHERE " + condition);
  return nlohmann::json::parse(text);
}

nlohmann::json Administered::difference(const nlohmann::json& before, const nlohmann::json& after) const {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& [column, value] : after.items()) {
    if (before.at(column) == value) continue;
    const bool is_time = value.is_string() && column.ends_with("_at");
    const std::string recent = "SELECT abs(extract(epoch FROM now() - '" +
                               (is_time ? value.get<std::string>() : std::string("-infinity")) +
                               "'::timestamptz)) < 60";
    out[column] = is_time && database_.ask(recent) == "t" ? nlohmann::json("now") : value;
  }
  return out;
}

std::string Administered::digest(const std::string& table, const std::string& condition) const {
  return database_.ask("SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t.id), '')) FROM " + table +
                       " t WHERE " + condition);
}

Action action_of(ActionKind kind) {
  Action action;
  action.kind = kind;
  return action;
}

std::string text_of(const TargetReport& report) {
  std::string text(to_word(report.outcome));
  if (!report.reason.empty()) text += ": " + report.reason;
  if (!report.cause.empty()) text += " / " + report.cause.raw();
  return text;
}

std::string text_of(const Target& target) {
  std::string text(to_word(target.verdict));
  if (!target.reason.empty()) text += ": " + target.reason;
  if (!target.effect.empty()) text += ", " + target.effect;
  if (target.may_force) text += " (may be forced)";
  return text;
}

}  // namespace queuetrace::test
