package dev.gatun.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A64 instructions as words, with branches to places that come later. */
final class A64Words {
  private final List<Integer> words = new ArrayList<>();
  private final List<int[]> branches = new ArrayList<>();
  private final int[] places = new int[8];

  A64Words emit(int... code) {
    for (int word : code) {
      words.add(word);
    }
    return this;
  }

  /** A load or store of a doubleword, {@code form} without its displacement in bytes. */
  A64Words access(int form, int displacement) {
    return emit(form | displacement / 8 << 10);
  }

  /** {@code mov x9, value} in four instructions. */
  A64Words movX9(long value) {
    for (int i = 0; i < 4; i++) {
      // movz x9, part, then movk x9, part, lsl #16 * i
      emit((i == 0 ? 0xD2800009 : 0xF2800009) | i << 21 | (int) (value >>> 16 * i & 0xffff) << 5);
    }
    return this;
  }

  /** {@code b.condition place}. */
  A64Words branch(int condition, int place) {
    branches.add(new int[] {words.size(), place});
    return emit(0x54000000 | condition);
  }

  A64Words place(int place) {
    places[place] = words.size();
    return this;
  }

  byte[] toBytes() {
    for (int[] branch : branches) {
      words.set(branch[0], words.get(branch[0]) | places[branch[1]] - branch[0] << 5);
    }
    branches.clear();
    ByteBuffer bytes = ByteBuffer.allocate(4 * words.size()).order(ByteOrder.LITTLE_ENDIAN);
    words.forEach(bytes::putInt);
    return bytes.array();
  }
}
