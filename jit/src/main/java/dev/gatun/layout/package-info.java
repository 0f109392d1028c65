/**
 * What emitted code and the runtime share: the offsets of native records, the numbers of built-ins and traps.
 *
 * <p>Nothing here runs and nothing here emits. Every offset is written once; backends, compiler and runtime read it.
 */
@NullMarked
package dev.gatun.layout;

import org.jspecify.annotations.NullMarked;
