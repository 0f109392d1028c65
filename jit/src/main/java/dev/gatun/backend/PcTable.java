package dev.gatun.backend;

import dev.gatun.layout.TrapCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The instructions of one function that may fault, and its return addresses: position in the code, why, and offset in
 * the module. Filled in order of emission by a macro-assembler; {@link #encode} makes the compact form that is kept.
 */
public final class PcTable {
  /** Bytes of an entry at most: its code, and two integers of 32 bits. */
  private static final int MAX_ENTRY = 11;

  private int[] positions = new int[256];
  private int[] offsets = new int[256];
  private byte[] codes = new byte[256];
  private int count;
  private byte[] encoded = new byte[1024];
  private @Nullable Listener listener;

  /** Hears of entries when they are made. */
  @FunctionalInterface
  public interface Listener {
    /** An entry was added. */
    void added(int position, TrapCode code);
  }

  /** Forgets everything. */
  public void clear() {
    count = 0;
  }

  /** Tells a listener of each entry from now on; null ends that. */
  public void listen(@Nullable Listener to) {
    listener = to;
  }

  /** Adds an entry. */
  public void add(int position, TrapCode code, int wasmOffset) {
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      codes = Arrays.copyOf(codes, 2 * count);
    }
    positions[count] = position;
    offsets[count] = wasmOffset;
    codes[count++] = (byte) code.ordinal();
    if (listener != null) {
      listener.added(position, code);
    }
  }

  /**
   * The compact form: for each entry in order of emission its code (a byte), then the differences of position and wasm
   * offset to the entry before, as signed LEB128. Most entries take 3 bytes.
   */
  public byte[] encode() {
    byte[] out = encoded;
    int at = 0;
    int position = 0;
    int offset = 0;
    for (int i = 0; i < count; i++) {
      if (at + MAX_ENTRY > out.length) {
        out = Arrays.copyOf(out, 2 * out.length);
        encoded = out;
      }
      out[at++] = codes[i];
      at = putSigned(out, at, positions[i] - position);
      at = putSigned(out, at, offsets[i] - offset);
      position = positions[i];
      offset = offsets[i];
    }
    return Arrays.copyOf(out, at);
  }

  private static int putSigned(byte[] out, int at, int value) {
    while (value < -64 || value > 63) {
      out[at++] = (byte) (value & 0x7f | 0x80);
      value >>= 7;
    }
    out[at++] = (byte) (value & 0x7f);
    return at;
  }

  /** What a table says of a position in the code. */
  public record Entry(TrapCode code, int wasmOffset) {}

  /**
   * Finds the entry of exactly this position in an encoded table, or null. A trap and a return address never share a
   * position's meaning: {@code call} tells which is looked for.
   */
  public static @Nullable Entry find(byte[] encoded, int position, boolean call) {
    int at = 0;
    int entryPosition = 0;
    int entryOffset = 0;
    while (at < encoded.length) {
      int code = encoded[at++];
      long difference = signed(encoded, at);
      at = (int) (difference >>> 32);
      entryPosition += (int) difference;
      difference = signed(encoded, at);
      at = (int) (difference >>> 32);
      entryOffset += (int) difference;
      if (entryPosition == position && (code == TrapCode.CALL.ordinal()) == call) {
        return new Entry(TrapCode.of(code), entryOffset);
      }
    }
    return null;
  }

  /** A signed LEB128 in the low half, the position after it in the high half. */
  private static long signed(byte[] encoded, int at) {
    int value = 0;
    int shift = 0;
    byte b;
    do {
      b = encoded[at++];
      value |= (b & 0x7f) << shift;
      shift += 7;
    } while (b < 0);
    if (shift < 32 && (b & 0x40) != 0) {
      value |= -1 << shift;
    }
    return (long) at << 32 | value & 0xffff_ffffL;
  }
}
