/** The AArch64 backend. So far it is an assembler; asked to compile, it says that it can't. */
@NullMarked
package dev.gatun.codegen.aarch64;

import org.jspecify.annotations.NullMarked;
