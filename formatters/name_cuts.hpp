// Names that are too long for their column: cut in the middle, since their ends tell them apart, and never alike.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// `customer-da…hment.us-east-1`: at most `width` cells of a printable name, its end longer than its start.
std::string cut_in_middle(std::string_view name, std::size_t width, std::string_view ellipsis);

/// Whether the names, each there once, stay different when they are cut to `width`.
bool stay_different(const std::vector<std::string>& names, std::size_t width, std::string_view ellipsis);

/// The cut names of one column.
class NameCuts {
 public:
  explicit NameCuts(std::string_view ellipsis) : ellipsis_(ellipsis) {}

  /// As cut_in_middle(); a name that would look like an earlier one gets a number at its end. The same name always
  /// looks the same. Remembers 100,000 names; later ones may look alike.
  const std::string& cut(const std::string& name, std::size_t width);

 private:
  std::string_view ellipsis_;
  std::map<std::string, std::string> shown_;
  std::set<std::string> taken_;
  std::string last_;
};

}  // namespace queuetrace
