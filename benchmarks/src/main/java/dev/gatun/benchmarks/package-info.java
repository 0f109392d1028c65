/** What Gatun costs: calls, traps, instantiation, compilation; and programs, timed beside other engines. */
@NullMarked
package dev.gatun.benchmarks;

import org.jspecify.annotations.NullMarked;
