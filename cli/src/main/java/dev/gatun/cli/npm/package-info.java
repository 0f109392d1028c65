/**
 * Programs out of packages of an npm registry: which one is meant, where it comes from, that it is what the registry
 * says, and where it is kept. Nothing here knows WebAssembly.
 */
@NullMarked
package dev.gatun.cli.npm;

import org.jspecify.annotations.NullMarked;
