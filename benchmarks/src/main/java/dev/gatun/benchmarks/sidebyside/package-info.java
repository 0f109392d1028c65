/**
 * The runner: times the programs of the corpus on several engines, each run in a process of its own, and writes the
 * report. It needs the JDK alone; what an engine needs is in {@code dev.gatun.benchmarks.processes}.
 */
@NullMarked
package dev.gatun.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
