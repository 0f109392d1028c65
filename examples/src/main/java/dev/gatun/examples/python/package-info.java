/** Python in a Java program. Knows no more of CPython than that it reads its standard input and writes its output. */
@NullMarked
package dev.gatun.examples.python;

import org.jspecify.annotations.NullMarked;
