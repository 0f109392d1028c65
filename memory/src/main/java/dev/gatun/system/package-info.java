/** What users of the engine meet of the operating system's refusals. Nothing that only the engine needs. */
@NullMarked
package dev.gatun.system;

import org.jspecify.annotations.NullMarked;
