package dev.gatun.layout;

/**
 * The native record of a store: its activation (where Java entered, where wasm left), the trap record that the signal
 * handler fills, and the buffer in which arguments and results pass between Java and entry thunks.
 *
 * <p>All fields are 8 bytes wide. One thread at a time runs wasm of a store, so nothing here is shared between threads.
 */
public final class StoreLayout {
  private StoreLayout() {}

  /**
   * Stack pointer of the Java thread inside the innermost entry thunk, with the bit {@link #PROBED}; 0 while no wasm of
   * the store is active.
   */
  public static final int ENTRY_SP = 0;

  /** The bit of {@link #ENTRY_SP} that the stack below has been found long enough for upcalls. */
  public static final int PROBED = 1;

  /** Where the next entry starts on the wasm stack: its top, or below the frames that have called out to the host. */
  public static final int WASM_SP = 8;

  /** Address of the instruction that trapped. */
  public static final int TRAP_PC = 16;

  /** The address whose access faulted ({@code si_addr}). */
  public static final int TRAP_ADDRESS = 24;

  /** Frame pointer at the trap. */
  public static final int TRAP_FP = 32;

  /** Stack pointer at the trap. */
  public static final int TRAP_SP = 40;

  /** Signal number of the trap. */
  public static final int TRAP_SIGNAL = 48;

  /** {@code si_code} of the trap, sign-extended to 8 bytes. */
  public static final int TRAP_SIGNAL_CODE = 56;

  /** The {@link VmContextLayout} record that was current at the trap. */
  public static final int TRAP_CONTEXT = 64;

  /** Frame pointer of the thunk of the innermost call out of wasm (host call or built-in); valid during the upcall. */
  public static final int EXIT_FP = 72;

  /** The runtime's number of the store, by which an upcall finds it. */
  public static final int STORE_NUMBER = 80;

  /** Where wasm goes on when a call out of it ends in a handler: address of the code. */
  public static final int RESUME_PC = 88;

  /** The frame pointer of the function that has the handler. */
  public static final int RESUME_FP = 96;

  /** The exception that it gets. */
  public static final int RESUME_VALUE = 104;

  /** When a call of a host function is resumed, the context of the instance that had made it. */
  public static final int RESUME_CONTEXT = RESUME_VALUE;

  /**
   * Address of the stub through which emitted code calls {@link Builtin#POLL} when a check of the stack or of the fuel
   * fails: all registers are kept.
   */
  public static final int POLL_STUB = 112;

  /** What is left of the fuel; below 0 only from the charge that found too little to what the runtime does about it. */
  public static final int FUEL = 120;

  /** Arguments and results between Java and an entry thunk: 8-byte cells, narrower values in the low bytes. */
  public static final int BUFFER = 128;

  /** Cells in {@link #BUFFER}: what the largest count of parameters or results takes if all are vectors. */
  public static final int BUFFER_CELLS = 2048;

  /**
   * For each class of {@link SizeClasses} the address of the first free cell of the heap that may be taken, or 0: then
   * the runtime must be asked.
   */
  public static final int FREE_CELLS = BUFFER + 8 * BUFFER_CELLS;

  /**
   * For each count of 8 bytes from 0 to {@link SizeClasses#SMALL} the class of objects of that size, a byte; valid once
   * there is a free cell.
   */
  public static final int SIZE_CLASSES = FREE_CELLS + 8 * SizeClasses.COUNT;

  /**
   * The registers that may hold values of wasm as they were at the trap, 8 bytes each, by the numbers that the backend
   * gives them; of vectors the lower half.
   */
  public static final int TRAP_REGISTERS = SIZE_CLASSES + (SizeClasses.SMALL / 8 + 8 & -8);

  /** Registers that a backend may have. */
  public static final int REGISTERS = 64;

  /** Size of the record in bytes. */
  public static final int SIZE = TRAP_REGISTERS + 8 * REGISTERS;
}
