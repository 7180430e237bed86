// Passwords in our own argument list, which every user of the machine can read.
#pragma once

namespace queuetrace {

/// Overwrites every argument that holds a password with stars (docs/threats.md R50). Copy the arguments first.
void overwrite_secrets(int count, char** arguments);

/// No core file and no memory access for other processes of the user, while secrets are in memory.
void protect_memory();

}  // namespace queuetrace
