// Every system: what a plan, a backup or a kept change names is checked when it is used. A file that was made for
// something else, damaged or forged is one error, and nothing changes.
#include <nlohmann/json.hpp>

#include "tests/conformance/administered_fixture.hpp"
#include "tests/support/redis_server.hpp"
#include "tracing/base64.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Json = nlohmann::ordered_json;

const std::string foreign = "someone-elses";

/// What can be no locator and no content, whatever the system.
std::vector<std::string> broken(const std::string& good) {
  std::vector<std::string> texts{"",   " ",      "null",   "1",
                                 "[]", "{}",     "{\"",    "\xff",
                                 "\"", "99:1:1", "-1:1:1", std::string(100'000, '[') + std::string(100'000, ']')};
  const Json document = Json::parse(good, nullptr, false);
  texts.push_back(good.substr(0, document.is_object() ? good.size() / 2 : 3));
  if (!document.is_object()) return texts;  // `0:VERSION:BYTES`, whose end may be left out
  texts.push_back(good + good);
  for (const auto& [name, value] : document.items()) {
    if (name == "standing" || name == "record_size") continue;  // may be left out
    for (const Json& other : {Json(), Json(-1), Json(1.5), Json(true), Json::array({1}), Json{{"a", 1}}}) {
      Json changed = document;
      changed[name] = other;
      texts.push_back(changed.dump());
    }
  }
  return texts;
}

/// The outcome of `ask`, which must be one error of the file's, or leave its job alone.
void check_refused(const std::string& text, const std::function<std::vector<TargetReport>()>& ask) {
  CAPTURE(text.substr(0, 300));
  try {
    for (const TargetReport& report : ask()) CHECK_MESSAGE(report.outcome != Outcome::done, told({report}));
  } catch (const Error& error) {
    CHECK_MESSAGE(error.kind() == ErrorKind::usage, error.what());
  }
}

void check_error(const std::string& text, const std::function<std::vector<TargetReport>()>& ask) {
  CAPTURE(text.substr(0, 300));
  try {
    const std::string reports = told(ask());
    CHECK_MESSAGE(false, reports);
  } catch (const Error& error) {
    CHECK_MESSAGE(error.kind() == ErrorKind::usage, error.what());
  }
}

Json with_more(const std::string& content, const char* list, const Json& one) {
  Json document = Json::parse(content);
  for (const char* name : {"keys", "parts"})
    if (!document.contains(name)) document[name] = Json::array();
  document[list].push_back(one);
  return document;
}

}  // namespace

TEST_CASE("a plan that was damaged or forged is refused, and changes nothing") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    for (const Action& action : possible_actions(loaded)) {
      if (action.force) continue;
      CAPTURE(described(action));
      const std::vector<Target> targets = only(plan_of(administration, action), acts);
      if (targets.empty()) continue;
      const std::string before = loaded.digest();
      const Target good = targets.front();
      std::vector<std::string> texts = broken(good.locator);
      if (loaded.redis() != nullptr) {
        for (const char* name : {"key", "record"}) {
          Json document = Json::parse(good.locator);
          if (!document.contains(name)) continue;
          document[name] = base64_encode(foreign);
          texts.push_back(document.dump());
        }
        loaded.redis()->run({{"SET", foreign, "x"}});
      }
      for (const std::string& text : texts) {
        Target target = good;
        target.locator = text;
        check_refused(text, [&] { return administration.apply(action, {&target, 1}, {}); });
        check_refused(text, [&] {
          administration.back_up({&target, 1}, {});
          return std::vector<TargetReport>();
        });
      }
      if (loaded.redis() != nullptr) {
        CHECK(loaded.redis()->ask({"GET", foreign}) == "x");
        loaded.redis()->run({{"DEL", foreign}});
      }
      CHECK(loaded.digest() == before);
    }
  }
}

TEST_CASE("a backup that was damaged, or names what is no part of its jobs, is refused, and changes nothing") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    for (const Action& action : possible_actions(loaded)) {
      if (action.kind != ActionKind::erase || action.force) continue;
      const std::vector<Target> targets = only(plan_of(administration, action), acts);
      REQUIRE_FALSE(targets.empty());
      const std::vector<BackupRecord> records = administration.back_up(targets, {});
      apply_all(administration, action, targets);
      const std::string before = loaded.digest();
      for (const BackupRecord& record : {records.front(), records.back()}) {
        for (const std::string& text : broken(record.content))
          for (const bool dry_run : {true, false})
            check_refused(text, [&] { return administration.restore({{record.id, text}}, dry_run, {}); });
        if (loaded.redis() == nullptr) continue;
        const std::string key = base64_encode(foreign), value = base64_encode("x");
        for (const Json& text :
             {with_more(record.content, "keys", {{"key", key}, {"string", Json::array({value})}}),
              with_more(record.content, "parts", {{"key", key}, {"set_member", value}, {"value", ""}}),
              with_more(record.content, "parts", {{"key", key}, {"member", value}, {"score", base64_encode("1")}})})
          for (const bool dry_run : {true, false})
            check_error(text.dump(), [&] { return administration.restore({{record.id, text.dump()}}, dry_run, {}); });
        CHECK(loaded.redis()->ask({"EXISTS", foreign}) == "0");
      }
      CHECK(loaded.digest() == before);
    }
  }
}

TEST_CASE("what was kept of a change and was damaged, or names other keys, is refused, and changes nothing") {
  // A note that a text is to be put back, as a script would have made it: [["text", "someone-elses", "", "x", false,
  // false]] in MessagePack.
  const std::string note = std::string("\x91\x96\xa4text\xad") + foreign + "\xa0\xa1x\xc2\xc2";
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    JobAdministration& administration = loaded.writable().administration();
    for (const Action& action : possible_actions(loaded)) {
      if (action.kind == ActionKind::erase || action.force || administration.offer(action).removes) continue;
      const std::vector<Target> targets =
          only(plan_of(administration, action), [](const Target& one) { return acts(one) && one.effect.empty(); });
      if (targets.empty()) continue;
      CAPTURE(described(action));
      std::vector<BackupRecord> records;
      for (const TargetReport& report : apply_all(administration, action, targets))
        if (!report.undo.empty()) records.push_back({report.id, report.undo});
      if (records.empty()) continue;
      const std::string before = loaded.digest();
      const BackupRecord& record = records.back();
      for (const std::string& text : broken(record.content))
        for (const bool dry_run : {true, false})
          check_refused(text, [&] { return administration.undo({{record.id, text}}, dry_run, {}); });
      if (loaded.redis() != nullptr) {
        const std::string key = base64_encode(foreign);
        Json alone = Json::parse(record.content), declared = alone, undeclared = alone;
        alone["keys"] = Json::array({key});
        declared["keys"].push_back(key);
        declared["undo"] = undeclared["undo"] = base64_encode(note);
        std::vector<Json> forged{alone, undeclared};
        // Of Celery any key may be a queue, so one more that a change declares cannot be told from its own.
        if (fixture.expected.at("system") != "celery") forged.push_back(declared);
        for (const Json& text : forged)
          for (const bool dry_run : {true, false})
            check_error(text.dump(), [&] { return administration.undo({{record.id, text.dump()}}, dry_run, {}); });
        CHECK(loaded.redis()->ask({"EXISTS", foreign}) == "0");
      }
      CHECK(loaded.digest() == before);
      break;  // the next action would find what this one left
    }
  }
}
