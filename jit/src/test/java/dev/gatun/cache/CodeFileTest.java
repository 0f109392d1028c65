package dev.gatun.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.backend.HandlerTable;
import dev.gatun.runtime.CodeImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeFileTest {
  private static final Variant VARIANT = new Variant("build", "amd64", "avx", false, true, true);
  private static final byte[] WASM = {0, 'a', 's', 'm', 1, 0, 0, 0};
  private static final byte[] FIRST = {1, 2, 3, 4, 5};
  private static final byte[] SECOND = {6, 7, 8};

  @TempDir private Path folder;

  private static CodeImage.Builder image() {
    HandlerTable.Builder handlers = new HandlerTable.Builder();
    handlers.clear();
    handlers.range(1, 4, 0);
    handlers.handler(HandlerTable.ANY_TAG, 3);
    CodeImage.Builder image = new CodeImage.Builder((byte) 0xf4, 16);
    image.add(7, MemorySegment.ofArray(FIRST), new byte[] {9, 9}, handlers.build());
    image.add(5, MemorySegment.ofArray(SECOND), new byte[] {8}, HandlerTable.EMPTY);
    return image;
  }

  private static byte[] bytes(byte @Nullable [] wasm) throws IOException {
    CodeImage.Builder image = image();
    return CodeFile.write(image.build(), image.code(), VARIANT, WASM.length, ModuleDigest.of(WASM), true, wasm);
  }

  private @Nullable CodeFile read(byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("file"), bytes);
    OpenFile file = OpenFile.find(path.toString());
    assertNotNull(file);
    CodeFile read = CodeFile.read(file);
    if (read == null) {
      file.close();
    }
    return read;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    try (CodeFile read = read(bytes(null));
        Arena arena = Arena.ofConfined()) {
      assertNotNull(read);
      assertTrue(read.tailCallsOut());
      assertNull(read.takeWasm());
      CodeImage image = read.image();
      assertTrue(image.isConsistent(5, 8));
      assertFalse(image.isConsistent(6, 8));
      assertFalse(image.isConsistent(5, 7));
      assertEquals(2, image.count());
      assertEquals(7, image.function(0));
      assertEquals(5, image.function(1));
      assertEquals(16, image.codeOffset(1));
      assertArrayEquals(new byte[] {9, 9}, image.pcTable(0));
      assertArrayEquals(new byte[] {8}, image.pcTable(1));
      assertEquals(3, image.handlers(0).find(2, tag -> false));
      assertTrue(image.handlers(1).isEmpty());
      MemorySegment code = arena.allocate(image.codeLength());
      assertTrue(read.readInto(code));
      assertArrayEquals(FIRST, code.asSlice(0, image.codeSize(0)).toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(SECOND, code.asSlice(16, image.codeSize(1)).toArray(ValueLayout.JAVA_BYTE));
      assertEquals((byte) 0xf4, code.get(ValueLayout.JAVA_BYTE, FIRST.length));
    }
  }

  @Test
  void aFileIsOfOneModuleAndOneVariant() throws IOException {
    byte[] digest = ModuleDigest.of(WASM);
    try (CodeFile read = read(bytes(null))) {
      assertNotNull(read);
      assertEquals(VARIANT, read.variant());
      assertTrue(read.isOf(WASM.length, digest, VARIANT));
      assertFalse(read.isOf(WASM.length + 1, digest, VARIANT));
      assertFalse(read.isOf(WASM.length, digest, new Variant("build2", "amd64", "avx", false, true, true)));
      assertFalse(read.isOf(WASM.length, digest, new Variant("build", "amd64", "avx avx2", false, true, true)));
      digest[31] ^= 1;
      assertFalse(read.isOf(WASM.length, digest, VARIANT));
    }
  }

  @Test
  void anArtifactHasTheModule() throws IOException {
    byte[] artifact = bytes(WASM);
    assertTrue(CodeFile.isMagic(artifact));
    assertFalse(CodeFile.isMagic(WASM));
    assertArrayEquals(WASM, CodeFile.wasm(artifact));
    try (CodeFile read = read(artifact)) {
      assertNotNull(read);
      assertArrayEquals(WASM, read.takeWasm());
    }
  }

  @Test
  void everyBitOfDamageIsFound() throws IOException {
    byte[] good = bytes(WASM);
    try (Arena arena = Arena.ofConfined()) {
      for (int bit = 0; bit < 8 * good.length; bit++) {
        byte[] bad = good.clone();
        bad[bit / 8] ^= (byte) (1 << bit % 8);
        try (CodeFile read = read(bad)) {
          assertTrue(
              read == null || !read.readInto(arena.allocate(read.image().codeLength())), "bit " + bit + " is not seen");
        }
      }
    }
  }

  @Test
  void filesOfAnyOtherLengthAreNone() throws IOException {
    byte[] good = bytes(null);
    for (int length = 0; length < good.length + 10; length++) {
      try (CodeFile read = read(Arrays.copyOf(good, length))) {
        assertEquals(length == good.length, read != null, length + " bytes");
      }
    }
  }
}
