/** Tests of what is read of debugging information. */
@NullMarked
package dev.gatun.dwarf;

import org.jspecify.annotations.NullMarked;
