#include "backends/engines/redis/key_template.hpp"

#include "backends/engines/redis/key_scan.hpp"

namespace queuetrace {
namespace {

struct Name {
  std::string_view text;
  std::optional<std::string_view> KeyNames::*value;
};
constexpr Name known[] = {{"{prefix}", &KeyNames::prefix}, {"{queue}", &KeyNames::queue}, {"{id}", &KeyNames::id}};

/// Calls `literal` and `value` for the parts of the text, in their order.
template <typename Literal, typename Value>
void for_each_part(std::string_view text, Literal literal, Value value) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Name* found = nullptr;
    for (const Name& name : known)
      if (text.substr(at).starts_with(name.text)) found = &name;
    if (found == nullptr) {
      ++at;
      continue;
    }
    literal(text.substr(from, at - from));
    value(*found);
    at += found->text.size();
    from = at;
  }
  literal(text.substr(from));
}

}  // namespace

std::string fill_key(std::string_view text, const KeyNames& names) {
  std::string key;
  for_each_part(
      text, [&](std::string_view literal) { key += literal; },
      [&](const Name& name) { key += (names.*name.value).value_or(""); });
  return key;
}

bool has_name(std::string_view text, std::string_view name) { return text.find(name) != std::string_view::npos; }

std::pair<std::string, std::string> around_name(std::string_view text, std::string_view name, const KeyNames& names) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return {fill_key(text, names), {}};
  return {fill_key(text.substr(0, at), names), fill_key(text.substr(at + name.size()), names)};
}

std::string_view free_part(std::string_view key, std::string_view before, std::string_view after) {
  if (key.size() <= before.size() + after.size() || !key.starts_with(before) || !key.ends_with(after)) return {};
  return key.substr(before.size(), key.size() - before.size() - after.size());
}

std::string glob_of_key(std::string_view text, const KeyNames& names) {
  std::string glob;
  for_each_part(
      text, [&](std::string_view literal) { glob += quote_glob(literal); },
      [&](const Name& name) { glob += names.*name.value ? quote_glob(*(names.*name.value)) : "*"; });
  return glob;
}

}  // namespace queuetrace
