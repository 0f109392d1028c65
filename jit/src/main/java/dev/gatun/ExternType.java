package dev.gatun;

/** The type of something that can be imported and exported (spec 2.3.12). Prints as in the text format. */
public sealed interface ExternType permits FuncType, TableType, MemoryType, GlobalType, TagType {
  /** The kind in a word: function, table, memory, global or tag. */
  String kind();
}
