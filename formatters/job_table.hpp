// A list of jobs as people read it.
#pragma once

#include "formatters/table_view.hpp"

namespace queuetrace {

/// ID STATE QUEUE KIND TRY SINCE AGE SOURCE TRACE and, last, the error or why the job is not done.
const TableView& job_table();

}  // namespace queuetrace
