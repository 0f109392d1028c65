package dev.gatun.dwarf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.Bytes;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.WasmModule;
import dev.gatun.wasm.WasmModule.CustomSection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the debugging information is, looking at it ends soon, with frames or without. */
class HostileDwarfTest {
  private static final int VARIANTS = 1000;

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void damagedInformationDoesNoHarm(int version, @TempDir Path folder) throws IOException, InterruptedException {
    byte[] sound = Files.readAllBytes(CompiledLines.lines(folder, '2', version));
    WasmModule module = ModuleDecoder.decode(sound);
    List<CustomSection> sections =
        List.of(module.customSections()).stream().filter(s -> s.name().startsWith(".debug_")).toList();
    int codeSize = module.bodyEnd(module.functionCount() - 1) - module.codeStart();
    int[] known = new int[1];
    assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          for (int i = 0; i < VARIANTS; i++) {
            Random random = new Random(i);
            byte[] damaged = sound.clone();
            for (int j = random.nextInt(8); j >= 0; j--) {
              damage(damaged, sections.get(random.nextInt(sections.size())), random);
            }
            DebugSections given = new DebugSections(damaged);
            sections.forEach(section -> given.add(section.name(), section.start(), section.end()));
            DebugInfo info = new DebugInfo(given, codeSize);
            for (int offset = 1; offset < codeSize; offset += 1 + random.nextInt(60)) {
              known[0] += info.find(offset).size();
            }
          }
        });
    assertTrue(known[0] > VARIANTS, "some is left of most");
  }

  private static void damage(byte[] bytes, CustomSection section, Random random) {
    int length = section.end() - section.start();
    int at = section.start() + random.nextInt(length);
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] = (byte) random.nextInt();
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
      default -> {
        int count = Math.min(1 + random.nextInt(16), section.end() - at);
        System.arraycopy(bytes, section.start() + random.nextInt(length - count + 1), bytes, at, count);
      }
    }
  }

  /** A module's debugging information, put together by hand. */
  private static final class Sections {
    private final Bytes bytes = new Bytes();
    private final Map<String, int[]> ranges = new LinkedHashMap<>();

    Sections add(String name, Bytes content) {
      int start = bytes.toArray().length;
      bytes.add(content);
      ranges.put(name, new int[] {start, start + content.toArray().length});
      return this;
    }

    DebugInfo info(int codeSize) {
      DebugSections sections = new DebugSections(bytes.toArray());
      ranges.forEach((name, range) -> sections.add(name, range[0], range[1]));
      return new DebugInfo(sections, codeSize);
    }
  }

  private static Bytes u32(Bytes bytes, long value) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.add((int) (value >> shift) & 0xff);
    }
    return bytes;
  }

  /** Units of DWARF 4 with the given entries. */
  private static Bytes unit(Bytes entries) {
    byte[] content = entries.toArray();
    Bytes unit = u32(new Bytes(), content.length + 7).add(4, 0);
    return u32(unit, 0).add(4).add(content);
  }

  private static Bytes string(Bytes bytes, String text) {
    return bytes.add(text.getBytes(StandardCharsets.UTF_8)).add(0);
  }

  /** 1: unit with low and high address; 2: function with origin and code; 3: the same with children. */
  private static Bytes abbreviations() {
    Bytes table = new Bytes();
    table.unsigned(1).unsigned(Entry.COMPILE_UNIT).add(1, 0x11, Form.ADDR, 0x12, Form.DATA4, 0, 0);
    for (int code = 2; code <= 3; code++) {
      table.unsigned(code).unsigned(Entry.SUBPROGRAM).add(code - 2, 0x31, Form.REF4, 0x11, Form.ADDR);
      table.add(0x12, Form.DATA4, 0, 0);
    }
    table.unsigned(4).unsigned(Entry.NAMESPACE).add(1, 0x03, Form.STRING, 0, 0);
    table.unsigned(5).unsigned(Entry.SUBPROGRAM).add(0, 0x03, Form.STRING, 0x11, Form.ADDR, 0x12, Form.DATA4, 0, 0);
    return table.add(0);
  }

  private static Bytes root() {
    return u32(u32(new Bytes().add(1), 1), 99);
  }

  @Test
  void aFunctionThatIsItsOwnOriginHasNoName() {
    Bytes entries = root();
    int at = 11 + 9;
    u32(u32(u32(entries.add(2), at), 10), 20).add(0);
    DebugInfo info = new Sections().add(".debug_abbrev", abbreviations()).add(".debug_info", unit(entries)).info(100);
    assertTrue(info.find(15).stream().allMatch(frame -> frame.function() == null));
  }

  @Test
  void namesAreQualifiedByTheirScopes() {
    Bytes entries = string(string(root().add(4), "outer").add(4), "inner");
    u32(u32(string(entries.add(5), "call"), 10), 20).add(0, 0, 0);
    DebugInfo info = new Sections().add(".debug_abbrev", abbreviations()).add(".debug_info", unit(entries)).info(100);
    assertEquals(List.of(new SourceFrame("outer::inner::call", null, -1, -1, false)), info.find(15));
    assertEquals(List.of(), info.find(40));
  }

  @Test
  void scopesWithinScopesEnd() {
    Bytes entries = root();
    for (int i = 0; i < 100_000; i++) {
      string(entries.add(4), "n");
    }
    u32(u32(string(entries.add(5), "call"), 10), 20);
    DebugInfo info = new Sections().add(".debug_abbrev", abbreviations()).add(".debug_info", unit(entries)).info(100);
    for (int i = 0; i < 128; i++) {
      info.find(15);
    }
  }

  @Test
  void unitsThatShareOneVastTableOfAbbreviationsAreGivenUp() {
    Bytes table = new Bytes();
    for (int i = 0; i < 200_000; i++) {
      table.unsigned(1000).unsigned(Entry.COMPILE_UNIT).add(0, 0, 0);
    }
    table.add(abbreviations());
    Bytes units = new Bytes();
    for (int i = 0; i < 50_000; i++) {
      units.add(unit(root()));
    }
    DebugInfo info = new Sections().add(".debug_abbrev", table).add(".debug_info", units).info(100);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 128; i++) {
            info.find(15);
          }
        });
    assertTrue(info.allowance().isSpent());
  }

  @Test
  void aLengthThatReachesBeyondItsSectionIsNoUnit() {
    Bytes broken = u32(new Bytes(), 0xffff_fff0L).add(4, 0, 0, 0, 0, 0, 4, 1);
    Bytes vast = u32(new Bytes(), 0xffff_ffffL).add(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 4, 0);
    for (Bytes unit : List.of(broken, vast, new Bytes().add(1), new Bytes())) {
      DebugInfo info = new Sections().add(".debug_abbrev", abbreviations()).add(".debug_info", unit).info(100);
      assertEquals(List.of(), info.find(15));
      assertFalse(info.allowance().isSpent());
    }
  }
}
