/** Tests of the engine as a whole, with a backend, through the public API. */
@NullMarked
package dev.gatun.tests;

import org.jspecify.annotations.NullMarked;
