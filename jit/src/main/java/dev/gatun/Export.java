package dev.gatun;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the export that a method of a view stands for, where it is not the method's own name; see {@link
 * Instance#as(Class)}.
 *
 * {@snippet class="dev.gatun.snippets.ViewSnippets" region="interface"}
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Export {
  /** The export's name. */
  String value();
}
