/** Compares the code of small functions with what people have read and found good; see CONTRIBUTING.md. */
@NullMarked
package dev.gatun.code;

import org.jspecify.annotations.NullMarked;
