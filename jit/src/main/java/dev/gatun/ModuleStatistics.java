package dev.gatun;

import java.time.Duration;

/**
 * What is known of the code of a module, from {@link Module#statistics}. Immutable.
 *
 * @param functions functions that the module defines
 * @param functionsCompiled of these, that have been compiled so far
 * @param functionsLoaded of these, whose code comes from a {@link CodeCache}, or from what was compiled beforehand
 * @param wasmBytes size of the module in bytes
 * @param codeBytes bytes of machine code so far
 * @param compileTime time that threads have spent compiling its functions, summed up; without decoding and validation
 */
public record ModuleStatistics(
    int functions, int functionsCompiled, int functionsLoaded, long wasmBytes, long codeBytes, Duration compileTime) {}
