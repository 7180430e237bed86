// Options that several commands share, in one include: filters, listing, the job or trace argument.
#pragma once

#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/job/list_options.hpp"
