// The template language of viewer URLs (docs/tracing.md section 1.1): placeholders `{name}` and `{{name}}`, filled in
// one pass with percent-encoded values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// A value for a placeholder, or what is missing to make one.
struct TemplateValue {
  std::optional<std::string> text;  ///< absent: unknown; a query parameter that needs it is left out
  std::string refusal;              ///< set: no link at all can be made, and this is why
};

/// A link or the reason there is none.
struct TemplateResult {
  std::optional<std::string> url;
  std::string reason;
};

/// The variable of that name, compared without case and `_`; null when it is not set.
const std::string* find_variable(const std::map<std::string, std::string>& variables, std::string_view name);

/// A checked template. Placeholder names compare without case and `_`.
class UrlTemplate {
 public:
  using Lookup = std::function<TemplateValue(std::string_view name)>;

  UrlTemplate() = default;
  /// `known`: whether a normalised placeholder name may be used (`traceid`; `var.` names come with their own spelling).
  /// `host_values`: for `{var.NAME}` in the host. Throws Error{usage} naming `owner` (`viewer 'grafana'`) for a bad
  /// URL, an unknown placeholder, a placeholder where none may stand, or a host value outside `[A-Za-z0-9.-]+`.
  UrlTemplate(std::string_view text, std::string owner, const std::function<bool(std::string_view)>& known,
              const std::map<std::string, std::string>& host_values);

  bool empty() const { return pieces_.empty(); }
  bool uses(std::string_view placeholder) const;
  /// `scheme://host:port` of every link; empty while a variable of the host is not set.
  const std::string& origin() const { return origin_; }

  /// Fills the template. A parameter of a query, a fragment or a matrix (`;name=value`) whose value is unknown is left
  /// out; an unknown value elsewhere means no link. Values in a path must not be `.` or `..` or hold `/` or `\`; no
  /// value may hold control characters. The result is parsed again: same origin, same fixed beginning of the path, at
  /// most 8,192 bytes.
  TemplateResult fill(const Lookup& lookup) const;

 private:
  enum class Part { path, query, fragment };
  /// A piece of the template that is kept or dropped as a whole: a parameter with its separator, or what lies between.
  struct Piece {
    struct Item {
      std::string literal;
      std::string placeholder;  ///< normalised; empty: only the literal
      std::string written;      ///< as the template spells it
    };
    std::vector<Item> items;  ///< literal, then value, in turn
    Part part = Part::path;
    bool is_parameter = false;
    char separator = '\0';  ///< `?`, `&`, `;` before a parameter
  };

  void read_host(std::string_view scheme, std::string_view authority, const std::map<std::string, std::string>& values);
  void read_part(std::string_view text, Part part, const std::function<bool(std::string_view)>& known);
  std::vector<Piece::Item> read_items(std::string_view text, const std::function<bool(std::string_view)>& known) const;
  [[noreturn]] void refuse(const std::string& problem) const;

  std::string owner_;
  std::string origin_;
  std::string missing_;       ///< variable of the host without a value
  std::string fixed_prefix_;  ///< of the path
  std::vector<Piece> pieces_;
};

}  // namespace queuetrace
