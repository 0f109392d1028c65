/**
 * The baseline compiler: one walk over a validated body, no intermediate representation, machine code through a
 * {@link dev.gatun.backend.MacroAssembler}.
 *
 * <p>No machine is named here, and nothing here runs wasm.
 */
@NullMarked
package dev.gatun.compiler;

import org.jspecify.annotations.NullMarked;
