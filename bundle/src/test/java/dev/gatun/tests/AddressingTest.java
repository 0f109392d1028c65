package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.Engine;
import dev.gatun.Engine.BoundsChecks;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Trap;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An access to memory succeeds exactly if index + offset + width, as integers without a limit, is at most the size: for
 * every kind of memory, width, and way to give the index, at the indices and offsets where arithmetic could wrap.
 */
final class AddressingTest {
  private static final BigInteger WRAP = BigInteger.ONE.shiftLeft(64);

  /**
   * A kind of memory.
   *
   * @param others memories before it
   */
  record Place(BoundsChecks bounds, char addressType, int pageSizeLog2, long pages, int others) {
    long size() {
      return pages << pageSizeLog2;
    }

    boolean isWide() {
      return addressType == 'l';
    }
  }

  /** An instruction that loads, its counterpart that stores, and how many bytes they access. */
  private record Access(String name, int load, int store, char type, int width) {}

  private static final List<Access> ACCESSES =
      List.of(
          new Access("i8", 0x2D, 0x3A, 'i', 1),
          new Access("i16", 0x2F, 0x3B, 'i', 2),
          new Access("i32", 0x28, 0x36, 'i', 4),
          new Access("i64", 0x29, 0x37, 'l', 8),
          new Access("f32", 0x2A, 0x38, 'f', 4),
          new Access("f64", 0x2B, 0x39, 'd', 8));

  private static final int I32_ADD = 0x6A;
  private static final int I64_ADD = 0x7C;
  private static final int DROP = 0x1A;

  static List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (int others = 0; others < 2; others++) {
      for (BoundsChecks bounds : BoundsChecks.values()) {
        places.add(new Place(bounds, 'i', 16, 1, others));
        places.add(new Place(bounds, 'i', 16, 65536, others));
        places.add(new Place(bounds, 'i', 16, 0, others));
      }
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'i', 0, 0, others));
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'i', 0, 5, others));
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'i', 0, 65537, others));
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'l', 0, 4099, others));
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'l', 16, 1, others));
      places.add(new Place(BoundsChecks.GUARD_PAGES, 'l', 16, 65537, others));
    }
    return places;
  }

  private static long[] offsets(Place place) {
    return place.isWide()
        ? new long[] {0, 1, 0x7fff_fff9L, 0x8000_0000L, 0xffff_ffffL, 1L << 32, Long.MAX_VALUE, -9, -1}
        : new long[] {0, 1, 100, 0x7fff_fff9L, 0x8000_0000L, 0xffff_ffffL};
  }

  /** Indices at which something could go wrong, as the operand's bits. */
  private static Set<Long> indices(Place place, long offset, int width) {
    long end = place.size() - offset - width;
    long[] around =
        {0, end, place.size(), 0x8000_0000L, 0xffff_ffffL, 1L << 32, Long.MIN_VALUE, -offset, -offset - width};
    Set<Long> indices = new TreeSet<>();
    for (long centre : around) {
      for (int i = -1; i <= 1; i++) {
        long index = centre + i;
        indices.add(place.isWide() ? index : (int) index);
      }
    }
    return indices;
  }

  private static BigInteger unsigned(long value, boolean wide) {
    BigInteger signed = BigInteger.valueOf(wide ? value : value & 0xffff_ffffL);
    return signed.signum() < 0 ? signed.add(WRAP) : signed;
  }

  private static boolean fits(Place place, long index, long offset, int width) {
    BigInteger end = unsigned(index, place.isWide()).add(unsigned(offset, true)).add(BigInteger.valueOf(width));
    return end.compareTo(BigInteger.valueOf(place.size())) <= 0;
  }

  private static Code index(Code code, Place place, long index) {
    return place.isWide() ? code.i64(index) : code.i32((int) index);
  }

  private static Code value(Code code, char type) {
    return switch (type) {
      case 'i' -> code.i32(0);
      case 'l' -> code.i64(0);
      case 'f' -> code.f32(0);
      default -> code.f64(0);
    };
  }

  private static Code load(Code code, Place place, Access access, long offset) {
    return code.memory(access.load, 0, place.others, offset).raw(DROP);
  }

  private static byte[] module(Place place, List<String> constants) {
    ModuleBuilder module = new ModuleBuilder();
    for (int i = 0; i < place.others; i++) {
      module.memory(2, 2);
    }
    module.memory(place.addressType, place.pageSizeLog2, place.pages, ModuleBuilder.NO_MAXIMUM);
    module.export("memory", ModuleBuilder.MEMORY, place.others);
    int add = place.isWide() ? I64_ADD : I32_ADD;
    for (Access access : ACCESSES) {
      long[] offsets = offsets(place);
      for (int i = 0; i < offsets.length; i++) {
        long offset = offsets[i];
        String name = access.name + " " + i;
        String signature = place.addressType + ":";
        module.function("load " + name, signature, load(new Code().localGet(0), place, access, offset));
        module.function(
            "compute " + name,
            signature,
            load(index(index(new Code().localGet(0), place, -3).raw(add), place, 3).raw(add), place, access, offset));
        module.function(
            "store " + name,
            signature,
            value(new Code().localGet(0), access.type).memory(access.store, 0, place.others, offset));
        module.function(
            "set " + name,
            signature,
            value(new Code().locals(1, access.type).localGet(0).localGet(1), access.type).raw(DROP)
                .memory(access.store, 0, place.others, offset));
        // As an operand, into which a load from memory can be folded.
        if (access.type == 'i' || access.type == 'l') {
          module.function(
              "operand " + name,
              signature,
              value(new Code(), access.type).localGet(0).memory(access.load, 0, place.others, offset)
                  .raw(access.type == 'l' ? I64_ADD : I32_ADD, DROP));
        }
        for (long index : indices(place, offset, access.width)) {
          String constant = "constant " + name + " " + index;
          module.function(constant, ":", load(index(new Code(), place, index), place, access, offset));
          constants.add(constant);
        }
      }
    }
    return module.build();
  }

  private static void check(boolean fits, String what, Func function, Object... arguments) {
    if (fits) {
      function.call(arguments);
      return;
    }
    Trap trap = assertThrows(Trap.class, () -> function.call(arguments), what);
    assertEquals(Trap.Kind.MEMORY_OUT_OF_BOUNDS, trap.kind(), what);
  }

  @ParameterizedTest
  @MethodSource("places")
  void endOfTheAccessIsWhatCounts(Place place) {
    List<String> constants = new ArrayList<>();
    Engine engine = Engine.builder().boundsChecks(place.bounds).build();
    try (Instance instance = engine.compile(module(place, constants)).instantiate()) {
      Memory memory = instance.memory("memory");
      assertEquals(place.size(), memory.byteSize());
      assertEquals(place.pages, memory.pages());
      for (Access access : ACCESSES) {
        long[] offsets = offsets(place);
        for (int i = 0; i < offsets.length; i++) {
          for (long index : indices(place, offsets[i], access.width)) {
            Object argument = place.isWide() ? (Object) index : (Object) (int) index;
            boolean fits = fits(place, index, offsets[i], access.width);
            String name = access.name + " " + i;
            String what = place + " " + access.name + " " + Long.toHexString(index) + " + "
                + Long.toHexString(offsets[i]);
            check(fits, what, instance.function("load " + name), argument);
            check(fits, what, instance.function("compute " + name), argument);
            check(fits, what, instance.function("store " + name), argument);
            check(fits, what, instance.function("set " + name), argument);
            if (access.type == 'i' || access.type == 'l') {
              check(fits, what, instance.function("operand " + name), argument);
            }
            String constant = "constant " + name + " " + index;
            check(fits, what, instance.function(constant));
            constants.remove(constant);
          }
        }
      }
    }
    assertEquals(List.of(), constants);
  }
}
