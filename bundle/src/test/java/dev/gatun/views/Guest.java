package dev.gatun.views;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.text.TextFormat;

/** Guests of the tests. */
final class Guest {
  private Guest() {}

  static final Engine ENGINE = Engine.create();

  /** An allocator that never uses memory again, and knows how many blocks are in use and the last size freed. */
  static final String ALLOCATOR =
      """
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 1024))
      (global $live (export "live") (mut i32) (i32.const 0))
      (func $malloc (export "malloc") (param i32) (result i32)
        (local $at i32)
        (local.set $at (global.get $top))
        (if (i32.gt_u (local.get 0) (i32.const 30000)) (then (return (i32.const 0))))
        (global.set $top (i32.add (global.get $top) (i32.and (i32.add (local.get 0) (i32.const 23)) (i32.const -8))))
        (global.set $live (i32.add (global.get $live) (i32.const 1)))
        (local.get $at))
      (func $free (export "free") (param i32)
        (if (i32.lt_u (local.get 0) (i32.const 1024)) (then unreachable))
        (global.set $live (i32.sub (global.get $live) (i32.const 1))))
      """;

  static Module module(String text) {
    return ENGINE.compile(TextFormat.parse(text));
  }

  static Instance instance(String text, Imports imports) {
    try (Module module = module(text)) {
      return module.instantiate(imports);
    }
  }

  static Instance instance(String text) {
    return instance(text, Imports.none());
  }
}
