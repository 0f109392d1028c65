/** The {@code gatun} command: options, files, packages, and what is printed. */
@NullMarked
package dev.gatun.cli;

import org.jspecify.annotations.NullMarked;
