package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import java.util.List;
import java.util.Set;

/** Bytes that are no module, mostly: anything, or sections of the right form with anything in them. */
public final class RandomBytes implements Generator {
  @Override
  public String name() {
    return "bytes";
  }

  @Override
  public int batch() {
    return 500;
  }

  @Override
  public Subject generate(long seed) {
    Choices choices = new Choices(seed);
    BinaryWriter out = new BinaryWriter();
    if (choices.oneIn(10)) {
      out.writeBytes(choices.bytes(choices.below(64)));
    } else {
      out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
      int section = 0;
      for (int count = choices.below(6); count > 0; count--) {
        section = choices.oneIn(6) ? choices.below(16) : Math.min(section + choices.between(1, 3), 13);
        out.write(section);
        BinaryWriter contents = new BinaryWriter();
        contents.unsigned(choices.below(4));
        for (int length = choices.below(40); length > 0; length--) {
          contents.write(choices.oneIn(2) ? choices.below(8) : choices.oneIn(2) ? choices.between(0x60, 0x7F)
              : choices.below(256));
        }
        if (choices.oneIn(12)) {
          out.unsigned(choices.i32() & 0xFFFF_FFFFL);
          out.writeBytes(contents.toByteArray());
        } else {
          out.sized(contents.toByteArray());
        }
      }
    }
    return new Subject(out.toByteArray(), Set.of(), List.of(), Subject.Kind.ARBITRARY);
  }
}
