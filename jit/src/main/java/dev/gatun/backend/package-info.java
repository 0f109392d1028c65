/**
 * What the engine asks of a machine: the interfaces that the codegen modules implement.
 *
 * <p>No machine's register, instruction or convention is named here; registers are numbers that only a backend can
 * read.
 */
@NullMarked
package dev.gatun.backend;

import org.jspecify.annotations.NullMarked;
