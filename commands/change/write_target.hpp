// The one store that a command changes.
#pragma once

#include <string>
#include <vector>

#include "commands/change/write_options.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// A store open for writing; `store` is one of `opened`.
struct WriteTarget {
  OpenedSource opened;
  JobStore* store = nullptr;

  const Source& source() const { return opened.source; }
  JobAdministration& administration() const { return store->administration(); }
};

/// The one source to change: the one that all refs of the form `source/ID` name, else the only selected one, else the
/// configured one called `preferred` (a plan's or backup's; may be empty). Throws Error: usage when none or several are
/// meant, refused for a source with `read_only`.
Source choose_source(const std::vector<std::string>& refs, const std::string& preferred, const Context& context);

/// The source in which a past change was made, by its masked URL and, where several have that, by its name: a selected
/// one, or any configured one where --source names none. Never another. Throws Error{refused} when it is not there,
/// with the command to `go_on` with.
Source place_of_change(const std::string& name, const std::string& masked_target, const std::vector<std::string>& go_on,
                       const Context& context);

/// The same to change it. Throws Error{refused} for a source with `read_only`, too.
Source source_of_change(const std::string& name, const std::string& masked_target,
                        const std::vector<std::string>& go_on, const Context& context);

/// Opens it and chooses the store: the one of `system`, which is the system's name, the store's address
/// (`prod/bullmq@{eu}`) or the part of it behind the source; empty: the only one, or the one of the refs. Throws
/// Error{usage} when the source holds several and none is named, or one name means several.
WriteTarget open_target(const Source& source, const std::string& system, const std::vector<std::string>& refs,
                        const Context& context);

/// The store of a past change as open_target() takes it: the part of its address behind the source, which may have
/// another name by now; its system where the source held nothing else, or the address was not written down (empty).
std::string store_of_change(const std::string& address, const std::string& source, const std::string& system);

/// Whether open_target() takes the store of the source for the one that is called so.
bool is_called(const JobStore& store, const std::string& system, const Source& source);

}  // namespace queuetrace
