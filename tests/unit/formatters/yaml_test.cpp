// What YAML cannot say as JSON does.
#include <doctest/doctest.h>

#include "tests/unit/formatters/formatted.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("characters beyond the first plane are one escape: YAML knows no pairs of surrogates") {
  Job job = bare_job();
  job.ref.id = Untrusted("1");
  const auto shown = [&](const std::string& payload) {
    job.payload = Payload{Payload::Form::json, Untrusted(payload), payload.size()};
    const std::string text = print("yaml", {job_record(job, {})}, only({"payload"})).text;
    const std::size_t begin = text.find("payload: ") + 9;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK(shown(R"({"\ud83d\ude00":"a \uD83D\uDE00 b"})") == R"({"\U0001f600":"a \U0001f600 b"})");
  CHECK(shown(R"(["\\ud83d\\ude00","\\\ud83d\ude00"])") == R"(["\\ud83d\\ude00","\\\U0001f600"])");
  CHECK(shown(R"(["\ud83d","\ud83d\u0041","\u00e9","\""])") == R"(["\ud83d","\ud83d\u0041","\u00e9","\""])");
  CHECK(shown("[\"\U000E0041\"]") == R"(["\U000e0041"])");  // a tag character, which we escape ourselves
}
