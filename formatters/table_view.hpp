// What people see of a list of records: which columns, in which order, and what gives way on a narrow terminal. The
// machine formats know nothing of it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formatters/formatter.hpp"

namespace queuetrace {

class CellText;

/// What may happen to a cell that has too little room.
enum class CellKind {
  word,      ///< states, numbers, ages: nothing
  id,        ///< shown by as much of its start as tells it from the others of the page: a prefix can be pasted
  trace,     ///< the first 8 digits, which show what belongs together and cannot be looked up
  name,      ///< cut in the middle, so that it keeps its end, and never to the look of another name
  text,      ///< free text, the last column: gives way first, cut at its end, and takes what is left
  sentence,  ///< goes on in further lines, and is neither cut nor parted
  below,     ///< a sentence that stands below its row, without a heading
  message,   ///< below its row too: words of somebody else, in whose lines long words are parted
};

/// Which cells of a column stand out in colour. The word is always there too.
enum class Attention {
  none,
  state,     ///< by the word
  failures,  ///< a number above 0: red
  doubts,    ///< a number above 0, and any word: yellow
  oldest,    ///< an age over AgeLimits::warn yellow, over AgeLimits::alert red
};

/// Printable text of a cell that is more than a field of its record.
struct DerivedText {
  std::string text;    ///< empty: nothing
  bool mixed = false;  ///< not just what the field says
};

struct TableColumn {
  std::string_view field;  ///< of the record
  std::string_view heading;
  CellKind kind = CellKind::word;
  bool right = false;
  std::size_t least = 8;       ///< cells that a name or text keeps as long as anything else can give way
  unsigned drop = 0;           ///< left out first where it is 1, then 2 and so on; 0: never
  std::size_t most_lines = 0;  ///< of a message, where not everything is shown; 0: any number
  std::size_t from_width = 0;  ///< only on terminals of so many cells and more
  std::size_t to_width = 0;    ///< only on terminals of fewer cells; 0: on all
  Attention attention = Attention::none;
  /// What stands in place of the field; null: the field as it is.
  DerivedText (*text)(const Record& record, CellText& cells) = nullptr;
  /// Over the column where a cell of it is mixed; empty: `heading` always.
  std::string_view mixed_heading = {};
  std::string_view nothing = {};  ///< a value that says nothing: the column is left out where all cells hold it
  std::string_view same_as = {};  ///< the column is left out where every cell equals that of this other field
  /// The column is left out where all rows have the same in it; that of the source not where several answered.
  bool differs = false;
  std::string_view out_of = {};  ///< printed behind a slash where it is known, `2/3`
};

struct TableView {
  std::span<const TableColumn> columns;
  /// Without headings: each row is a block, in which what stands below it begins where its sentence does, and an empty
  /// line parts rows that differ in the first column.
  bool blocks = false;
};

/// A part of a line, in a colour of its own (SGR parameters) where it is not empty.
struct Phrase {
  std::string text;
  std::string_view color = {};
};

/// What stands around a table for people: what was counted, where and when, above it, and the next command below.
/// Nothing of it is printed without headings. Texts may hold what users typed, and are printed escaped.
struct Remarks {
  std::vector<Phrase> summary;
  std::string hint;  ///< a line each; what stores hold stands in it only quoted for a shell
};

}  // namespace queuetrace
