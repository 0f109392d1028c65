package dev.gatun.cli.npm;

import org.jspecify.annotations.Nullable;

/**
 * What {@code PACKAGE[@VERSION][/PATH-IN-PACKAGE]} says.
 *
 * @param name the package, with its scope if it has one: {@code python}, {@code @scope/python}
 * @param version a version or a tag; {@code latest} if none is named
 * @param path a file in the package, with slashes; null for its only .wasm file
 */
record PackageReference(String name, String version, @Nullable String path) {
  static final String LATEST = "latest";

  private static final String EXPECTED = "expected npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE]";

  /**
   * Reads a reference.
   *
   * @throws PackageException if it is none, or leads out of the package
   */
  static PackageReference parse(String text) throws PackageException {
    int nameStart = 0;
    if (text.startsWith("@")) {
      nameStart = text.indexOf('/') + 1;
      if (nameStart < 3) {
        throw new PackageException("npm:" + text + ": a package name that starts with @ has a scope: @SCOPE/NAME");
      }
    }
    int end = nameStart;
    while (end < text.length() && text.charAt(end) != '@' && text.charAt(end) != '/') {
      end++;
    }
    String name = text.substring(0, end);
    checkName(text, name, nameStart);
    String version = LATEST;
    if (end < text.length() && text.charAt(end) == '@') {
      int slash = text.indexOf('/', end);
      int versionEnd = slash < 0 ? text.length() : slash;
      version = text.substring(end + 1, versionEnd);
      checkVersion(text, version);
      end = versionEnd;
    }
    String path = null;
    if (end < text.length()) {
      path = text.substring(end + 1);
      checkPath(text, path);
    }
    return new PackageReference(name, version, path);
  }

  private static void checkName(String text, String name, int nameStart) throws PackageException {
    boolean good = name.length() > nameStart && name.length() <= 214;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean start = i == 0 || i == nameStart;
      boolean separator = nameStart > 0 && (i == 0 || i == nameStart - 1);
      good &= separator || isNameCharacter(c) && !(start && c == '.');
    }
    if (!good || nameStart > 0 && name.charAt(1) == '.') {
      throw new PackageException("npm:" + text + ": '" + name + "' is no package name; " + EXPECTED);
    }
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
        || c == '~';
  }

  static void checkVersion(String text, String version) throws PackageException {
    boolean good = !version.isEmpty() && version.charAt(0) != '.';
    for (int i = 0; i < version.length(); i++) {
      good &= isNameCharacter(version.charAt(i)) || version.charAt(i) == '+';
    }
    if (!good) {
      throw new PackageException(
          "npm:" + text + ": '" + version
              + "' is no version; expected one, like 1.2.3, or a tag, like latest, but no range");
    }
  }

  private static void checkPath(String text, String path) throws PackageException {
    int start = 0;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      String part = path.substring(start, end);
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf(0) >= 0) {
        throw new PackageException("npm:" + text + ": '" + path + "' is no path in a package; " + EXPECTED);
      }
      start = end + 1;
    }
  }

  /** Whether a version is named as such, and not by a tag, which may move. */
  boolean isPinned() {
    return version.charAt(0) >= '0' && version.charAt(0) <= '9';
  }
}
