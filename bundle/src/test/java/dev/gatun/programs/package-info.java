/** Tests that run whole programs: compiled C, CPython, and modules that were damaged. */
@NullMarked
package dev.gatun.programs;

import org.jspecify.annotations.NullMarked;
