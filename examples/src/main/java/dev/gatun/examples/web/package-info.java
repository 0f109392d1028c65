/** A web server for code of strangers. */
@NullMarked
package dev.gatun.examples.web;

import org.jspecify.annotations.NullMarked;
