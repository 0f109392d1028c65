package dev.gatun;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of an object as one that modules can import, and names the import where it is not the method's own
 * name; see {@link Imports.Builder#object(String, Object)}.
 *
 * {@snippet class="dev.gatun.snippets.ImportsSnippets" region="class"}
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Import {
  /** The import's name; the method's own if empty. */
  String value() default "";
}
