/**
 * Address space: reservations and guard pages, linear memories and their initial images, stacks for wasm, executable
 * memory, and the installation of the trap handler. Nothing here knows of wasm modules or emits code.
 */
@NullMarked
package dev.gatun.memory;

import org.jspecify.annotations.NullMarked;
