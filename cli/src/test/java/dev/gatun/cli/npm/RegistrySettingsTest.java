package dev.gatun.cli.npm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrySettingsTest {
  @TempDir private Path folder;

  private URI registry(String name, Map<String, String> environment, String project, String user, @Nullable String npm)
      throws IOException {
    Path projectFile = Files.writeString(folder.resolve("project"), project);
    Path userFile = Files.writeString(folder.resolve("user"), user);
    List<Path> files = List.of(folder.resolve("absent"), projectFile, userFile);
    return new RegistrySettings(environment, files, () -> npm).registryOf(name);
  }

  @Test
  void theEnvironmentPrecedesTheFilesAndTheyPrecedeNpm() throws IOException {
    Map<String, String> environment = Map.of("NPM_CONFIG_REGISTRY", "https://env.test");
    String project = "registry=https://project.test/";
    String user = "registry=https://user.test/npm";
    assertEquals(URI.create("https://env.test/"), registry("x", environment, project, user, "https://npm.test/"));
    assertEquals(URI.create("https://project.test/"), registry("x", Map.of(), project, user, "https://npm.test/"));
    assertEquals(URI.create("https://user.test/npm/"), registry("x", Map.of(), "", user, "https://npm.test/"));
    assertEquals(URI.create("https://npm.test/"), registry("x", Map.of(), "", "", "https://npm.test/"));
    assertEquals(
        URI.create("https://lower.test/"),
        registry("x", Map.of("npm_config_registry", "https://lower.test/"), "", "", null));
  }

  @Test
  void aScopeMayHaveARegistryOfItsOwn() throws IOException {
    String user = "registry=https://user.test/\n@mine:registry=https://mine.test/\n";
    assertEquals(URI.create("https://mine.test/"), registry("@mine/x", Map.of(), "", user, null));
    assertEquals(URI.create("https://user.test/"), registry("@other/x", Map.of(), "", user, null));
  }

  @Test
  void commentsQuotesAndVariablesAreThoseOfNpm() throws IOException {
    String user =
        """
        ; registry=https://comment.test/
        # registry=https://comment.test/
        fund=false
        no equals sign
          registry = "https://${HOST}.test/${UNSET}"
        """;
    assertEquals(
        "https://h.test/", registry("x", Map.of("HOST", "h"), "", user.replace("${UNSET}", ""), null).toString());
    assertThrows(PackageException.class, () -> registry("x", Map.of("HOST", "h"), "", user, null));
  }

  @Test
  void withoutARegistryTheMessageSaysWhatToDo() {
    String message = assertThrows(PackageException.class, () -> registry("x", Map.of(), "", "", null)).getMessage();
    assertTrue(message.contains("install npm") && message.contains("NPM_CONFIG_REGISTRY"), message);
  }

  @Test
  void onlyHttpIsARegistry() {
    for (String bad : List.of("file:///tmp", "registry.test", "https://", "::")) {
      String message =
          assertThrows(PackageException.class, () -> registry("x", Map.of(), "registry=" + bad, "", null)).getMessage();
      assertTrue(message.contains(bad), message);
    }
  }
}
