/** Tests of the generators, the reducer and the corpus; what runs for minutes is {@code ci/fuzz}. */
@NullMarked
package dev.gatun.fuzz;

import org.jspecify.annotations.NullMarked;
