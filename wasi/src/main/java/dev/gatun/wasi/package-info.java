/**
 * WASI preview 1 in Java: what it takes to run programs compiled for wasm32-wasi. A program can do nothing that it was
 * not given: no file, no variable, no argument.
 */
@NullMarked
package dev.gatun.wasi;

import org.jspecify.annotations.NullMarked;
