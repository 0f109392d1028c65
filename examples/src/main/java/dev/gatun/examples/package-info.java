/** Programs that embed Gatun: short ones here, an interpreter or a service in a package of its own. */
@NullMarked
package dev.gatun.examples;

import org.jspecify.annotations.NullMarked;
