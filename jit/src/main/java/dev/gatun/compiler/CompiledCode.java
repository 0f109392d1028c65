package dev.gatun.compiler;

import dev.gatun.backend.HandlerTable;

/**
 * The machine code of a function: position independent.
 *
 * @param code holds the code in its first {@code size} bytes; valid until the compiler's next use
 * @param size of the code in bytes
 * @param pcTable encoded {@link dev.gatun.backend.PcTable}
 * @param handlers where exceptions are handled
 */
public record CompiledCode(byte[] code, int size, byte[] pcTable, HandlerTable handlers) {}
