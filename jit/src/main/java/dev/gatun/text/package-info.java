/**
 * The text format (specification, chapter 6): from text to the binary format and back. It decides nothing that
 * validation decides; what it makes of a text is read by the ordinary decoder.
 */
@NullMarked
package dev.gatun.text;

import org.jspecify.annotations.NullMarked;
