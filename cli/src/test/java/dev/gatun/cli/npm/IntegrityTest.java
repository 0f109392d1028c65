package dev.gatun.cli.npm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntegrityTest {
  private static byte[] hash(String text) {
    return Integrity.newDigest().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha512(String text) {
    return "sha512-" + Base64.getEncoder().encodeToString(hash(text));
  }

  @Test
  void matchesTheHashAndNoOther() throws PackageException {
    Integrity integrity = Integrity.parse(sha512("good"));
    assertTrue(integrity.matches(hash("good")));
    assertFalse(integrity.matches(hash("bad")));
    assertFalse(integrity.matches(new byte[0]));
  }

  @Test
  void severalHashesAreAlternativesAndWeakOnesArePassedOver() throws PackageException {
    Integrity integrity =
        Integrity.parse("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= " + sha512("a") + "?opt " + sha512("b") + "\n");
    assertTrue(integrity.matches(hash("a")));
    assertTrue(integrity.matches(hash("b")));
    assertFalse(integrity.matches(hash("c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings =
          {"", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha512-",
        "sha512-AAAA", "sha512-!!!!", "SHA512"})
  void withoutASha512HashNothingCanBeChecked(String text) {
    assertThrows(PackageException.class, () -> Integrity.parse(text));
  }
}
