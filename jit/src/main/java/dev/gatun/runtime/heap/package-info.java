/**
 * The heap of a store: run-time types, allocation, and the collector. Nothing here knows modules or instances; what
 * they hold is asked for through {@link dev.gatun.runtime.heap.Heap.Owner}.
 */
@NullMarked
package dev.gatun.runtime.heap;

import org.jspecify.annotations.NullMarked;
