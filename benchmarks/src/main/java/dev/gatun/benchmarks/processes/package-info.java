/**
 * Processes that run one WASI program each, on one engine, and say what took how long: {@code MODULE eager|lazy
 * [ARGUMENT...]}. Nothing here compares or counts.
 */
@NullMarked
package dev.gatun.benchmarks.processes;

import org.jspecify.annotations.NullMarked;
