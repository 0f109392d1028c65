/**
 * What a profiler has seen, and the files that show it: a flame graph, a profile for the Firefox Profiler, collapsed
 * stacks. How samples are taken is not known here, nor what wasm is.
 */
@NullMarked
package dev.gatun.profile;

import org.jspecify.annotations.NullMarked;
