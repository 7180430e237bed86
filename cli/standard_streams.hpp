// Standard input, output and error, also where whoever started the program closed them.
#pragma once

namespace queuetrace {

/// To be called first. A closed descriptor 0, 1 or 2 would be given to the first file or connection that is opened,
/// which would then be read as input or written to as output. A closed input becomes an empty one; writing to a closed
/// output fails, as it did.
void hold_standard_streams();

}  // namespace queuetrace
