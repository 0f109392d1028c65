/** A plugin for Trino, with which queries bring functions of their own along, in WebAssembly or Python. */
@NullMarked
package dev.gatun.examples.trino;

import org.jspecify.annotations.NullMarked;
