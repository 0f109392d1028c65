package dev.gatun.layout;

/**
 * The native record of an instance, to which the pinned context register of emitted code points: a fixed head, then
 * tables whose sizes depend on the module.
 *
 * <p>Host functions have a record of the same head, so that thunks find the store from whatever context is current.
 * Immutable; one for each module.
 */
public final class VmContextLayout {
  /** Address of the {@link StoreLayout} record. */
  public static final int STORE = 0;

  /**
   * The lowest stack pointer at which a function may be entered, compared unsigned. -1 makes the next check fail: that
   * is how another thread makes wasm come to a {@linkplain StoreLayout#POLL_STUB poll}.
   */
  public static final int STACK_LIMIT = 8;

  /** Base of memory 0, a constant of the instance; 0 if it has no memory. */
  public static final int MEMORY_BASE = 16;

  /** Address of the stub through which emitted code calls a {@link Builtin}. */
  public static final int BUILTIN_STUB = 24;

  /** The runtime's number of the instance in its store; -1 in the record of a host function. */
  public static final int INSTANCE = 32;

  /** In the record of a host function: its {@link #hostFunction} number. */
  public static final int HOST_FUNCTION = 40;

  /**
   * What an upcall is told about the host function that is called: the function's number in its store in the low half,
   * that of the store in the upper half, so that nothing need be loaded to find the store.
   */
  public static long hostFunction(int store, int function) {
    return (long) store << 32 | function;
  }

  /** The number of the store of a {@link #hostFunction}. */
  public static int storeOfHostFunction(long hostFunction) {
    return (int) (hostFunction >>> 32);
  }

  /**
   * Address of the stub through which emitted code calls {@link Builtin#ALLOCATE}: with the arguments in cells as a
   * built-in has them, and all registers kept.
   */
  public static final int ALLOCATION_STUB = 48;

  /** Address of the routine that emitted code calls for {@code memory.copy}. */
  public static final int MEMORY_COPY_STUB = 56;

  /** Address of the routine that emitted code calls for {@code memory.fill}. */
  public static final int MEMORY_FILL_STUB = 64;

  /** Size of the fixed head in bytes. */
  public static final int HEAD_SIZE = 72;

  private final int importedFunctions;
  private final int imports;
  private final int slots;
  private final int[] globals;
  private final int tables;
  private final int memories;
  private final boolean[] guarded;
  private final int rtts;
  private final int funcRefs;
  private final int size;
  private final int[] funcRefIndex;

  /**
   * Lays out the record.
   *
   * @param globalSizes bytes that each global takes: 16 for a vector that is not imported, else 8
   * @param guarded for each memory, whether code may rely on its guard pages
   * @param funcRefIndex for each function index, its position among the defined functions that may be referenced, or -1
   * @param funcRefCount how many functions may be referenced
   */
  public VmContextLayout(
      int importedFunctions,
      int definedFunctions,
      byte[] globalSizes,
      int tables,
      boolean[] guarded,
      int types,
      int[] funcRefIndex,
      int funcRefCount) {
    this.importedFunctions = importedFunctions;
    this.funcRefIndex = funcRefIndex;
    this.globals = new int[globalSizes.length];
    int at = HEAD_SIZE;
    for (int i = 0; i < globals.length; i++) {
      globals[i] = at;
      at += globalSizes[i];
    }
    this.tables = at;
    this.memories = this.tables + 8 * tables;
    this.guarded = guarded;
    this.imports = this.memories + 8 * guarded.length;
    this.rtts = this.imports + 8 * importedFunctions;
    this.slots = this.rtts + 8 * types;
    this.funcRefs = this.slots + 8 * definedFunctions;
    this.size = this.funcRefs + FuncRefLayout.SIZE * funcRefCount;
  }

  /** Functions below this index are imported and have an import entry, the others a code slot. */
  public int importedFunctions() {
    return importedFunctions;
  }

  /**
   * Offset of a global's cell (8 or 16 bytes): its value if the module defines it, the address of its cell if imported.
   */
  public int global(int index) {
    return globals[index];
  }

  /** Offset of what follows the globals, which come first behind the head. */
  public int endOfGlobals() {
    return tables;
  }

  /** Offset of the address of a table's {@link DescriptorLayout} record. */
  public int table(int index) {
    return tables + 8 * index;
  }

  /** Offset of the address of a memory's {@link DescriptorLayout} record. */
  public int memory(int index) {
    return memories + 8 * index;
  }

  /** Whether an access beyond the end of a memory faults, so that code need not compare with its size. */
  public boolean isGuarded(int memory) {
    return guarded[memory];
  }

  /** Offset of the address of an imported function's {@link FuncRefLayout} record. */
  public int importEntry(int function) {
    return imports + 8 * function;
  }

  /** Offset of the address of the {@link RttLayout} record of a type of the module. */
  public int rtt(int type) {
    return rtts + 8 * type;
  }

  /** Offset of the code slot of a function that the module defines, by its index in the function index space. */
  public int slot(int function) {
    return slots + 8 * (function - importedFunctions);
  }

  /**
   * Whether a function that the module defines has a record for references to it: it is exported, in an element
   * segment, or named by a ref.func.
   */
  public boolean hasFuncRef(int function) {
    return funcRefIndex[function] >= 0;
  }

  /** Offset of the {@link FuncRefLayout} record of a function that {@link #hasFuncRef}. */
  public int funcRef(int function) {
    return funcRefs + FuncRefLayout.SIZE * funcRefIndex[function];
  }

  /** Offset of the first {@link FuncRefLayout} record; there are no others behind the last. */
  public int firstFuncRef() {
    return funcRefs;
  }

  /** Size of the whole record in bytes. */
  public int size() {
    return size;
  }
}
