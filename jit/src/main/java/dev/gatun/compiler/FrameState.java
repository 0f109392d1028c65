package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.FunctionFacts;
import java.util.Arrays;

/**
 * Where every local and operand of the function is at the point being compiled: the abstract state of the baseline
 * compiler, and the register allocator over it.
 *
 * <p>Contract:
 *
 * <ul>
 *   <li>A register is a home (it belongs to the locals planned for it and to nothing else), or a temporary. A temporary
 *       is free, caches one local that has no home, or holds one or more operands.
 *   <li>Of each local any of three facts may hold: it is in its register, it is stored in its slot, it is a known
 *       constant. A live local has one of them at least; a local without any is dead.
 *   <li>An operand is a constant, an alias of a local, in a temporary, or in its slot.
 *   <li>Before a local is written, its aliases become values of their own ({@link #detach}).
 *   <li>Registers handed out to the instruction being compiled are locked until {@link #unlock}; nothing locked is
 *       evicted.
 * </ul>
 */
final class FrameState {
  // Facts of a local.
  static final int IN_REGISTER = 1;
  static final int STORED = 2;
  static final int CONSTANT = 4;

  // Places of an operand.
  static final byte CONST = 0;
  static final byte LOCAL = 1;
  static final byte REGISTER = 2;
  static final byte SLOT = 3;

  private final MacroAssembler masm;
  private final long allRegisters;
  private final long floatRegisters;

  // Registers.
  long temporaries;
  private long locked;
  final int[] registerUses = new int[64];
  final int[] registerLocal = new int[64];

  /** The offset of the instruction that last used each register. */
  private final int[] lastUse = new int[64];

  // Locals.
  int locals;
  byte[] localKind = new byte[64];
  byte[] localFacts = new byte[64];
  int[] localRegister = new int[64];
  long[] localConstant = new long[64];
  int[] aliases = new int[64];
  private int[] home = {};
  private FunctionFacts facts;

  // Operands.
  int depth;
  byte[] place = new byte[64];
  byte[] kind = new byte[64];
  int[] register = new int[64];
  long[] value = new long[64];

  final FrameSlots slots = new FrameSlots();
  final Spills spills;

  /** Offset in the body of the instruction being compiled, for the live intervals. */
  int position;

  /**
   * The end of the outermost structure around that protects its code by handlers, as an offset in the body, or -1: a
   * local that begins before it is stored at every call, if it is live.
   */
  int protectedUntil;

  @SuppressWarnings("NullAway.Init") // begin() sets what belongs to a function
  FrameState(MacroAssembler masm) {
    this.masm = masm;
    spills = new Spills(this, masm);
    allRegisters = masm.registers();
    long floats = 0;
    for (int r = 0; r < 64; r++) {
      if ((allRegisters >>> r & 1) != 0 && masm.isFloat(r)) {
        floats |= 1L << r;
      }
    }
    floatRegisters = floats;
  }

  /** Starts a function: no operands, every local the constant zero, all temporaries free. */
  void begin(FunctionFacts functionFacts, LocalPlan plan, byte[] kinds, int count, int maxDepth) {
    facts = functionFacts;
    home = plan.home;
    locals = count;
    depth = 0;
    slots.begin(count, maxDepth + 4);
    locked = 0;
    position = 0;
    protectedUntil = -1;
    temporaries = allRegisters & ~plan.pinned;
    if (localFacts.length < count) {
      int capacity = 2 * count;
      localKind = new byte[capacity];
      localFacts = new byte[capacity];
      localRegister = new int[capacity];
      localConstant = new long[capacity];
      aliases = new int[capacity];
    }
    System.arraycopy(kinds, 0, localKind, 0, count);
    Arrays.fill(localFacts, 0, count, (byte) CONSTANT);
    Arrays.fill(localRegister, 0, count, NONE);
    Arrays.fill(localConstant, 0, count, 0);
    Arrays.fill(aliases, 0, count, 0);
    Arrays.fill(lastUse, 0);
    if (place.length < maxDepth + 4) {
      int capacity = 2 * maxDepth + 4;
      place = new byte[capacity];
      kind = new byte[capacity];
      register = new int[capacity];
      value = new long[capacity];
    }
    clearRegisters();
  }

  /** Forgets what is in which register. */
  void clearRegisters() {
    Arrays.fill(registerUses, 0);
    Arrays.fill(registerLocal, NONE);
  }

  /** Slots of the frame that have been given out. */
  int slots() {
    return slots.count();
  }

  /** The slot of a local, given out at its first use. */
  int slotOf(int local) {
    return slots.ofLocal(local, localKind[local]);
  }

  /** A slot that nothing else has. */
  int newSlot(int k) {
    return slots.give(k);
  }

  /** Fixes the slot of a parameter that arrived in memory. */
  void arriveInSlot(int local, int slot) {
    slots.fix(local, slot);
    localFacts[local] = STORED;
  }

  /** Records that a local is in its slot and nowhere else; gives it one where nothing that may throw has stored it. */
  void arriveStored(int local) {
    uncache(local);
    slots.ofLocal(local, localKind[local]);
    localFacts[local] = STORED;
  }

  /** The slot of the operand at a depth, given out at its first use. */
  int operandSlot(int at) {
    return slots.ofOperand(at, kind[at]);
  }

  /** The slot of an operand of a kind at a depth. */
  int operandSlot(int at, int k) {
    return slots.ofOperand(at, k);
  }

  // Locals.

  /** The register that a local owns for the whole function, or NONE. */
  int home(int local) {
    return home[local];
  }

  /** Whether a local's value can still be asked for at an offset in the body. */
  boolean isLiveAt(int local, int offset) {
    return offset <= facts.end(local) && facts.end(local) >= 0 || aliases[local] > 0;
  }

  /** Records that a parameter is in a register that is its home, or a temporary that now caches it. */
  void arriveInRegister(int local, int at) {
    localFacts[local] = IN_REGISTER;
    localRegister[local] = at;
    registerLocal[at] = local;
  }

  /**
   * Whether a local occurs, or may occur, at or before an offset; one that has not begun is still the constant zero.
   */
  boolean hasBegunBy(int local, int offset) {
    return facts.start(local) <= offset;
  }

  /** Whether another local is in the home of this one, and is live or an operand of this instruction. */
  boolean homeIsTaken(int local) {
    int r = home[local];
    int occupant = registerLocal[r];
    return occupant != local && ((locked >>> r & 1) != 0 || occupant != NONE && isLiveAt(occupant, position));
  }

  /** Declares a local dead. */
  void kill(int local) {
    uncache(local);
    localFacts[local] = 0;
  }

  /** Forgets that a local is in a register. */
  void uncache(int local) {
    int r = localRegister[local];
    if (r != NONE) {
      registerLocal[r] = NONE;
      localRegister[local] = NONE;
    }
    localFacts[local] &= ~IN_REGISTER;
  }

  /** Writes a local to its slot if it is not there. */
  void storeLocal(int local) {
    int known = localFacts[local];
    if ((known & STORED) == 0) {
      if ((known & IN_REGISTER) != 0) {
        masm.storeSlot(localKind[local], slotOf(local), localRegister[local]);
      } else {
        masm.storeSlotConstant(localKind[local], slotOf(local), localConstant[local]);
      }
      localFacts[local] |= STORED;
    }
  }

  /** Makes sure that a local is in a register: its home, or a temporary that caches it. Locks the register. */
  int localInRegister(int local) {
    int known = localFacts[local];
    if ((known & IN_REGISTER) != 0) {
      lock(localRegister[local]);
      return localRegister[local];
    }
    int r = home[local];
    boolean taken = r != NONE && (locked >>> r & 1) != 0 && registerLocal[r] != local;
    if (r == NONE || taken) {
      r = allocate(localKind[local]);
    } else {
      evictHome(r, local);
    }
    if ((known & CONSTANT) != 0) {
      masm.constant(localKind[local], r, localConstant[local]);
    } else {
      masm.loadSlot(localKind[local], r, slotOf(local));
    }
    if (taken) {
      // Another owner of the home is an operand of this same instruction: ours is a copy for this instruction alone.
      lock(r);
      return r;
    }
    localRegister[local] = r;
    registerLocal[r] = local;
    localFacts[local] |= IN_REGISTER;
    lock(r);
    return r;
  }

  /** Frees a home for a local: an earlier owner keeps its value in its slot if anyone may still ask for it. */
  private void evictHome(int r, int local) {
    int occupant = registerLocal[r];
    if (occupant != NONE && occupant != local) {
      if (isLiveAt(occupant, position)) {
        storeLocal(occupant);
      }
      uncache(occupant);
    }
  }

  /** Turns the aliases of a local on the operand stack into values of their own; call before the local is written. */
  void detach(int local) {
    for (int i = depth - 1; aliases[local] > 0; i--) {
      if (place[i] == LOCAL && value[i] == local) {
        detachOperand(i);
      }
    }
  }

  /** Turns an operand that is an alias into a value of its own. */
  private void detachOperand(int at) {
    int local = (int) value[at];
    int known = localFacts[local];
    int k = localKind[local];
    if ((known & CONSTANT) != 0) {
      place[at] = CONST;
      value[at] = localConstant[local];
    } else {
      long lockedBefore = locked;
      if ((known & IN_REGISTER) != 0) {
        lock(localRegister[local]);
      }
      int r = allocate(k);
      if ((localFacts[local] & IN_REGISTER) != 0) {
        masm.move(k, r, localRegister[local]);
      } else {
        masm.loadSlot(k, r, slotOf(local));
      }
      locked = lockedBefore;
      place[at] = REGISTER;
      register[at] = r;
      registerUses[r]++;
    }
    aliases[local]--;
  }

  /** Detaches the aliases whose local is written inside a control structure, or dies in it. */
  void detachBefore(long written, int endOffset) {
    for (int i = 0; i < depth; i++) {
      if (place[i] == LOCAL) {
        int local = (int) value[i];
        if (isWritten(written, local) || facts.end(local) < endOffset) {
          detachOperand(i);
        }
      }
    }
  }

  /** Whether a mask of written locals names a local; those beyond the mask count as written. */
  static boolean isWritten(long mask, int local) {
    return local >= 64 || (mask >>> local & 1) != 0;
  }

  /**
   * The home of a local if a result may be computed straight into it: nothing on the operand stack below the given
   * depth may refer to the local or to another owner of the home.
   */
  int homeForResult(int local, int operandsKept) {
    int r = home[local];
    if (r == NONE) {
      return NONE;
    }
    int occupant = registerLocal[r];
    if (aliasesBelow(local, operandsKept)
        || occupant != NONE && occupant != local && aliasesBelow(occupant, operandsKept)) {
      return NONE;
    }
    return r;
  }

  private boolean aliasesBelow(int local, int operandsKept) {
    if (aliases[local] == 0) {
      return false;
    }
    for (int i = 0; i < operandsKept; i++) {
      if (place[i] == LOCAL && value[i] == local) {
        return true;
      }
    }
    return false;
  }

  /** Records that a local has just been computed into its home. */
  void wroteHome(int local) {
    int r = home[local];
    int occupant = registerLocal[r];
    if (occupant != NONE && occupant != local) {
      uncache(occupant);
    }
    localRegister[local] = r;
    registerLocal[r] = local;
    localFacts[local] = IN_REGISTER;
  }

  /** {@code local.set}: pops the top operand into a local. */
  void popToLocal(int local) {
    int top = depth - 1;
    if (place[top] == LOCAL && value[top] == local) {
      popAlias(top);
      return;
    }
    // The operand popped must not be detached with the others: take it off the stack first.
    int from = place[top];
    int k = kind[top];
    depth = top;
    int source = NONE;
    switch (from) {
      case CONST -> {
        detach(local);
        uncache(local);
        localFacts[local] = CONSTANT;
        localConstant[local] = value[top];
        return;
      }
      case LOCAL -> {
        int other = (int) value[top];
        aliases[other]--;
        if ((localFacts[other] & CONSTANT) != 0) {
          detach(local);
          uncache(local);
          localFacts[local] = CONSTANT;
          localConstant[local] = localConstant[other];
          return;
        }
        detach(local);
        if ((localFacts[other] & IN_REGISTER) != 0) {
          source = localRegister[other];
        }
        setFrom(local, k, source, source == NONE ? slotOf(other) : 0, false);
      }
      case REGISTER -> {
        source = register[top];
        long lockedBefore = locked;
        lock(source);
        detach(local);
        locked = lockedBefore;
        registerUses[source]--;
        setFrom(local, k, source, 0, true);
      }
      default -> {
        detach(local);
        setFrom(local, k, NONE, operandSlot(top), false);
      }
    }
  }

  /** Gives a local the value of a register, or of a slot if there is no register. */
  private void setFrom(int local, int k, int source, int slot, boolean sourceIsTemporary) {
    int r = home[local];
    if (r != NONE) {
      evictHome(r, local);
    } else {
      uncache(local);
      if (sourceIsTemporary && registerUses[source] == 0 && registerLocal[source] == NONE) {
        r = source;
      } else {
        long lockedBefore = locked;
        if (source != NONE) {
          lock(source);
        }
        r = allocate(k);
        locked = lockedBefore;
      }
    }
    if (source == NONE) {
      masm.loadSlot(k, r, slot);
    } else if (r != source) {
      masm.move(k, r, source);
    }
    localRegister[local] = r;
    registerLocal[r] = local;
    localFacts[local] = IN_REGISTER;
  }

  // Operands.

  void pushConstant(int k, long bits) {
    place[depth] = CONST;
    kind[depth] = (byte) k;
    value[depth++] = bits;
  }

  /** Pushes a local: as the constant it is known to be, or as an alias. */
  void pushLocal(int local) {
    if ((localFacts[local] & CONSTANT) != 0) {
      pushConstant(localKind[local], localConstant[local]);
      return;
    }
    place[depth] = LOCAL;
    kind[depth] = localKind[local];
    value[depth++] = local;
    aliases[local]++;
  }

  /** Pushes a temporary; its lock ends with {@link #unlock}. */
  void pushRegister(int k, int r) {
    place[depth] = REGISTER;
    kind[depth] = (byte) k;
    register[depth++] = r;
    registerUses[r]++;
  }

  /** Pushes a value that is in the slot of its depth. */
  void pushSlot(int k) {
    place[depth] = SLOT;
    kind[depth++] = (byte) k;
  }

  /** Drops the top operand. */
  void drop() {
    dropTo(depth - 1);
  }

  /** Drops operands down to a depth. */
  void dropTo(int to) {
    while (depth > to) {
      int top = depth - 1;
      if (place[top] == REGISTER) {
        registerUses[register[top]]--;
      } else if (place[top] == LOCAL) {
        aliases[(int) value[top]]--;
      }
      depth = top;
    }
  }

  private void popAlias(int top) {
    aliases[(int) value[top]]--;
    depth = top;
  }

  boolean topIsConstant() {
    return place[depth - 1] == CONST;
  }

  /** The constant on top of the stack, known to be one, without popping it. */
  long topConstant() {
    return value[depth - 1];
  }

  /** Whether the top operand is best named by its slot: it is nowhere else, and has no home to be loaded into. */
  boolean topIsInSlotOnly() {
    int top = depth - 1;
    return place[top] == SLOT
        || place[top] == LOCAL
            && (localFacts[(int) value[top]] & (IN_REGISTER | STORED)) == STORED
            && home[(int) value[top]] == NONE;
  }

  /** Exchanges the two topmost operands. */
  void swapTop() {
    int a = depth - 1;
    int b = depth - 2;
    if (place[a] == SLOT || place[b] == SLOT) {
      throw new IllegalStateException("an operand in its slot can't change its depth");
    }
    byte p = place[a];
    place[a] = place[b];
    place[b] = p;
    byte k = kind[a];
    kind[a] = kind[b];
    kind[b] = k;
    int r = register[a];
    register[a] = register[b];
    register[b] = r;
    long v = value[a];
    value[a] = value[b];
    value[b] = v;
  }

  /** Pops the top operand, for which {@link #topIsInSlotOnly} holds, and names its slot. */
  int popSlot() {
    int top = depth - 1;
    if (place[top] == SLOT) {
      depth = top;
      return operandSlot(top);
    }
    int local = (int) value[top];
    popAlias(top);
    return slotOf(local);
  }

  /**
   * Pops the top operand into a register and locks that. A temporary that held it alone is free afterwards, but locked.
   */
  int popRegister() {
    int top = depth - 1;
    int k = kind[top];
    switch (place[top]) {
      case REGISTER -> {
        int r = register[top];
        registerUses[r]--;
        depth = top;
        lock(r);
        return r;
      }
      case LOCAL -> {
        int r = localInRegister((int) value[top]);
        popAlias(top);
        return r;
      }
      case CONST -> {
        int r = allocate(k);
        masm.constant(k, r, value[top]);
        depth = top;
        lock(r);
        return r;
      }
      default -> {
        int r = allocate(k);
        masm.loadSlot(k, r, operandSlot(top));
        depth = top;
        lock(r);
        return r;
      }
    }
  }

  /** Makes sure that the top operand is in a register, and locks that, without popping it. */
  int topInRegister() {
    int top = depth - 1;
    if (place[top] == LOCAL) {
      return localInRegister((int) value[top]);
    }
    int r = popRegister();
    pushRegister(kind[top], r);
    return r;
  }

  /**
   * Pops the top operand into a temporary that may be overwritten, and locks it. Needs one register where popping and
   * then copying would need two.
   */
  int popToTemporary() {
    int top = depth - 1;
    if (place[top] == REGISTER && registerUses[register[top]] == 1) {
      return popRegister();
    }
    // Making room may move the operand: where it is, is looked up afterwards.
    int r = allocate(kind[top]);
    lock(r);
    loadOperand(top, r);
    drop();
    return r;
  }

  /** Copies an operand to a register. */
  private void loadOperand(int at, int target) {
    int k = kind[at];
    switch (place[at]) {
      case REGISTER -> masm.move(k, target, register[at]);
      case LOCAL -> {
        int local = (int) value[at];
        if ((localFacts[local] & IN_REGISTER) != 0) {
          masm.move(k, target, localRegister[local]);
        } else {
          masm.loadSlot(k, target, slotOf(local));
        }
      }
      case CONST -> masm.constant(k, target, value[at]);
      default -> masm.loadSlot(k, target, operandSlot(at));
    }
  }

  /** Pops the top operand into one given temporary and locks it; whoever is there is moved away. */
  void popTo(int target) {
    int top = depth - 1;
    if (place[top] == REGISTER && register[top] == target && registerUses[target] == 1) {
      registerUses[target] = 0;
      depth = top;
      lock(target);
      return;
    }
    // While the others make room, the operand itself may be moved: by its slot or register it is found again.
    vacate(target);
    lock(target);
    loadOperand(top, target);
    drop();
  }

  /** Makes sure that the top operand is in a register other than some, without popping it. */
  void moveTopAwayFrom(long registers) {
    int top = depth - 1;
    int k = kind[top];
    int r = NONE;
    if (place[top] == REGISTER) {
      r = register[top];
    } else if (place[top] == LOCAL && (localFacts[(int) value[top]] & IN_REGISTER) != 0) {
      r = localRegister[(int) value[top]];
    }
    if (r != NONE && (registers >>> r & 1) != 0) {
      long lockedBefore = locked;
      locked |= registers;
      int to = allocate(k);
      locked = lockedBefore;
      masm.move(k, to, r);
      drop();
      pushRegister(k, to);
    }
  }

  /** Frees a temporary: a cached local is stored, operands in it go to another temporary or to their slots. */
  void vacate(int r) {
    int local = registerLocal[r];
    if (local != NONE) {
      if (isLiveAt(local, position)) {
        storeLocal(local);
      }
      uncache(local);
    }
    if (registerUses[r] > 0) {
      long lockedBefore = locked;
      lock(r);
      int k = NONE;
      for (int i = 0; i < depth; i++) {
        if (place[i] == REGISTER && register[i] == r) {
          k = kind[i];
        }
      }
      int to = freeTemporary(k);
      for (int i = 0; i < depth; i++) {
        if (place[i] == REGISTER && register[i] == r) {
          if (to != NONE) {
            register[i] = to;
            registerUses[to]++;
          } else {
            masm.storeSlot(kind[i], operandSlot(i), r);
            place[i] = SLOT;
          }
        }
      }
      if (to != NONE) {
        masm.move(k, to, r);
      }
      registerUses[r] = 0;
      locked = lockedBefore;
    }
  }

  /** Vacates every temporary of a set. */
  void vacateAll(long registers) {
    for (long rest = registers & temporaries; rest != 0; rest &= rest - 1) {
      vacate(Long.numberOfTrailingZeros(rest));
    }
  }

  // Allocation.

  void lock(int r) {
    locked |= 1L << r;
    lastUse[r] = position;
  }

  /** The registers that are locked. */
  long locked() {
    return locked;
  }

  /** Goes back to an earlier set of locked registers. */
  void relock(long registers) {
    locked = registers;
  }

  /** Ends the instruction: nothing is locked any more. */
  void unlock() {
    locked = 0;
  }

  /** Whether a register popped by this instruction may be overwritten by its result. */
  boolean isReusable(int r) {
    return (temporaries >>> r & 1) != 0 && registerUses[r] == 0 && registerLocal[r] == NONE;
  }

  private long file(int k) {
    return temporaries & (Kind.isFloat(k) ? floatRegisters : ~floatRegisters);
  }

  /** A temporary that nothing is in, or NONE. */
  int freeTemporary(int k) {
    for (long rest = file(k) & ~locked; rest != 0; rest &= rest - 1) {
      int r = Long.numberOfTrailingZeros(rest);
      if (registerUses[r] == 0 && registerLocal[r] == NONE) {
        return r;
      }
    }
    return NONE;
  }

  /**
   * Finds a temporary for a value, evicting a cached local (a dead one, else a clean one, else one that has to be
   * stored; of several the one used least recently) or the operand deepest in the stack. The caller locks it, or pushes
   * it, before it asks for another.
   */
  int allocate(int k) {
    int r = freeTemporary(k);
    if (r != NONE) {
      return r;
    }
    int clean = NONE;
    int dirty = NONE;
    for (long rest = file(k) & ~locked; rest != 0; rest &= rest - 1) {
      r = Long.numberOfTrailingZeros(rest);
      int local = registerLocal[r];
      if (local != NONE && registerUses[r] == 0) {
        if (!isLiveAt(local, position)) {
          uncache(local);
          return r;
        }
        if ((localFacts[local] & STORED) == 0) {
          dirty = usedLessRecently(r, dirty);
        } else {
          clean = usedLessRecently(r, clean);
        }
      }
    }
    if (clean != NONE) {
      uncache(registerLocal[clean]);
      return clean;
    }
    if (dirty != NONE) {
      storeLocal(registerLocal[dirty]);
      uncache(registerLocal[dirty]);
      return dirty;
    }
    for (int i = 0; i < depth; i++) {
      if (place[i] == REGISTER && ((file(k) & ~locked) >>> register[i] & 1) != 0) {
        r = register[i];
        vacate(r);
        return r;
      }
    }
    throw new IllegalStateException("no register to be had: the backend keeps too few, or too many are locked");
  }

  private int usedLessRecently(int r, int other) {
    return other == NONE || lastUse[r] - lastUse[other] < 0 ? r : other;
  }

  /** A register for a result: one of the operands' if it may be overwritten, else a new one. Locks it. */
  int result(int k, int preferred) {
    int r = preferred != NONE && isReusable(preferred) ? preferred : allocate(k);
    lock(r);
    return r;
  }
}
