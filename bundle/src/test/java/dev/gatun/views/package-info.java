/**
 * Tests of typed views, host objects and access to memory. Guests are written in the text format, beside what is
 * expected of them.
 */
@NullMarked
package dev.gatun.views;

import org.jspecify.annotations.NullMarked;
