/** Tests of the files that show a profile. */
@NullMarked
package dev.gatun.profile;

import org.jspecify.annotations.NullMarked;
