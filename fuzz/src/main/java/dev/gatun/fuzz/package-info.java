/**
 * The fuzzer: runs what the generators make, and judges it. A child JVM (the worker) runs the modules, in several
 * configurations of the engine, and compares how they end with each other and with V8; the parent starts workers, takes
 * note of those that crash or hang, and sums up.
 */
@NullMarked
package dev.gatun.fuzz;

import org.jspecify.annotations.NullMarked;
