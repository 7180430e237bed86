// One answer of a Redis server: a tree of values that owns all its bytes in two blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/untrusted.hpp"

namespace queuetrace {

/// Owns the nodes and bytes of a reply. Built by ReplyReader; read through ReplyView.
class Reply {
 public:
  enum class Type { nil, string, status, error, integer, array };

  struct Node {
    Type type = Type::nil;
    std::int64_t number = 0;     ///< integer; string: offset of its bytes; array: index of its first element
    std::size_t size = 0;        ///< string: length of what was kept; array: elements
    std::uint64_t cut_from = 0;  ///< string: its length in the server, where only a part was kept; otherwise 0
  };

  /// A value inside a reply; valid as long as the reply lives.
  class View {
   public:
    View(const Reply& reply, std::size_t node) : reply_(&reply), node_(node) {}

    Type type() const { return node().type; }
    bool is(Type type) const { return node().type == type; }
    /// Bytes of a string, status or error; empty for anything else.
    std::string_view text() const;
    /// The length of a string of which only the beginning was kept (ReplyLimits); 0: it is whole.
    std::uint64_t cut_from() const { return is(Type::string) ? node().cut_from : 0; }
    /// The number of an integer reply; 0 for anything else.
    std::int64_t integer() const { return is(Type::integer) ? node().number : 0; }
    /// Elements of an array; 0 for anything else.
    std::size_t size() const { return is(Type::array) ? node().size : 0; }
    /// Element of an array; `index` must be below size().
    View operator[](std::size_t index) const { return {*reply_, static_cast<std::size_t>(node().number) + index}; }

   private:
    const Node& node() const { return reply_->nodes[node_]; }
    const Reply* reply_;
    std::size_t node_;
  };

  View root() const { return {*this, 0}; }
  Type type() const { return root().type(); }
  bool is(Type type) const { return root().is(type); }
  std::string_view text() const { return root().text(); }
  std::int64_t integer() const { return root().integer(); }
  std::size_t size() const { return root().size(); }
  View operator[](std::size_t index) const { return root()[index]; }

  std::vector<Node> nodes{Node{}};  ///< the first is the root
  std::string bytes;
};

}  // namespace queuetrace
