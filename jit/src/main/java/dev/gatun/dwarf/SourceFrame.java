package dev.gatun.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * Where an instruction comes from: a place in a function's source.
 *
 * @param function the function's name with its namespaces, if it is known
 * @param file the path of the source file as the compiler knew it, if it is known
 * @param line from 1 on, or -1 if it is not known
 * @param column from 1 on, or -1 if it is not known
 * @param inlined whether the function was inlined into that of the next frame
 */
public record SourceFrame(
    @Nullable String function, @Nullable String file, int line, int column, boolean inlined) {}
