/**
 * Generators: what makes a module, and calls of it, from one number. Nothing here runs a module or knows an engine; the
 * same number gives the same module on every machine.
 */
@NullMarked
package dev.gatun.fuzz.generate;

import org.jspecify.annotations.NullMarked;
