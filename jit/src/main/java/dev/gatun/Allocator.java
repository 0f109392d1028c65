package dev.gatun;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the functions by which memory is had from a guest, on an interface that {@link Instance#as(Class)} binds or a
 * class or interface of a host object. Sizes, alignments and addresses are of the memory's address type.
 *
 * <p>Without it, the first of these that the guest exports is taken: {@code malloc} and {@code free} (C, TinyGo, Zig),
 * {@code cabi_realloc} (the canonical ABI; nothing is freed: what is passed becomes the guest's), {@code allocate} and
 * {@code deallocate}, {@code alloc} and {@code dealloc} (Rust, by hand), {@code __wbindgen_malloc} and {@code
 * __wbindgen_free} (Rust, by wasm-bindgen).
 *
 * {@snippet class="dev.gatun.snippets.ViewSnippets" region="strings"}
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Allocator {
  /**
   * The export that allocates and returns an address, 0 if there is no memory left. It takes the size; or size and
   * alignment; or, as {@code realloc} of the canonical ABI does, old address, old size, alignment and size.
   */
  String allocate();

  /**
   * The export that frees, by address; or address and size; or address, size and alignment. Empty if nothing is to be
   * freed.
   */
  String free() default "";
}
