package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestPathTest {
  private final ArrayDeque<String> rest = new ArrayDeque<>(List.of("rest"));

  @Test
  void componentsComeInFrontOfTheRest() {
    assertFalse(GuestPath.pushComponents(rest, "a//./../b.c"));
    assertEquals(List.of("a", "..", "b.c", "rest"), List.copyOf(rest));
    assertFalse(GuestPath.pushComponents(rest, "."));
    assertEquals(4, rest.size());
  }

  @Test
  void theEndMaySayThatItIsADirectory() {
    assertTrue(GuestPath.pushComponents(rest, "a/"));
    assertTrue(GuestPath.pushComponents(rest, "a/."));
    assertFalse(GuestPath.pushComponents(rest, "a."));
    assertEquals(List.of("a.", "a", "a", "rest"), List.copyOf(rest));
  }

  @Test
  void absolutePathsLeadOut() {
    assertErrno(Errno.NOTCAPABLE, () -> GuestPath.pushComponents(rest, "/a"));
  }

  @Test
  void slashesAtTheEndAreTakenOff() {
    assertEquals("a/b", GuestPath.trimmed("a/b//"));
    assertEquals("/a", GuestPath.trimmed("/a"));
    assertErrno(Errno.NOENT, () -> GuestPath.trimmed(""));
    assertErrno(Errno.NOTCAPABLE, () -> GuestPath.trimmed("//"));
  }

  @Test
  void dotsAtTheEndNameNoPlace() {
    for (String path : List.of(".", "..", "./", "a/..//", "a/.")) {
      assertTrue(GuestPath.endsInDots(path), path);
    }
    for (String path : List.of("", "/", "a", "...", "a.", ".a/", "../a")) {
      assertFalse(GuestPath.endsInDots(path), path);
    }
  }
}
