package dev.gatun.memory;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** x86-64 instructions as bytes, with jumps to places that come later. */
final class X86Bytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<int[]> jumps = new ArrayList<>();
  private final int[] places = new int[8];

  X86Bytes emit(int... code) {
    for (int b : code) {
      bytes.write(b);
    }
    return this;
  }

  /** Four bytes of an instruction. */
  X86Bytes displacement(int value) {
    for (int i = 0; i < 32; i += 8) {
      bytes.write(value >>> i);
    }
    return this;
  }

  /** {@code mov rax, value}. */
  X86Bytes movRax(long value) {
    emit(0x48, 0xB8);
    for (int i = 0; i < 64; i += 8) {
      bytes.write((int) (value >>> i));
    }
    return this;
  }

  /** A conditional jump; {@code condition} is the second byte of its opcode. */
  X86Bytes jump(int condition, int place) {
    emit(0x0F, condition, 0, 0, 0, 0);
    jumps.add(new int[] {bytes.size(), place});
    return this;
  }

  X86Bytes place(int place) {
    places[place] = bytes.size();
    return this;
  }

  byte[] toBytes() {
    byte[] code = bytes.toByteArray();
    for (int[] jump : jumps) {
      int distance = places[jump[1]] - jump[0];
      for (int i = 0; i < 4; i++) {
        code[jump[0] - 4 + i] = (byte) (distance >> 8 * i);
      }
    }
    return code;
  }
}
