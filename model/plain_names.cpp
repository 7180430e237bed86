#include "model/plain_names.hpp"

#include <algorithm>
#include <string_view>

namespace queuetrace {
namespace {

constexpr std::size_t most_named = 5, longest_name = 80;

bool is_plain(std::string_view name) {
  return name.size() <= longest_name && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view("_-.:/@{}").find(c) != std::string_view::npos;
         });
}

}  // namespace

std::string plain_names(std::span<const Untrusted> names) {
  std::string told;
  std::size_t named = 0;
  for (const Untrusted& name : names) {
    if (named == most_named || !is_plain(name.raw())) continue;
    told += (named++ == 0 ? "" : ", ") + name.raw();
  }
  const std::size_t more = names.size() - named;
  if (more > 0)
    told += named == 0 ? std::to_string(more) + " with unusual names" : " and " + std::to_string(more) + " more";
  return told;
}

}  // namespace queuetrace
