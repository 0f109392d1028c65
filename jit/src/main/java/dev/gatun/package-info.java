/**
 * The public API of Gatun: engine, module, store, instance, and what they import and export.
 *
 * <p>Everything here is documented and stays; what compiles and runs is in packages that are not exported.
 */
@NullMarked
package dev.gatun;

import org.jspecify.annotations.NullMarked;
