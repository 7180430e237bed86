// Whether a change may begin: asked on a terminal, said by --yes or --confirm elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "commands/change/write_options.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// What is to be confirmed.
struct ConfirmationRequest {
  const Source& source;
  std::uint64_t jobs = 0;       ///< that will be changed
  bool is_bulk = true;          ///< chosen by a filter or a file, and not named one by one
  std::string verb;             ///< `purge`, for the question
  std::vector<Phrase> subject;  ///< lines that say what will happen, with their line feeds; shown before the question
  std::string what = {};        ///< what is changed, where it is no number of jobs alone: `queue 'email'`
};

enum class Confirmation { given, declined, interrupted };

/// `none`: jobs named one by one in an unprotected source, without --ask. `yes`: --yes, or an answer. `name`: --confirm
/// with the source's name, or that name typed: a protected source, or more than 1,000 jobs.
enum class NeededConfirmation { none, yes, name };
NeededConfirmation needed_confirmation(const ConfirmationRequest& request, const WriteOptions& options);

/// Whether confirm() will ask, and so show the subject.
bool asks(const ConfirmationRequest& request, const WriteOptions& options, const Context& context);

/// Throws Error{refused} with the command that would work: more jobs than --max, a name that is not the source's, or
/// no one to ask. Otherwise asks where it must.
Confirmation confirm(const ConfirmationRequest& request, const WriteOptions& options, const Context& context);

}  // namespace queuetrace
