package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Opcode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Modules of the test suite and of {@link StructuredModules} with a few bytes changed, moved, added or removed. */
public final class Mutations implements Generator {
  private static final int[] BYTES = {
    0, 1, 2, 0x0B, 0x3F, 0x40, 0x41, 0x60, 0x63, 0x64, 0x6F, 0x70, 0x7B, 0x7F, 0x80, 0xFF
  };

  private final StructuredModules structured = new StructuredModules();

  /** Read when first needed: half of the modules to begin with, if there are any. */
  private static final class Suite {
    static final List<byte[]> MODULES = SpecModules.read();
  }

  @Override
  public String name() {
    return "mutated";
  }

  @Override
  public int batch() {
    return 300;
  }

  @Override
  public Subject generate(long seed) {
    Choices choices = new Choices(seed);
    byte[] module = original(choices);
    for (int count = 1 + choices.below(choices.oneIn(4) ? 12 : 3); count > 0; count--) {
      module = mutated(module, choices);
    }
    return new Subject(module, Set.of(), List.of(), Subject.Kind.ARBITRARY);
  }

  private byte[] original(Choices choices) {
    if (choices.oneIn(2) && !Suite.MODULES.isEmpty()) {
      return choices.of(Suite.MODULES).clone();
    }
    return structured.generate(choices.below(1 << 20)).wasm();
  }

  private static byte[] mutated(byte[] module, Choices choices) {
    if (module.length < 10) {
      return module;
    }
    int at = choices.between(8, module.length - 1);
    switch (choices.below(12)) {
      case 0 -> {
        return Arrays.copyOf(module, at);
      }
      case 1 -> {
        return spliced(module, at, choices.bytes(choices.between(1, 4)), at);
      }
      case 2 -> {
        return spliced(module, at, new byte[0], Math.min(module.length, at + choices.between(1, 4)));
      }
      case 3 -> {
        // Something that stands elsewhere.
        int from = choices.between(8, module.length - 1);
        int length = Math.min(choices.between(1, 16), module.length - Math.max(from, at));
        System.arraycopy(module.clone(), from, module, at, length);
      }
      case 4, 5, 6 -> module[at] ^= (byte) (1 << choices.below(8));
      case 7, 8 -> module[at] = (byte) choices.of(BYTES);
      case 9 -> {
        Opcode opcode = Opcode.values()[choices.below(Opcode.values().length)];
        if (opcode.code() < 256) {
          module[at] = (byte) opcode.code();
        } else if (at + 1 < module.length) {
          module[at] = (byte) (opcode.code() >> 16);
          module[at + 1] = (byte) opcode.code();
        }
      }
      case 10 -> module[at]++;
      default -> module[at]--;
    }
    return module;
  }

  /** The bytes with others in place of a range. */
  private static byte[] spliced(byte[] module, int from, byte[] between, int to) {
    byte[] result = Arrays.copyOf(module, from + between.length + module.length - to);
    System.arraycopy(between, 0, result, from, between.length);
    System.arraycopy(module, to, result, from + between.length, module.length - to);
    return result;
  }
}
