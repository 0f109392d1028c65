/**
 * The AArch64 backend. Everything that knows registers, instructions, frames or AAPCS64 is here and nowhere else.
 *
 * <p>{@link dev.gatun.codegen.aarch64.Instruction} describes each instruction once, {@code Assembler} writes it, {@code
 * A64MacroAssembler} and the classes it is made of lower wasm's operations to it, {@code Stubs} are the ways between
 * Java and wasm.
 */
@NullMarked
package dev.gatun.codegen.aarch64;

import org.jspecify.annotations.NullMarked;
