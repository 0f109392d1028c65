/**
 * The x86-64 backend: the assembler, which knows encodings and nothing else; the macro-assembler, which knows
 * conventions and sequences and encodes nothing; the stubs between Java and wasm. Nothing here knows of modules or
 * sections.
 */
@NullMarked
package dev.gatun.codegen.x86_64;

import org.jspecify.annotations.NullMarked;
