package dev.gatun.cli.npm;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which registry the user's npm takes a package from: npm's own settings are read, nothing is assumed.
 *
 * <p>As with npm, the environment ({@code npm_config_registry}, in any case) precedes the {@code .npmrc} of the current
 * folder, that precedes the user's, and a scope may have a registry of its own ({@code @scope:registry}). If none of
 * these names one, npm itself is asked, if it is installed: it knows the rest, and its default.
 */
final class RegistrySettings {
  private static final String REGISTRY = "registry";

  /** Answers {@code npm config get registry}; null if npm is not there or does not know. */
  interface Npm {
    @Nullable String registry() throws IOException;
  }

  private final Map<String, String> environment;
  private final List<Path> files;
  private final Npm npm;

  RegistrySettings(Map<String, String> environment, List<Path> files, Npm npm) {
    this.environment = environment;
    this.files = files;
    this.npm = npm;
  }

  /** The settings of the user who runs this. */
  static RegistrySettings ofUser() {
    Map<String, String> environment = System.getenv();
    List<Path> files = new ArrayList<>();
    files.add(Path.of(".npmrc"));
    String userConfig = fromEnvironment(environment, "userconfig");
    files.add(userConfig != null ? Path.of(userConfig) : Path.of(System.getProperty("user.home"), ".npmrc"));
    return new RegistrySettings(environment, files, new InstalledNpm());
  }

  /**
   * The registry of a package; its path ends with a slash.
   *
   * @throws PackageException if none is known
   * @throws IOException if a settings file can't be read
   */
  URI registryOf(String packageName) throws IOException {
    String found = null;
    int slash = packageName.indexOf('/');
    if (slash > 0) {
      found = setting(packageName.substring(0, slash) + ":" + REGISTRY);
    }
    if (found == null) {
      found = setting(REGISTRY);
    }
    if (found == null) {
      found = npm.registry();
    }
    if (found == null) {
      throw new PackageException(
          "npm:" + packageName
              + ": no npm registry is known: install npm, or name one with a line registry=URL in ~/.npmrc"
              + " or in the environment variable NPM_CONFIG_REGISTRY");
    }
    return uri(found);
  }

  private static URI uri(String text) throws PackageException {
    try {
      URI uri = new URI(text.endsWith("/") ? text : text + "/");
      if (("https".equals(uri.getScheme()) || "http".equals(uri.getScheme())) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Reported with the URLs of other schemes.
    }
    throw new PackageException("the npm registry is set to '" + text
        + "'; expected a URL that starts with https:// or http://");
  }

  private @Nullable String setting(String key) throws IOException {
    String found = fromEnvironment(environment, key);
    for (int i = 0; found == null && i < files.size(); i++) {
      if (Files.isReadable(files.get(i))) {
        found = read(Files.readString(files.get(i), StandardCharsets.UTF_8)).get(key);
      }
    }
    return found;
  }

  /** npm takes npm_config_KEY in any case. */
  private static @Nullable String fromEnvironment(Map<String, String> environment, String key) {
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(environment);
    String value = anyCase.get("npm_config_" + key);
    return value == null || value.isEmpty() ? null : value;
  }

  /** The settings in the text of an .npmrc. */
  private Map<String, String> read(String text) {
    Map<String, String> settings = new HashMap<>();
    for (String line : text.lines().toList()) {
      String trimmed = line.strip();
      int equals = trimmed.indexOf('=');
      if (equals > 0 && trimmed.charAt(0) != ';' && trimmed.charAt(0) != '#') {
        String value = unquote(trimmed.substring(equals + 1).strip());
        if (!value.isEmpty()) {
          settings.put(unquote(trimmed.substring(0, equals).strip()), expand(value));
        }
      }
    }
    return settings;
  }

  private static String unquote(String text) {
    int last = text.length() - 1;
    boolean quoted = last > 0 && text.charAt(0) == text.charAt(last)
        && (text.charAt(0) == '"' || text.charAt(0) == '\'');
    return quoted ? text.substring(1, last) : text;
  }

  /** Replaces ${NAME}; what is not set stays as it is written, as with npm. */
  private String expand(String text) {
    StringBuilder expanded = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int start = text.indexOf("${", at);
      int end = start < 0 ? -1 : text.indexOf('}', start);
      if (end < 0) {
        break;
      }
      String value = environment.get(text.substring(start + 2, end));
      expanded.append(text, at, start).append(value == null ? text.substring(start, end + 1) : value);
      at = end + 1;
    }
    return expanded.append(text, at, text.length()).toString();
  }

  /** The npm on the path. */
  private static final class InstalledNpm implements Npm {
    @Override
    public @Nullable String registry() throws IOException {
      Process process;
      try {
        process =
            new ProcessBuilder("npm", "config", "get", REGISTRY)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
      } catch (IOException e) {
        return null;
      }
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      try {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
          process.destroy();
          return null;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
      return process.exitValue() == 0 && answer.startsWith("http") ? answer : null;
    }
  }
}
