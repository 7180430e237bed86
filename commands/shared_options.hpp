// Options that several commands share, in one include: filters, listing, the job or trace argument.
#pragma once

#include "commands/filter_check.hpp"
#include "commands/filter_options.hpp"
#include "commands/list_options.hpp"
