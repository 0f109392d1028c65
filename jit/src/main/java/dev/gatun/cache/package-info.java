/**
 * Compiled code in files: the format, the folder in which a user's code is kept from run to run, by what it is found
 * again, and who may be trusted. Nothing here knows an instruction or an instance.
 */
@NullMarked
package dev.gatun.cache;

import org.jspecify.annotations.NullMarked;
