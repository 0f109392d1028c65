/**
 * The examples of the documentation: each region here is shown in the Javadoc of a public class, and {@link
 * dev.gatun.snippets.SnippetsTest} runs them all.
 */
@NullMarked
package dev.gatun.snippets;

import org.jspecify.annotations.NullMarked;
