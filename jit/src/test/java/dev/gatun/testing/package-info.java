/**
 * Tools for tests of any module of the project, published as the test jar of this one: building binary modules,
 * finding programs, starting JVMs. They depend on nothing of the engine, so that what they build is judged by it and
 * not shaped by it.
 */
@NullMarked
package dev.gatun.testing;

import org.jspecify.annotations.NullMarked;
