/** The AArch64 backend. So far it is a place in the build and an error that says so. */
@NullMarked
package dev.gatun.codegen.aarch64;

import org.jspecify.annotations.NullMarked;
