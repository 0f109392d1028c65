package dev.gatun.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds binary modules for tests, valid or not: nothing is checked. Imports of a kind come before definitions of that
 * kind.
 *
 * <p>Types are letters: {@code i} i32, {@code l} i64, {@code f} f32, {@code d} f64, {@code v} v128, {@code c} funcref,
 * {@code x} externref, {@code a} anyref, {@code e} exnref. A function type is written {@code params:results}, e.g.
 * {@code "il:d"}.
 */
public final class ModuleBuilder {
  /** What an export or import is of. */
  public static final int FUNCTION = 0;

  public static final int TABLE = 1;
  public static final int MEMORY = 2;
  public static final int GLOBAL = 3;
  public static final int TAG = 4;

  /** In place of a maximum size: there is none. */
  public static final int NO_MAXIMUM = -1;

  private final List<String> types = new ArrayList<>();
  private final Section imports = new Section(2);
  private final Section functions = new Section(3);
  private final Section tables = new Section(4);
  private final Section memories = new Section(5);
  private final Section tags = new Section(13);
  private final Section globals = new Section(6);
  private final Section exports = new Section(7);
  private final Bytes start = new Bytes();
  private final Section elements = new Section(9);
  private final Section code = new Section(10);
  private final Section data = new Section(11);
  private final Bytes customs = new Bytes();
  private final int[] counts = new int[5];
  private boolean dataCount;

  /** A vector of items, which is a section unless it is empty. */
  private static final class Section {
    final int id;
    final Bytes items = new Bytes();
    int count;

    Section(int id) {
      this.id = id;
    }

    Bytes add() {
      count++;
      return items;
    }

    void writeTo(Bytes module) {
      if (count > 0) {
        module.add(id).sized(new Bytes().unsigned(count).add(items));
      }
    }
  }

  /** The byte of a type, by its letter. */
  public static int type(char letter) {
    return switch (letter) {
      case 'i' -> 0x7F;
      case 'l' -> 0x7E;
      case 'f' -> 0x7D;
      case 'd' -> 0x7C;
      case 'v' -> 0x7B;
      case 'c' -> 0x70;
      case 'x' -> 0x6F;
      case 'a' -> 0x6E;
      case 'e' -> 0x69;
      default -> throw new IllegalArgumentException("no type has the letter " + letter);
    };
  }

  /** Adds a function type unless there is an equal one, and returns its index. */
  public int type(String signature) {
    int index = types.indexOf(signature);
    if (index < 0) {
      index = types.size();
      types.add(signature);
    }
    return index;
  }

  /** Adds a type definition of any kind, as the bytes of the binary format, and returns its index. */
  public int definedType(int... definition) {
    StringBuilder text = new StringBuilder("=");
    for (int value : definition) {
      text.append((char) value);
    }
    types.add(text.toString());
    return types.size() - 1;
  }

  /** Imports a function and returns its index. */
  public int importFunction(String module, String name, String signature) {
    imports.add().name(module).name(name).add(FUNCTION).unsigned(type(signature));
    return counts[FUNCTION]++;
  }

  /** Imports a table and returns its index. */
  public int importTable(String module, String name, char type, long min, long max) {
    limits(imports.add().name(module).name(name).add(TABLE, type(type)), min, max);
    return counts[TABLE]++;
  }

  /** Imports a memory and returns its index. */
  public int importMemory(String module, String name, long min, long max) {
    limits(imports.add().name(module).name(name).add(MEMORY), min, max);
    return counts[MEMORY]++;
  }

  /** Imports a global and returns its index. */
  public int importGlobal(String module, String name, char type, boolean mutable) {
    imports.add().name(module).name(name).add(GLOBAL, type(type), mutable ? 1 : 0);
    return counts[GLOBAL]++;
  }

  /** Adds a function and returns its index. */
  public int function(String signature, Code body) {
    functions.add().unsigned(type(signature));
    code.add().sized(new Bytes().add(body.declarations()).add(body.instructions()).add(0x0B));
    return counts[FUNCTION]++;
  }

  /** Adds a function, exports it, and returns its index. */
  public int function(String export, String signature, Code body) {
    int index = function(signature, body);
    export(export, FUNCTION, index);
    return index;
  }

  /** Adds a table and returns its index. */
  public int table(char type, long min, long max) {
    limits(tables.add().add(type(type)), min, max);
    return counts[TABLE]++;
  }

  /** Adds a memory and returns its index. */
  public int memory(long min, long max) {
    limits(memories.add(), min, max);
    return counts[MEMORY]++;
  }

  /** Adds a memory of addresses of a type, and returns its index. */
  public int memory(char addressType, int pageSizeLog2, long min, long max) {
    memoryType(memories.add(), addressType, pageSizeLog2, min, max);
    return counts[MEMORY]++;
  }

  /** Imports a memory of addresses of a type, and returns its index. */
  public int importMemory(String module, String name, char addressType, int pageSizeLog2, long min, long max) {
    memoryType(imports.add().name(module).name(name).add(MEMORY), addressType, pageSizeLog2, min, max);
    return counts[MEMORY]++;
  }

  private static void memoryType(Bytes bytes, char addressType, int pageSizeLog2, long min, long max) {
    int flags = pageSizeLog2 == 16 ? 0 : 8;
    limits(bytes, addressType == 'l' ? flags | 4 : flags, min, max);
    if (pageSizeLog2 != 16) {
      bytes.unsigned(pageSizeLog2);
    }
  }

  /** Adds a table of 64-bit indices and returns its index. */
  public int wideTable(char type, long min, long max) {
    limits(tables.add().add(type(type)), 4, min, max);
    return counts[TABLE]++;
  }

  /** Adds a tag of exceptions and returns its index. */
  public int tag(String signature) {
    tags.add().add(0).unsigned(type(signature));
    return counts[TAG]++;
  }

  /** Imports a tag of exceptions and returns its index. */
  public int importTag(String module, String name, String signature) {
    imports.add().name(module).name(name).add(TAG, 0).unsigned(type(signature));
    return counts[TAG]++;
  }

  private static void limits(Bytes bytes, long min, long max) {
    limits(bytes, 0, min, max);
  }

  private static void limits(Bytes bytes, int flags, long min, long max) {
    bytes.add(max == NO_MAXIMUM ? flags : flags | 1).unsigned(min);
    if (max != NO_MAXIMUM) {
      bytes.unsigned(max);
    }
  }

  /** Adds a global and returns its index. */
  public int global(char type, boolean mutable, Code initial) {
    expression(globals.add().add(type(type), mutable ? 1 : 0), initial);
    return counts[GLOBAL]++;
  }

  private static Bytes expression(Bytes bytes, Code expression) {
    return bytes.add(expression.instructions()).add(0x0B);
  }

  /** Adds an export. */
  public ModuleBuilder export(String name, int kind, int index) {
    exports.add().name(name).add(kind).unsigned(index);
    return this;
  }

  /** Names the start function. */
  public ModuleBuilder start(int function) {
    start.unsigned(function);
    return this;
  }

  /** Adds a segment of functions that is copied to table 0 at instantiation. */
  public ModuleBuilder elements(Code offset, int... items) {
    indices(expression(elements.add().unsigned(0), offset), items);
    return this;
  }

  /** Adds a segment of functions that is copied to some table at instantiation. */
  public ModuleBuilder elementsOf(int table, Code offset, int... items) {
    indices(expression(elements.add().unsigned(2).unsigned(table), offset).add(0), items);
    return this;
  }

  /** Adds a passive segment of functions. */
  public ModuleBuilder passiveElements(int... items) {
    indices(elements.add().unsigned(1).add(0), items);
    return this;
  }

  /** Declares that references to functions are made. */
  public ModuleBuilder declareElements(int... items) {
    indices(elements.add().unsigned(3).add(0), items);
    return this;
  }

  /** Adds a passive segment of expressions. */
  public ModuleBuilder passiveElements(char type, Code... items) {
    Bytes bytes = elements.add().unsigned(5).add(type(type)).unsigned(items.length);
    for (Code item : items) {
      expression(bytes, item);
    }
    return this;
  }

  private static void indices(Bytes bytes, int[] items) {
    bytes.unsigned(items.length);
    for (int item : items) {
      bytes.unsigned(item);
    }
  }

  /** Adds a data segment that is copied to memory 0 at instantiation. */
  public ModuleBuilder data(Code offset, byte[] contents) {
    expression(data.add().unsigned(0), offset).unsigned(contents.length).add(contents);
    return this;
  }

  /** Adds a data segment that is copied to some memory at instantiation. */
  public ModuleBuilder dataOf(int memory, Code offset, byte[] contents) {
    expression(data.add().unsigned(2).unsigned(memory), offset).unsigned(contents.length).add(contents);
    return this;
  }

  /** Adds a passive data segment. */
  public ModuleBuilder passiveData(byte[] contents) {
    data.add().unsigned(1).unsigned(contents.length).add(contents);
    return this;
  }

  /** Adds a data count section, which {@code memory.init} and {@code data.drop} need. */
  public ModuleBuilder withDataCount() {
    dataCount = true;
    return this;
  }

  /** Adds a custom section, which stands at the end. */
  public ModuleBuilder custom(String name, Bytes contents) {
    customs.add(0).sized(new Bytes().name(name).add(contents));
    return this;
  }

  /** The module. */
  public byte[] build() {
    Bytes module = new Bytes().add(0, 'a', 's', 'm', 1, 0, 0, 0);
    Section typeSection = new Section(1);
    for (String signature : types) {
      Bytes bytes = typeSection.add();
      if (signature.charAt(0) == '=') {
        for (int i = 1; i < signature.length(); i++) {
          bytes.add(signature.charAt(i));
        }
        continue;
      }
      bytes.add(0x60);
      int colon = signature.indexOf(':');
      letters(bytes, signature.substring(0, colon));
      letters(bytes, signature.substring(colon + 1));
    }
    typeSection.writeTo(module);
    imports.writeTo(module);
    functions.writeTo(module);
    tables.writeTo(module);
    memories.writeTo(module);
    tags.writeTo(module);
    globals.writeTo(module);
    exports.writeTo(module);
    if (start.size() > 0) {
      module.add(8).sized(start);
    }
    elements.writeTo(module);
    if (dataCount) {
      module.add(12).sized(new Bytes().unsigned(data.count));
    }
    code.writeTo(module);
    data.writeTo(module);
    return module.add(customs).toArray();
  }

  private static void letters(Bytes bytes, String letters) {
    bytes.unsigned(letters.length());
    for (int i = 0; i < letters.length(); i++) {
      bytes.add(type(letters.charAt(i)));
    }
  }
}
