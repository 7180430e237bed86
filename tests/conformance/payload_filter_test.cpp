// Every system: objects and arrays in payloads are found by their value, whatever spelling a store keeps them in, and a
// capture answers as the store does that it was made of.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "backends/capture.hpp"
#include "model/canonical_json.hpp"
#include "model/payload_condition.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/read_capture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

constexpr std::size_t most_values = 6;  ///< of a fixture

/// What the payload is, where it is JSON.
nlohmann::json document_of(const Job& job) {
  if (!job.payload || job.payload->form != Payload::Form::json) return nullptr;
  return nlohmann::json::parse(job.payload->text.raw(), nullptr, false);
}

/// The same value with blanks between its parts, members from the last to the first.
std::string spelled_otherwise(const nlohmann::json& value) {
  if (!value.is_structured()) return value.dump();
  std::string out;
  const auto add = [&](const std::string& part) { out = part + (out.empty() ? "" : " ,\t") + out; };
  if (value.is_object())
    for (const auto& [name, member] : value.items())
      add(nlohmann::json(name).dump() + " : " + spelled_otherwise(member));
  else
    for (auto element = value.rbegin(); element != value.rend(); ++element) add(spelled_otherwise(*element));
  return (value.is_object() ? "{ " : "[ ") + out + (value.is_object() ? " }" : " ]");
}

}  // namespace

TEST_CASE("objects and arrays in payloads are compared by their value") {
  std::size_t asked = 0;
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    JobQuery query;
    query.page_size = 1'000;
    query.payload = true;
    const std::vector<Job> jobs = list_all(loaded.store(), query);
    std::set<std::pair<std::string, nlohmann::json>> values;
    for (const Job& job : jobs) {
      const nlohmann::json document = document_of(job);
      if (!document.is_object()) continue;
      for (const auto& [name, value] : document.items())
        // What nests deeper than any document of use has no spelling to compare by.
        if (value.is_structured() && values.size() < most_values && canonical_json(value.dump()))
          values.emplace(name, value);
    }
    for (const auto& [name, value] : values) {
      CAPTURE(name);
      CAPTURE(value.dump());
      std::vector<std::string> expected, others;
      for (const Job& job : jobs) {
        const nlohmann::json document = document_of(job);
        if (document.is_discarded() || document.is_null()) continue;
        const bool is_equal = document.is_object() && document.contains(name) && document[name] == value;
        (is_equal ? expected : others).push_back(job.ref.id.raw());
      }
      JobQuery wanted;
      wanted.page_size = 1'000;
      wanted.filter.where = {{{name}, PayloadCondition::Comparison::equal, spelled_otherwise(value)}};
      // Texts that only we may parse are searched nowhere, and archives without payloads neither, which is said.
      if (std::ranges::any_of(loaded.store().list(wanted).warnings, [](const std::string& warning) {
            return warning.find("payloads that can be searched") != std::string::npos;
          }))
        continue;
      CHECK(joined(sorted(ids_of(list_all(loaded.store(), wanted)))) == joined(sorted(expected)));
      wanted.filter.where.front().comparison = PayloadCondition::Comparison::not_equal;
      const std::vector<std::string> not_equal = ids_of(list_all(loaded.store(), wanted));
      CHECK(std::ranges::all_of(others, [&](const std::string& id) { return std::ranges::count(not_equal, id) > 0; }));
      CHECK(
          std::ranges::none_of(expected, [&](const std::string& id) { return std::ranges::count(not_equal, id) > 0; }));
      ++asked;
    }
  }
  MESSAGE(asked << " values");
}

TEST_CASE("conditions on payloads find in a capture what they find in the store, and nothing in what is no JSON") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    JobQuery query;
    query.page_size = 1'000;
    query.payload = true;
    const std::vector<Job> jobs = list_all(loaded.store(), query);
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "capture.db";
    CaptureWriter writer(file);
    for (const Job& job : jobs) writer.add(job);
    CHECK(writer.finish() == jobs.size());
    const std::unique_ptr<JobStore> capture = testing::open_capture(file);
    for (const char* condition : {"nowhere!=x", "nowhere=x", "nowhere~x", "nowhere!={\"a\":1}", "nowhere={\"a\":1}"}) {
      CAPTURE(condition);
      JobQuery wanted;
      wanted.page_size = 1'000;
      wanted.filter.where = {parse_payload_condition(condition).value()};
      if (!loaded.store().list(wanted).warnings.empty()) continue;  // archives without payloads, texts of tables
      const auto found = [&](JobStore& store) {
        std::vector<std::string> ids = sorted(ids_of(list_all(store, wanted)));
        // SQLite takes no document that nests so deeply.
        for (const Job& job : jobs)
          if (job.payload && job.payload->form == Payload::Form::json && !canonical_json(job.payload->text.raw()))
            std::erase(ids, job.ref.id.raw());
        return ids;
      };
      const std::vector<std::string> live = found(loaded.store());
      CHECK(joined(live) == joined(found(*capture)));
      for (const Job& job : jobs)
        if (!job.payload || job.payload->form == Payload::Form::binary || document_of(job).is_discarded())
          CHECK_FALSE(std::ranges::binary_search(live, job.ref.id.raw()));
    }
  }
}
