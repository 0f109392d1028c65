package dev.gatun;

/** Something that can be imported and exported. It belongs to a {@link Store}. */
public sealed interface Extern permits Func, Memory, Table, Global, Tag {
  /** What it is, with its current limits. */
  ExternType type();
}
