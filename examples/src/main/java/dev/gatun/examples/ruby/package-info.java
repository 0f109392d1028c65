/** Ruby from Java. */
@NullMarked
package dev.gatun.examples.ruby;

import org.jspecify.annotations.NullMarked;
