package dev.gatun.cli.npm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackageReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "python, python, latest,",
    "python@3.12.0, python, 3.12.0,",
    "python@next, python, next,",
    "python/dist/python.wasm, python, latest, dist/python.wasm",
    "python@1.0.0-rc.1+build/a@b/c.wasm, python, 1.0.0-rc.1+build, a@b/c.wasm",
    "@scope/python, @scope/python, latest,",
    "@scope/python@1.2.3, @scope/python, 1.2.3,",
    "@scope/python/a.wasm, @scope/python, latest, a.wasm",
    "@scope/python@1.2.3/dir/a.wasm, @scope/python, 1.2.3, dir/a.wasm",
    "@a.b/c.d_e-f, @a.b/c.d_e-f, latest,",
  })
  void namesPackageVersionAndPath(String text, String name, String version, String path) throws PackageException {
    assertEquals(new PackageReference(name, version, path), PackageReference.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "@", "@scope", "@/x", "@scope/", "@scope/@1", "/x.wasm", "@1.0", ".hidden", "@.s/x", "@s/.x", "a b",
        "a%2fb", "x@",
        "x@^1.0", "x@>=1", "x@.1", "x@1.0/", "x/", "x/../y.wasm", "x/a//b", "x/./a", "x/a/..", "..", "../x", "@../x/y",
        "a\\b",
      })
  void refusesWhatIsNoReferenceOrLeadsOutOfThePackage(String text) {
    String message = assertThrows(PackageException.class, () -> PackageReference.parse(text)).getMessage();
    assertTrue(message.startsWith("npm:" + text), message);
  }

  @Test
  void aVersionIsPinnedAndATagIsNot() throws PackageException {
    assertTrue(PackageReference.parse("x@1.0.0").isPinned());
    assertFalse(PackageReference.parse("x@beta").isPinned());
    assertFalse(PackageReference.parse("x").isPinned());
  }
}
