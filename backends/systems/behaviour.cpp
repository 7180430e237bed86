// What the rules of a system say, put together for readers.
#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/redis/system.hpp"
#include "backends/engines/sql/bound_system.hpp"
#include "backends/systems/catalogue.hpp"
#include "model/age.hpp"

namespace queuetrace {
namespace {

/// `{=rescue_after_seconds}` as the name of the setting, `{~alert_age}` as its usual value and its name.
std::string with_setting_names(std::string_view text) {
  static const SqlSettings usual = read_settings(SqlSystem(), Source());
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = std::min({text.find("{="), text.find("{~"), text.size()});
    const std::size_t end = std::min(text.find('}', begin), text.size());
    out += text.substr(0, begin);
    if (begin < text.size()) {
      const std::string_view name = text.substr(begin + 2, end - begin - 2);
      const bool duration = text[begin + 1] == '~';
      out += duration ? fmt::format("{} ({})", to_age(std::chrono::seconds(usual.find(name)->second)), name) : name;
    }
    text.remove_prefix(std::min(text.size(), end + (begin < text.size() ? 1 : 0)));
  }
  return out;
}

SystemBehaviour::Effect& effect_of(SystemBehaviour& behaviour, std::optional<ActionKind> action,
                                   std::string_view effect, std::string_view warning) {
  for (SystemBehaviour::Effect& known : behaviour.actions)
    if (known.action == action && known.effect == effect) return known;
  behaviour.actions.push_back({action, std::string(effect), std::string(warning), {}});
  return behaviour.actions.back();
}

void add_refusal(SystemBehaviour& behaviour, std::optional<ActionKind> action, std::string_view reason,
                 std::string_view nearest) {
  for (const SystemBehaviour::Refusal& known : behaviour.refusals)
    if (known.action == action && known.reason == reason) return;
  behaviour.refusals.push_back({action, std::string(reason), std::string(nearest)});
}

template <typename Rule>
void add_symptom(SystemBehaviour& behaviour, const Rule& rule) {
  for (const SystemBehaviour::Symptom& known : behaviour.symptoms)
    if (known.code == rule.code) return;
  behaviour.symptoms.push_back({std::string(rule.code), rule.severity, std::string(rule.subject),
                                with_setting_names(rule.text), with_setting_names(rule.remedy)});
}

void add(SystemBehaviour& behaviour, const SqlSystem& system) {
  for (const SqlActionRule& rule : system.actions) {
    if (rule.effect.empty()) continue;
    SystemBehaviour::Effect& effect = effect_of(behaviour, rule.action, rule.effect, rule.warning);
    for (const SqlSkipRule& skip : rule.skips) {
      const std::string reason = with_setting_names(skip.reason);
      if (skip.verdict == Verdict::skip && std::ranges::find(effect.leaves_alone, reason) == effect.leaves_alone.end())
        effect.leaves_alone.push_back(reason);
    }
  }
  if (system.pausing != nullptr) effect_of(behaviour, std::nullopt, system.pausing->effect, {});
  for (const SqlRefusalRule& rule : system.refusals) add_refusal(behaviour, rule.action, rule.reason, rule.nearest);
  for (const SqlDiagnosisRule& rule : system.diagnoses)
    if (rule.in_doctor) add_symptom(behaviour, rule);
}

void add(SystemBehaviour& behaviour, const RedisSystem& system) {
  for (const RedisActionRule& rule : system.change.actions)
    effect_of(behaviour, rule.action, rule.effect, rule.warning);
  if (system.can_pause()) effect_of(behaviour, std::nullopt, system.pause.effect, system.pause.warning);
  for (const RedisRefusal& rule : system.change.refusals)
    add_refusal(behaviour, rule.action, rule.reason, rule.nearest);
  for (const RedisDiagnosisRule& rule : system.explain.diagnoses) add_symptom(behaviour, rule);
}

}  // namespace

SystemBehaviour Catalogue::behaviour(std::string_view name) const {
  SystemBehaviour behaviour;
  for (const SqlSystem* system : sql)
    if (system->info.name == name) add(behaviour, *system);
  for (const RedisSystem* system : redis)
    if (system->info.name == name) add(behaviour, *system);
  return behaviour;
}

}  // namespace queuetrace
