/**
 * WebAssembly itself: the table of opcodes, the binary decoder, the model of a module, and the validator.
 *
 * <p>Nothing here knows of machine code, of memory, or of running instances.
 */
@NullMarked
package dev.gatun.wasm;

import org.jspecify.annotations.NullMarked;
