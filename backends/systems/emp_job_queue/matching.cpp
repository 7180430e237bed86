// Which jobs a worker of emp-job-queue takes: the rules of its claim function, replayed without the claim
// (docs/systems/emp-job-queue.md section 4).
#include "backends/systems/emp_job_queue/matching.hpp"

#include <algorithm>

#include "backends/engines/redis/bounded_json.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;
using Depth = Refusal::Depth;

/// Thrown where the function raises an error instead of answering.
struct Raised {};

/// In Lua an empty object is an empty array.
bool is_list(const json& value) { return value.is_array() || (value.is_object() && value.empty()); }
bool is_table(const json& value) { return value.is_array() || value.is_object(); }

/// A member; nullptr when there is none. `false` counts as there, as `nil` only does not.
const json* member(const json& table, const std::string& name) {
  if (!table.is_object()) return nullptr;
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &*found;
}

/// A member that Lua takes as true.
const json* truthy(const json& table, const std::string& name) {
  const json* value = member(table, name);
  return value == nullptr || *value == false ? nullptr : value;
}

/// Indexing anything but a table or a text raises an error.
void require_indexable(const json& value) {
  if (!is_table(value) && !value.is_string()) throw Raised();
}

/// As a loop over `ipairs` finds an item: only lists have any, and tables are equal to themselves alone.
bool holds(const json& list, const json& item) {
  return list.is_array() && !is_table(item) && std::find(list.begin(), list.end(), item) != list.end();
}

bool compare(const json* have, const json& wanted) {
  if (have == nullptr) return false;
  if (is_list(wanted))
    return is_list(*have) &&
           std::all_of(wanted.begin(), wanted.end(), [&](const json& item) { return holds(*have, item); });
  if (is_list(*have)) return holds(*have, wanted);
  if (wanted.is_number()) return have->is_number() && have->get<double>() >= wanted.get<double>();
  return *have == wanted && !is_table(wanted);
}

const json* at_path(const json& table, const std::string& path) {
  const json* value = &table;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    if (end > start) {
      value = member(*value, path.substr(start, end - start));
      if (value == nullptr) return nullptr;
    }
    start = end + 1;
  }
  return value;
}

bool has_capability(const json& worker, const std::string& key, const json& wanted) {
  const json* have = at_path(worker, key);
  if (!wanted.is_object() || wanted.empty()) return compare(have, wanted);
  if (have == nullptr || !is_table(*have)) return false;
  return std::all_of(wanted.items().begin(), wanted.items().end(),
                     [&](const auto& item) { return compare(member(*have, item.key()), item.value()); });
}

/// The resource that is short; empty when none is.
std::string short_hardware(const json& worker, const json& wanted) {
  require_indexable(wanted);
  static const json none = json::object();
  const json* have = truthy(worker, "hardware");
  if (have == nullptr) have = &none;
  for (const char* resource : {"gpu_memory_gb", "cpu_cores", "ram_gb"}) {
    const json* need = truthy(wanted, resource);
    if (need == nullptr || *need == "all") continue;
    require_indexable(*have);
    const json* amount = truthy(*have, resource);
    if (amount == nullptr) return resource;
    if (amount->is_number() && need->is_number()) {
      if (amount->get<double>() < need->get<double>()) return resource;
    } else if (amount->is_string() && need->is_string()) {
      if (amount->get_ref<const std::string&>() < need->get_ref<const std::string&>()) return resource;
    } else {
      throw Raised();
    }
  }
  return {};
}

bool isolated(const json& worker, const json& wanted, std::optional<std::string_view> customer) {
  static const json none = json::object();
  const json* access = truthy(worker, "customer_access");
  if (access == nullptr) access = &none;
  require_indexable(*access);
  if (wanted == "strict") {
    const json* isolation = member(*access, "isolation");
    if (isolation == nullptr || *isolation != "strict") return false;
  }
  // The field is there, even when it is empty (the function does not take an empty text for nothing).
  if (!customer) return true;
  const json name = std::string(*customer);
  if (const json* allowed = truthy(*access, "allowed_customers"); allowed != nullptr && is_table(*allowed))
    if (!holds(*allowed, name)) return false;
  if (const json* denied = truthy(*access, "denied_customers"); denied != nullptr && is_table(*denied))
    if (holds(*denied, name)) return false;
  return true;
}

bool has_models(const json& worker, const json& wanted, const std::string& service) {
  if (!is_table(wanted)) return true;
  static const json none = json::object();
  const json* models = truthy(worker, "models");
  if (models == nullptr) models = &none;
  require_indexable(*models);
  const json* listed = truthy(*models, service);
  if (listed == nullptr) listed = &none;
  if (!is_table(*listed)) return false;
  if (!wanted.is_array()) return true;
  for (const json& model : wanted) {
    if (holds(*listed, model)) continue;
    // The function writes the name of what is missing into its log, and only texts and numbers can be put together.
    if (!model.is_string() && !model.is_number()) throw Raised();
    return false;
  }
  return true;
}

std::optional<Refusal> positive(const json& worker, const json& wanted, const JobHash& job,
                                const std::string& service) {
  require_indexable(wanted);
  if (const json* hardware = truthy(wanted, "hardware"))
    if (!short_hardware(worker, *hardware).empty())
      return Refusal{Depth::requirement, "hardware", "the worker has less graphics memory, memory or fewer cores"};
  if (const json* isolation = truthy(wanted, "customer_isolation"))
    if (!isolated(worker, *isolation, job.field("customer_id")))
      return Refusal{Depth::requirement, "customer-isolation", "the worker does not serve this customer that way"};
  if (const json* models = truthy(wanted, "models"); models != nullptr && *models != "all")
    if (!has_models(worker, *models, service))
      return Refusal{Depth::requirement, "models", "the worker lacks a model under this service"};
  if (!is_table(wanted)) throw Raised();
  if (wanted.is_array()) {
    if (!wanted.empty())
      return Refusal{Depth::requirement, "unmatchable-requirement", "the requirements are a list: no worker matches"};
    return std::nullopt;
  }
  for (const auto& [key, value] : wanted.items()) {
    if (key == "service_type" || key == "hardware" || key == "customer_isolation" || key == "models") continue;
    if (has_capability(worker, key, value)) continue;
    if (key == "negative_requirements")
      return Refusal{Depth::requirement, "unmatchable-requirement",
                     "a document without positive_requirements never matches when it has negative_requirements"};
    return Refusal{Depth::requirement, at_path(worker, key) == nullptr ? "unmatchable-requirement" : "capability",
                   at_path(worker, key) == nullptr ? "a requirement has a name that the worker has no capability of"
                                                   : "a capability of the worker is not what the requirement asks for"};
  }
  return std::nullopt;
}

std::optional<Refusal> negative(const json& worker, const json& unwanted) {
  const Refusal refusal{Depth::requirement, "negative-requirement", "the worker has what the job must not meet"};
  if (!is_table(unwanted)) throw Raised();
  for (const auto& [key, value] : unwanted.items()) {
    if (key != "hardware") {
      if (has_capability(worker, key, value)) return refusal;
      continue;
    }
    const json* hardware = truthy(worker, "hardware");
    if (hardware == nullptr) continue;
    if (!is_table(value)) throw Raised();
    for (const auto& [name, amount] : value.items())
      if (const json* have = truthy(*hardware, name); have != nullptr && compare(have, amount)) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> refuse(const json& worker, const JobHash& job) {
  json requirements = json::object();
  if (const std::optional<std::string_view> text = job.filled("requirements"))
    if (json parsed = parse_bounded(*text); !parsed.is_discarded()) requirements = std::move(parsed);

  if (const json* restriction = truthy(worker, "workflow_id"); restriction != nullptr && *restriction != "") {
    const std::optional<std::string_view> workflow = job.filled("workflow_id");
    if (!workflow || *restriction != json(std::string(*workflow)))
      return Refusal{Depth::workflow, "workflow-restriction", "the worker serves one other workflow only"};
  }
  std::string service;
  if (const std::optional<std::string_view> required = job.field("service_required")) {
    service = std::string(*required);
    const json* accepted = truthy(worker, "job_service_required_map");
    // It also writes all that the worker accepts.
    if (accepted != nullptr && accepted->is_array() && !holds(*accepted, json(service)) &&
        std::ranges::any_of(*accepted, [](const json& one) { return !one.is_string() && !one.is_number(); }))
      throw Raised();
    if (accepted == nullptr || !is_table(*accepted) || !holds(*accepted, json(service)))
      return Refusal{Depth::service, "service-mismatch",
                     "job_service_required_map of the worker does not name the service (`services` does not count)"};
  }
  require_indexable(requirements);
  const json* wanted = truthy(requirements, "positive_requirements");
  if (std::optional<Refusal> refusal = positive(worker, wanted == nullptr ? requirements : *wanted, job, service))
    return refusal;
  if (const json* unwanted = truthy(requirements, "negative_requirements")) return negative(worker, *unwanted);
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refusal_of(const json& capabilities, const JobHash& job) {
  try {
    return refuse(capabilities, job);
  } catch (const Raised&) {
    return Refusal{Depth::error, "requirement-error",
                   "its requirements make the claim function raise an error for every worker of the service: those "
                   "workers get nothing until the job is removed"};
  }
}

}  // namespace queuetrace::emp_job_queue
