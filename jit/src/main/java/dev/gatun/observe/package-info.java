/**
 * What the engine tells about its work: counters, events for Java Flight Recorder, the map that perf reads, and the
 * file format of core dumps. Nothing here is called while wasm runs without leaving its code, and nothing here decides
 * anything: the engine runs the same without it.
 */
@NullMarked
package dev.gatun.observe;

import org.jspecify.annotations.NullMarked;
