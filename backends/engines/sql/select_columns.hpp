// The columns that a statement asks of a relation for the jobs in its rows.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/engines/sql/select_builder.hpp"

namespace queuetrace {

/// Writes the column list of one relation; all relations of a statement get the same columns in the same order.
class SelectColumns {
 public:
  /// `shared`: what is asked for twice is one column, which needs a statement of one relation. The parameters that
  /// columns need are added to `parameters`. All of them must outlive this.
  SelectColumns(const BoundSystem& system, std::span<const SqlOrderKey> keys, RowDetail detail, Parameters& parameters,
                bool shared);

  /// The list for the relation with this index: expressions over `j`, separated by commas.
  std::string of(std::size_t index);

  /// Where the columns of the last list stand.
  const RowLayout& layout() const { return layout_; }

 private:
  bool is_brief() const { return detail_ == RowDetail::brief || detail_ == RowDetail::ends; }
  std::size_t add(std::string column);
  int add_text(const std::string& expression);
  bool anywhere(const std::function<bool(const BoundRelation&)>& has) const;
  void add_fields(const BoundRelation& relation);
  void add_derived(const BoundRelation& relation);
  void add_carriers(const BoundRelation& relation);
  void add_timing(std::optional<BoundTiming> BoundRelation::*which, const BoundRelation& relation,
                  RowLayout::Timing& columns);
  void add_extras(const BoundRelation& relation);

  const BoundSystem& system_;
  std::span<const SqlOrderKey> keys_;
  RowDetail detail_;
  Parameters& parameters_;
  bool shared_;
  std::vector<std::string> columns_;
  std::map<std::string, int, std::less<>> texts_;  ///< columns by their expressions
  RowLayout layout_;
};

}  // namespace queuetrace
