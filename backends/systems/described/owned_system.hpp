// A description for the sql engine that owns the texts and rules which the built-in ones have as constants.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::described {

/// What the spans of one SqlRelation point to.
struct OwnedRelation {
  std::vector<SqlFieldRule> fields;
  std::vector<SqlStateRule> states;
  std::vector<SqlNoteRule> notes;
  std::vector<SqlTraceRule> traces;
  std::deque<std::vector<SqlCarrierPlace>> places;
  std::vector<SqlCarrier> carriers;
  std::vector<SqlTiming> wait, run;
};

/// Neither copied nor moved: `system` points into it.
struct OwnedSystem {
  OwnedSystem() = default;
  OwnedSystem(const OwnedSystem&) = delete;
  OwnedSystem& operator=(const OwnedSystem&) = delete;

  /// A text that lives as long as this.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
  std::span<const std::string_view> keep(const std::vector<std::string>& list) {
    std::vector<std::string_view>& views = lists.emplace_back();
    for (const std::string& text : list) views.push_back(keep(text));
    return views;
  }

  std::deque<std::string> texts;
  std::deque<std::vector<std::string_view>> lists;
  std::deque<OwnedRelation> parts;
  std::vector<SqlRelation> relations;
  std::vector<SqlOrderKey> newest, storage;
  std::vector<SqlPeek> peek;
  std::vector<SqlWaitingRule> waiting;
  std::vector<SqlNoteRule> stale;
  std::vector<SqlIndexCheck> indexes;
  std::vector<SqlDiagnosisRule> diagnoses;
  std::vector<SqlRefusalRule> refusals;
  SqlSystem system;
};

}  // namespace queuetrace::described
