// Fuzz target: everything that reads or changes JSON without parsing it into a tree, and the text that is no JSON.
// Checks that each rewriting of JSON is JSON again, that the readers agree on what is JSON, and that a changed member
// holds what it was given.
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/json_member.hpp"
#include "backends/systems/go_redis_work_queue/go_json.hpp"
#include "backends/systems/go_redis_work_queue/json_member.hpp"
#include "formatters/json_rewrite.hpp"
#include "formatters/redaction.hpp"
#include "model/finite_json.hpp"
#include "model/json_slices.hpp"
#include "tests/fuzz/require.hpp"
#include "tracing/carrier.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

void check_rewriting(std::string_view text) {
  static const Redaction hiding({"*card*"});
  static const Redaction showing({}, false);
  for (const JsonLayout layout : {JsonLayout::safe, JsonLayout::compact, JsonLayout::pretty, JsonLayout::stored}) {
    std::string out = "before";
    const JsonRewrite rewrite = rewrite_json(text, showing, out, layout);
    require(out.starts_with("before"));
    const bool is_nothing =
        rewrite.status == JsonRewrite::Status::invalid || rewrite.status == JsonRewrite::Status::too_deep;
    require((out.size() == 6) == is_nothing);
    if (rewrite.status == JsonRewrite::Status::json) {
      require(is_json(std::string_view(out).substr(6)) == is_json(text));  // false: halves of surrogate pairs
      require(rewrite.hidden == 0);
    }
    std::string hidden;
    const JsonRewrite redacted = rewrite_json(text, hiding, hidden, layout);
    const bool hides_bytes = rewrite.status == JsonRewrite::Status::not_utf8 && redacted.hidden > 0 &&
                             redacted.status == JsonRewrite::Status::json;  // those that are no UTF-8 are in a secret
    std::string again;
    require(redacted.status == rewrite.status ||
            (hides_bytes && rewrite_json(hidden, showing, again).status == JsonRewrite::Status::json));
    if (rewrite.status == JsonRewrite::Status::json && is_json(text)) require(is_json(hidden));
  }
  std::string document;
  append_json_document(document, text, hiding);
  std::string again;
  require(rewrite_json(document, showing, again).status == JsonRewrite::Status::json);
  std::string plain;
  hiding.hide_in_text(text, plain);
}

void check_members(std::string_view text) {
  json_members(text);
  json_elements(text);
  first_element(text);
  const std::optional<std::string_view> there = member_of(text, "id");
  const std::optional<std::string> changed = with_member(text, "id", "7");
  if (there) require(changed.has_value());
  if (changed) require(member_of(*changed, "id") == "7");
}

void check_go(std::string_view text) {
  using namespace go_redis_work_queue;
  const GoJson document = parse_as_go(text);
  for (const GoMember& member : document.members) (void)names_field(member, "trace_id");
  GoFields fields{document};
  (void)fields.text("id");
  (void)fields.number("priority");
  const std::optional<std::string> changed = go_redis_work_queue::with_member(text, "retries", "7");
  if (!changed) return;
  const GoJson again = parse_as_go(*changed);
  require(again.kind == GoJson::Kind::object);
  require(GoFields{again}.number("retries") == 7);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_rewriting(text);
  check_members(text);
  check_go(text);
  require(with_finite_numbers(with_finite_numbers(text)) == with_finite_numbers(text));
  const nlohmann::json parsed = parse_bounded(text);
  if (!parsed.is_discarded()) require(is_json(text));
  return 0;
}
