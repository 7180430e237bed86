#include "backends/systems/described/reference.hpp"

namespace queuetrace::described {
namespace {

/// The parts of `a.b."c.d"`; a part in quotes holds no others.
std::vector<std::string> members_of(std::string_view path) {
  std::vector<std::string> members;
  while (!path.empty()) {
    std::size_t end = 0;
    if (path.starts_with('"') && (end = path.find('"', 1)) != std::string_view::npos) {
      members.emplace_back(path.substr(1, end - 1));
      path.remove_prefix(end + 1);
      if (path.starts_with('.')) path.remove_prefix(1);
      continue;
    }
    end = std::min(path.find('.'), path.size());
    members.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return members;
}

std::optional<Reference> find_path(std::string_view text, const LiveTableColumns& table) {
  for (std::size_t end = text.size(); end != 0 && end != std::string_view::npos;
       end = end == 0 ? 0 : text.rfind('.', end - 1)) {
    const std::string_view name = text.substr(0, end);
    if (const auto found = table.columns.find(name); found != table.columns.end())
      return Reference{std::string(name), members_of(end < text.size() ? text.substr(end + 1) : ""), "", false,
                       &found->second};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Reference> find_reference(std::string_view text, const LiveTableColumns& table, bool words) {
  if (std::optional<Reference> whole = find_path(text, table); whole && whole->column == text) return whole;
  if (text.starts_with("count(") && text.ends_with(')')) {
    std::optional<Reference> list = find_path(text.substr(6, text.size() - 7), table);
    if (list) list->is_count = true;
    return list;
  }
  if (const std::size_t tilde = text.rfind('~'); words && tilde != std::string_view::npos) {
    std::optional<Reference> place = find_path(text.substr(0, tilde), table);
    if (place) place->word = text.substr(tilde + 1);
    return place;
  }
  return find_path(text, table);
}

}  // namespace queuetrace::described
