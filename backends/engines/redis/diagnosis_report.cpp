#include "backends/engines/redis/diagnosis_report.hpp"

#include <algorithm>
#include <stdexcept>

namespace queuetrace {
namespace {

constexpr std::size_t most_named = 3;

/// Whether a shell takes the text as one word and a program as no option.
bool is_plain_word(const std::string& text) {
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_-.:/@%+,=").find(c) != std::string_view::npos;
  });
}

void replace_all(std::string& text, std::string_view mark, const std::string& value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
}

std::string words_of(const std::vector<Untrusted>& texts, std::size_t most, const std::string& otherwise) {
  std::string words;
  for (std::size_t i = 0; i < std::min(texts.size(), most); ++i) {
    if (!is_plain_word(texts[i].raw())) return otherwise;
    words += (i == 0 ? "" : " ") + texts[i].raw();
  }
  return words.empty() ? otherwise : words;
}

void add_new(std::vector<Untrusted>& texts, Untrusted text) {
  if (texts.size() < most_named && std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

}  // namespace

DiagnosisReport::Found& DiagnosisReport::found(std::string_view code) {
  for (const std::span<const RedisDiagnosisRule> table : tables_)
    for (const RedisDiagnosisRule& rule : table)
      if (rule.code == code) {
        Found& found = found_[rule.code];
        found.made = true;
        return found;
      }
  throw std::logic_error("no diagnosis has the code " + std::string(code));
}

void DiagnosisReport::add_job(std::string_view code, Untrusted id, const std::optional<Untrusted>& queue) {
  add_count(code, 1);
  if (queue) ++found(code).queues[*queue];
  add_new(found(code).samples, std::move(id));
}

void DiagnosisReport::add_name(std::string_view code, Untrusted name, std::uint64_t count) {
  add_count(code, count);
  add_new(found(code).names, std::move(name));
}

void DiagnosisReport::add_count(std::string_view code, std::uint64_t count) {
  found(code).count += count;
  found(code).counted = found(code).counted || count > 0;
}

void DiagnosisReport::add_fact(std::string_view code) { found(code); }

void DiagnosisReport::explain(std::string_view code, const std::string& words) { found(code).explanation = words; }

void DiagnosisReport::only_at_least(std::string_view code) {
  if (const auto known = found_.find(code); known != found_.end()) known->second.at_least = true;
}

void DiagnosisReport::not_answered(std::string_view code) { found(code).unanswered = true; }

std::vector<Finding> DiagnosisReport::findings() const {
  std::vector<Finding> findings;
  for (const std::span<const RedisDiagnosisRule> table : tables_)
    for (const RedisDiagnosisRule& rule : table) {
      const auto at = found_.find(rule.code);
      if (at == found_.end()) continue;
      const Found& found = at->second;
      Finding finding{rule.severity, std::string(rule.subject), std::string(rule.text), std::string(rule.remedy),
                      std::string(rule.code)};
      if (found.unanswered && !found.counted) {
        finding.severity = Finding::Severity::note;
        finding.text = "not everything was read: it takes longer than the limits allow";
        finding.remedy = "queuetrace doctor -s <source> --full";
      }
      if (!found.explanation.empty()) finding.text += ": " + found.explanation;
      if (found.counted)
        finding.count = Count{found.count, found.at_least || found.unanswered ? Exactness::at_least : Exactness::exact};
      finding.samples = found.samples;
      finding.names = found.names;
      finding.queues = largest_queues(found.queues);
      finding.unanswered = found.unanswered;
      replace_all(finding.remedy, "<ids>", words_of(found.samples, most_named, "ID"));
      replace_all(finding.remedy, "<name>", words_of(found.names, 1, "NAME"));
      findings.push_back(std::move(finding));
    }
  return findings;
}

}  // namespace queuetrace
