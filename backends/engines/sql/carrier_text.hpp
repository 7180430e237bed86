// The SQL that looks into one document for trace context (carrier.hpp).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "backends/engines/sql/bound_system.hpp"

namespace queuetrace {

/// The members of a row's document that may hold a context, as JSON text of a bounded size; NULL where there are none.
/// Of another table: a JSON list of such texts, oldest first.
std::string carrier_text(const BoundSystem& system, const BoundCarrier& carrier);

/// The same for reading a row: a short document of the row comes whole, and carrier_members() chooses of it.
std::string carrier_document(const BoundSystem& system, const BoundCarrier& carrier);

/// A SELECT over the newest rows of the relation: path (JSON list), number of rows, whether all its texts are
/// traceparents; the most used path first. Only where the document can be looked into by the server
/// (BoundCarrier::is_jsonb).
std::string carrier_paths_query(const BoundSystem& system, const BoundRelation& relation, const BoundCarrier& carrier);

/// A SELECT of carrier_text() of the newest rows that have one, of a bounded size together.
std::string carrier_sample_query(const BoundSystem& system, const BoundRelation& relation, const BoundCarrier& carrier);

/// A SELECT of what `expression`, of an index, yields for the newest rows, and of their carrier_text().
std::string carrier_index_query(const BoundSystem& system, const BoundRelation& relation, const BoundCarrier& carrier,
                                std::string_view expression);

/// The paths that are read for themselves: of documents that are read whole, none.
std::span<const CarrierPath> paths_to_read(const BoundCarrier& carrier);

/// Letters, digits, `_` and `-` alone, at least one: safe as a member's name within a text of SQL or JSON.
bool is_plain_member(std::string_view member);

/// ` ORDER BY ` newest first, by storage where creation cannot be ordered by; with a blank before it.
std::string newest_order(const BoundSystem& system);

}  // namespace queuetrace
