package dev.gatun;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a view whose string or bytes stay the guest's: they are copied and not freed, as those of a
 * constant or a buffer that the guest uses again. See {@link Instance#as(Class)}.
 *
 * {@snippet class="dev.gatun.snippets.ViewSnippets" region="strings"}
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Borrowed {}
