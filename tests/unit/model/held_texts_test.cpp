#include "model/held_texts.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

namespace {

Job with_texts(std::size_t bytes) {
  Job job;
  job.ref.id = Untrusted("1");
  job.error = Untrusted(std::string(bytes, 'e'));
  job.extra.push_back({"path", Untrusted(std::string(bytes, 'p'))});
  job.extra.push_back({"document", JsonText{Untrusted("\"" + std::string(bytes, 'd') + "\"")}});
  job.locator = std::string(bytes, 'l');
  return job;
}

}  // namespace

TEST_CASE("texts are held whole up to the bound, and their beginnings beyond it") {
  HeldTexts held(50'000);
  Job first = with_texts(10'000), second = with_texts(10'000), third = with_texts(1'000);
  held.hold(first);
  held.hold(second);
  held.hold(third);
  CHECK(first.error->raw().size() == 10'000);
  CHECK(first.notes.empty());
  CHECK(second.error->raw() == std::string(4'096, 'e'));
  CHECK(std::get<Untrusted>(second.extra[0].value).raw() == std::string(4'096, 'p'));
  CHECK(std::get<Untrusted>(second.extra[1].value).raw() == "\"" + std::string(4'095, 'd'));
  CHECK(second.locator.size() == 10'000);
  REQUIRE(second.notes.size() == 1);
  CHECK(second.notes.front().code == "texts-cut");
  CHECK(third.error->raw().size() == 1'000);  // no text of it is large
  CHECK(third.notes.empty());
}

TEST_CASE("a payload that is held in part keeps its size, and characters stay whole") {
  HeldTexts held(0);
  Job job;
  std::string text = "x";
  for (int i = 0; i < 5'000; ++i) text += "\xe2\x82\xac";
  job.payload = Payload{Payload::Form::text, Untrusted(text), text.size()};
  held.hold(job);
  CHECK(job.payload->text.raw() == text.substr(0, 4'096));  // 1 and 1,365 times 3
  CHECK(job.payload->size == text.size());
  job.payload->text = Untrusted(text.substr(1));
  held.hold(job);
  CHECK(job.payload->text.raw() == text.substr(1, 4'095));
}
