/**
 * Compiled code and the machine it runs on: the backend that was chosen, the stubs, the code of modules and where in it
 * a given address lies. Stores and instances, which run it, are in {@code dev.gatun}.
 */
@NullMarked
package dev.gatun.runtime;

import org.jspecify.annotations.NullMarked;
