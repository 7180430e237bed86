#include "commands/change/plan_file.hpp"

#include <algorithm>

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"
#include "commands/change/plan_words.hpp"
#include "formatters/escape.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view plan_schema = "queuetrace.plan/1";
constexpr std::size_t longest_plan_line = 1U << 20U;
constexpr std::size_t write_block = 64 * 1024;
constexpr std::size_t longest_error = 200;

Value bytes_or_nothing(const std::optional<Untrusted>& bytes) { return bytes ? Value{*bytes} : Value{}; }

Value number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::string beginning(const Untrusted& text) { return text.raw().substr(0, longest_error); }

Fields line_of(const Target& target) {
  const Job& job = target.job;
  return {{"id", job.ref.id},
          {"queue", bytes_or_nothing(job.queue)},
          {"kind", bytes_or_nothing(job.kind)},
          {"state", std::string(to_word(job.state))},
          {"native_state", bytes_or_nothing(job.native_state)},
          {"error", job.error ? Value{Untrusted(beginning(*job.error))} : Value{}},
          {"verdict", std::string(to_word(target.verdict))},
          {"reason", data_or_nothing(target.reason)},
          {"effect", data_or_nothing(target.effect)},
          {"may_force", target.may_force ? Value{true} : Value{}},
          {"locator", Untrusted(target.locator)}};
}

std::optional<Untrusted> data(const JsonObject& object, std::string_view name) {
  std::optional<std::string> bytes = object.bytes(name);
  if (!bytes) return std::nullopt;
  return Untrusted(std::move(*bytes));
}

/// Words of ours that come back from a file, where they may have become anything.
std::string words(std::string text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return plain ? text : terminal_text(text, Profile::text);
}

std::optional<Verdict> verdict_of(std::string_view word) {
  for (const Verdict verdict : {Verdict::act, Verdict::already, Verdict::skip})
    if (to_word(verdict) == word) return verdict;
  return std::nullopt;
}

}  // namespace

void PlanCounts::add(const Target& target) {
  switch (target.verdict) {
    case Verdict::act: ++act; break;
    case Verdict::already: ++already; break;
    case Verdict::skip: ++skip; break;
  }
  if (target.verdict == Verdict::act) {
    queues.add(target.job);
    // What only one system has may be large, and no sample shows it.
    if (samples.size() < most_samples) samples.emplace_back(target).job.extra = {};
    if (!target.effect.empty() && with_effect++ == 0) effect = target.effect;
    return;
  }
  if (target.may_force) ++may_force;
  const std::pair<Verdict, std::string> reason(target.verdict, target.reason);
  if (reasons.size() < most_reasons || reasons.contains(reason))
    ++reasons[reason];
  else
    ++reasons[{target.verdict, "other reasons"}];
}

void PlanCounts::add(const PlanTally& tally) {
  counted = true;
  warnings.insert(warnings.end(), tally.warnings.begin(), tally.warnings.end());
  for (const PlanTally::Part& part : tally.parts) {
    std::uint64_t& number = part.verdict == Verdict::act ? act : part.verdict == Verdict::already ? already : skip;
    number += part.jobs;
    if (part.may_force) may_force += part.jobs;
    if (part.verdict == Verdict::act)
      queues.add(part.queue, part.jobs);
    else
      reasons[{part.verdict, part.reason}] += part.jobs;
  }
}

PlanWriter::PlanWriter(PrivateFile& file, const PlanHeader& header) : file_(file) {
  buffer_ = json_line({{"schema", std::string(plan_schema)},
                       {"source", header.source},
                       {"address", header.address},
                       {"target", header.target},
                       {"system", header.system},
                       {"action", action_fields(header.action)},
                       {"filter", data_or_nothing(header.filter)},
                       {"asked", header.asked.empty() ? Value{} : Value{header.asked}},
                       {"made_at", header.made_at}});
}

void PlanWriter::flush() {
  file_.write(buffer_);
  buffer_.clear();
}

void PlanWriter::add(const Target& target) {
  buffer_ += json_line(line_of(target));
  counts_.add(target);
  if (buffer_.size() >= write_block) flush();
}

void PlanWriter::finish() {
  Values warnings(counts_.warnings.begin(), counts_.warnings.end());
  buffer_ += json_line({{"end", Fields{{"targets", number(counts_.total())},
                                       {"act", number(counts_.act)},
                                       {"already", number(counts_.already)},
                                       {"skip", number(counts_.skip)},
                                       {"truncated", counts_.truncated ? Value{*counts_.truncated} : Value{}},
                                       {"warnings", warnings.empty() ? Value{} : Value{std::move(warnings)}}}}});
  flush();
  file_.sync();
}

PlanReader::PlanReader(const std::filesystem::path& path) : lines_(path, longest_plan_line) { read_header(); }

PlanReader::PlanReader(int descriptor, const std::string& name) : lines_(descriptor, name, longest_plan_line) {
  read_header();
}

void PlanReader::refuse(const std::string& what) const {
  throw Error(ErrorKind::usage, "unusable plan: line " + std::to_string(std::max<std::uint64_t>(lines_.number(), 1)) +
                                    " of " + lines_.name() + " " + what)
      .with_hint("make it again with --save-plan; nothing was changed");
}

void PlanReader::read_header() {
  const std::optional<std::string_view> line = lines_.next();
  const std::optional<JsonObject> object = line ? JsonObject::parse(*line) : std::nullopt;
  if (!object || object->text("schema") != plan_schema) refuse("is not a header of " + std::string(plan_schema));
  header_.source = object->text("source");
  header_.address = object->text("address");
  header_.target = object->text("target");
  header_.system = object->text("system");
  header_.filter = object->text("filter");
  const std::optional<Timestamp> made = parse_timestamp(object->text("made_at"));
  const std::optional<Action> action = action_of(object->object("action"));
  if (!action) refuse("names an unknown action");
  if (header_.source.empty() || header_.system.empty() || !made) refuse("does not say what the plan was made for");
  header_.action = *action;
  header_.made_at = *made;
}

std::optional<Target> PlanReader::next() {
  if (at_end_) return std::nullopt;
  const std::optional<std::string_view> line = lines_.next();
  if (!line) refuse("is the last one, and the plan has no end");
  const std::optional<JsonObject> object = JsonObject::parse(*line);
  if (!object) refuse("is not a JSON object");
  if (object->has("end")) {
    const JsonObject end = object->object("end");
    const auto count = [&](std::string_view name) {
      const std::optional<std::uint64_t> value = end.number(name);
      if (!value) refuse("has no count " + std::string(name));
      return *value;
    };
    ended_.act = count("act");
    ended_.already = count("already");
    ended_.skip = count("skip");
    if (const std::optional<std::string> why = end.bytes("truncated")) ended_.truncated = words(*why);
    for (std::string& warning : end.texts("warnings")) ended_.warnings.push_back(words(std::move(warning)));
    if (lines_.next()) refuse("stands after the end");
    at_end_ = true;
    return std::nullopt;
  }
  Target target;
  const std::optional<Untrusted> id = data(*object, "id");
  const std::optional<std::string> locator = object->bytes("locator");
  const std::optional<Verdict> verdict = verdict_of(object->text("verdict"));
  if (!id || id->empty() || !locator || !verdict) refuse("is not a target");
  target.job.ref = {header_.address, *id};
  target.job.queue = data(*object, "queue");
  target.job.kind = data(*object, "kind");
  target.job.state = parse_job_state(object->text("state")).value_or(JobState::unknown);
  target.job.native_state = data(*object, "native_state");
  target.job.error = data(*object, "error");
  target.locator = *locator;
  target.verdict = *verdict;
  target.reason = words(object->text("reason"));
  target.effect = words(object->text("effect"));
  target.may_force = object->flag("may_force");
  return target;
}

PlanCounts PlanReader::read_all() {
  PlanCounts counts;
  while (const std::optional<Target> target = next()) counts.add(*target);
  if (counts.act != ended_.act || counts.already != ended_.already || counts.skip != ended_.skip)
    refuse("does not match the number of jobs");
  counts.truncated = ended_.truncated;
  counts.warnings = ended_.warnings;
  return counts;
}

}  // namespace queuetrace
