/** The runner of spec test scripts in the JSON form of wast2json. */
@NullMarked
package dev.gatun.cli.wast;

import org.jspecify.annotations.NullMarked;
