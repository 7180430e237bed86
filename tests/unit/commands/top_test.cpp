// The parts of `top` that need no terminal: rows, styled lines, typed commands.
#include <doctest/doctest.h>

#include "commands/top/depth_history.hpp"
#include "commands/top/errand.hpp"
#include "commands/top/row_list.hpp"
#include "commands/top/styled_text.hpp"
#include "formatters/job_table.hpp"

namespace queuetrace::testing {
namespace {

ListedRow job(const std::string& id, const std::string& queue, std::int64_t attempts) {
  Record record{{"ref", Untrusted("shop/" + id)},
                {"id", Untrusted(id)},
                {"state", std::string("dead")},
                {"queue", Untrusted(queue)},
                {"attempts", attempts}};
  return {std::move(record), "shop", "shop/" + id};
}

std::vector<std::string> texts(RowList& rows, std::size_t height) {
  FormatterOptions options;
  options.terminal = true;
  options.width = 60;
  std::vector<std::string> lines;
  for (const ScreenLine& line : rows.draw(options, height)) lines.push_back(line.text);
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("rows are filtered by what they say, in any letter case, or by what they do not") {
  RowList rows(job_table());
  rows.set_rows({job("1", "email", 3), job("2", "orders", 1), job("3", "Email-slow", 2)});
  rows.set_filter("EMAIL");
  CHECK(texts(rows, 9) ==
        Lines{"  ID  STATE  QUEUE       TRY", "> 1   dead   email         3", "  3   dead   Email-slow    2"});
  rows.set_filter("!email");
  CHECK(texts(rows, 9) == Lines{"  ID  STATE  QUEUE   TRY", "> 2   dead   orders    1"});
  CHECK(rows.shown() == 1);
  CHECK(rows.total() == 3);
}

TEST_CASE("rows are sorted by a column's letter, numbers from the greatest, and the other way round") {
  RowList rows(job_table());
  rows.set_rows({job("1", "email", 1), job("2", "orders", 3), job("3", "email", 2)});
  REQUIRE(rows.sort_by('t'));
  CHECK(rows.sort_words() == "TRY");
  CHECK(texts(rows, 2) == Lines{"  ID  STATE  QUEUE   TRY", "> 2   dead   orders    3"});
  rows.reverse_sort();
  CHECK(rows.sort_words() == "TRY+");
  CHECK(raw_word(rows.selected()->record, "id") == "1");
  CHECK_FALSE(rows.sort_by('?'));
}

TEST_CASE("the selection stays with its row, marks go with theirs") {
  RowList rows(job_table());
  rows.set_rows({job("1", "email", 1), job("2", "email", 1), job("3", "email", 1)});
  rows.move(1);
  rows.toggle_mark();
  rows.set_rows({job("9", "email", 1), job("1", "email", 1), job("2", "email", 1)});
  CHECK(raw_word(rows.selected()->record, "id") == "2");
  CHECK(rows.marked() == 1);
  rows.set_rows({job("9", "email", 1)});
  CHECK(raw_word(rows.selected()->record, "id") == "9");
  CHECK(rows.marked() == 0);
  CHECK(rows.chosen().size() == 1);
  rows.set_rows({});
  CHECK(rows.selected() == nullptr);
  CHECK(rows.chosen().empty());
}

TEST_CASE("only marked rows that are shown are chosen") {
  RowList rows(job_table());
  rows.set_rows({job("1", "email", 1), job("2", "orders", 1)});
  rows.toggle_all();
  rows.set_filter("orders");
  REQUIRE(rows.chosen().size() == 1);
  CHECK(rows.chosen().front()->key == "shop/2");
  rows.set_filter("nothing");
  CHECK(rows.chosen().empty());
}

TEST_CASE("the selected row is on the screen, whatever its height") {
  RowList rows(job_table());
  std::vector<ListedRow> many;
  for (int id = 100; id < 150; ++id) many.push_back(job(std::to_string(id), "email", 1));
  rows.set_rows(std::move(many));
  rows.move_to_last();
  CHECK(texts(rows, 3) == Lines{"  ID   STATE  QUEUE  TRY", "  148  dead   email    1", "> 149  dead   email    1"});
  CHECK(rows.window() == std::pair<std::size_t, std::size_t>{49, 50});
  rows.move_to_first();
  CHECK(texts(rows, 2) == Lines{"  ID   STATE  QUEUE  TRY", "> 100  dead   email    1"});
}

TEST_CASE("how many waited is known of the minutes in which somebody looked") {
  using namespace std::chrono_literals;
  using Depths = std::vector<std::optional<std::uint64_t>>;
  const Timestamp noon = *parse_timestamp("2026-01-02T12:00:30Z");
  constexpr auto unknown = std::nullopt;
  DepthHistory depths;
  depths.add("email", noon, 5);
  depths.add("email", noon + 20s, 7);
  depths.add("email", noon + 2min, 0);
  const Depths three{unknown, unknown, unknown, unknown, unknown, unknown, unknown, 7, unknown, 0};
  CHECK(depths.of("email", noon + 2min) == three);
  CHECK(depths.of("orders", noon) == Depths(10));
  const Depths later{0, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown};
  CHECK(depths.of("email", noon + 11min) == later);
  depths.forget_before(noon + 11min);
  CHECK(depths.of("email", noon + 2min)[7] == unknown);
  depths.forget_before(noon + 12min);
  CHECK(depths.of("email", noon + 2min) == Depths(10));
}

TEST_CASE("styled lines: widths without the styles, cuts that end them, nothing that drives a terminal") {
  const std::string line = "a \x1b[1;31mred\x1b[0m \x1b]0;title\x07word";
  CHECK(styled_width("a \x1b[1;31mred\x1b[0m") == 5);
  CHECK(cut_styled("a \x1b[1;31mred\x1b[0m thing", 5, "…") == "a \x1b[1;31mre\x1b[0m…");
  CHECK(fitted_styled("\x1b[2m注文\x1b[0m", 5, "…") == "\x1b[2m注文\x1b[0m ");
  CHECK(at_both_ends("left side", "right", 12, "…") == "left … right");
  std::string shown;
  for (const StyledPart& part : parts_of(line)) shown += part.text;
  CHECK(shown == "a red ]0;titleword");
}

TEST_CASE("a typed command is parted as in a shell, and nothing in it is expanded") {
  using Words = std::vector<std::string>;
  CHECK(typed_words("queuetrace job list -q 'a b'  --error \"it's\"") ==
        Words{"job", "list", "-q", "a b", "--error", "it's"});
  CHECK(typed_words("job show $HOME `id` \\x ''") == Words{"job", "show", "$HOME", "`id`", "\\x", ""});
  CHECK(typed_words("  ").empty());
}

}  // namespace
}  // namespace queuetrace::testing
