/**
 * Debugging information in the format DWARF, versions 2 to 5, as far as it tells of an instruction where it comes from:
 * file, line, column, function, and the functions that were inlined there (DWARF 5; "DWARF for WebAssembly" says that
 * addresses count from the start of the code section's contents).
 *
 * <p>It comes with the module and is as untrusted as its code: nothing here throws at a caller, runs for long, or keeps
 * more than a multiple of what it reads, whatever it reads. Nothing here knows of wasm. Information outside of the
 * module (split DWARF, {@code external_debug_info}) is not looked for.
 */
@NullMarked
package dev.gatun.dwarf;

import org.jspecify.annotations.NullMarked;
