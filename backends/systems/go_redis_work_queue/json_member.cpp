#include "backends/systems/go_redis_work_queue/json_member.hpp"

#include "backends/systems/go_redis_work_queue/go_json.hpp"

namespace queuetrace::go_redis_work_queue {

std::optional<std::string> with_member(std::string_view object, std::string_view name, std::string_view value) {
  const GoJson parsed = parse_as_go(object);
  if (parsed.kind != GoJson::Kind::object) return std::nullopt;
  std::string out;
  std::size_t copied = 0;
  for (const GoMember& member : parsed.members) {
    if (!names_field(member, name)) continue;
    const std::size_t begin = static_cast<std::size_t>(member.value.data() - object.data());
    out += object.substr(copied, begin - copied);
    out += value;
    copied = begin + member.value.size();
  }
  if (copied == 0) {
    const std::size_t inside = object.find('{') + 1;
    out = object.substr(0, inside);
    out += '"' + std::string(name) + "\":" + std::string(value);
    if (!parsed.members.empty()) out += ',';
    copied = inside;
  }
  out += object.substr(copied);
  return out;
}

}  // namespace queuetrace::go_redis_work_queue
