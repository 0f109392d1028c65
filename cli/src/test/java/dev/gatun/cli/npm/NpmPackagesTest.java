package dev.gatun.cli.npm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages from a registry on this machine. */
class NpmPackagesTest {
  private static final byte[] MODULE = {0, 'a', 's', 'm', 1, 0, 0, 0};

  @TempDir private Path cache;
  private final Map<String, byte[]> answers = new HashMap<>();
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private HttpServer server;

  @BeforeEach
  void startRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getRawPath();
          asked.add(path);
          byte[] answer = answers.get(path);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, answer == null ? -1 : answer.length);
          try (OutputStream out = exchange.getResponseBody()) {
            if (answer != null) {
              out.write(answer);
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stopRegistry() {
    server.stop(0);
  }

  private NpmPackages packages() {
    String registry = "http://localhost:" + server.getAddress().getPort() + "/npm/";
    Map<String, String> environment = Map.of("npm_config_registry", registry);
    return new NpmPackages(cache, new RegistrySettings(environment, List.of(), () -> null), environment);
  }

  /** Publishes a version, which the tag "latest" then stands for. */
  private void publish(String name, String version, byte[] archive, String integrity) {
    String tarball = "/files/" + version + ".tgz";
    answers.put(tarball, archive);
    String metadata =
        """
        {"name": "%s", "dist-tags": {"latest": "%s"}, "versions": {"%s": {"dist":
          {"tarball": "http://localhost:%d%s", "integrity": "%s", "shasum": "unused"}}}}
        """
            .formatted(name, version, version, server.getAddress().getPort(), tarball, integrity);
    answers.put("/npm/" + name.replace("/", "%2f"), metadata.getBytes(StandardCharsets.UTF_8));
  }

  private void publish(String name, String version, byte[] archive) {
    String hash = Base64.getEncoder().encodeToString(Integrity.newDigest().digest(archive));
    publish(name, version, archive, "sha512-" + hash);
  }

  private static byte[] archive(String... files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (String file : files) {
        TarArchiveEntry entry = new TarArchiveEntry(file, true);
        entry.setSize(MODULE.length);
        tar.putArchiveEntry(entry);
        tar.write(MODULE);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private String failure(String reference) {
    return assertThrows(PackageException.class, () -> packages().fetch(reference)).getMessage();
  }

  /** Everything in the cache is a version or a tag: nothing half done is left. */
  private void assertNothingLeftOver() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      assertEquals(List.of(), files.filter(file -> file.getFileName().toString().startsWith(".part")).toList());
    }
  }

  @Test
  void theOnlyModuleOfThePackageIsFetchedOnce() throws IOException {
    publish("@scope/python", "3.12.0", archive("package/package.json", "package/dist/python.wasm"));
    Path file = packages().fetch("@scope/python");
    assertEquals(cache.resolve("@scope/python/3.12.0/dist/python.wasm"), file);
    assertArrayEquals(MODULE, Files.readAllBytes(file));
    assertEquals(List.of("/npm/@scope%2fpython", "/files/3.12.0.tgz"), List.copyOf(asked));
    assertNothingLeftOver();

    asked.clear();
    assertEquals(file, packages().fetch("@scope/python"));
    assertEquals(file, packages().fetch("@scope/python@3.12.0"));
    assertEquals(file, packages().fetch("@scope/python@3.12.0/dist/python.wasm"));
    assertEquals(List.of(), List.copyOf(asked));
  }

  @Test
  void aTagIsAskedForAgainAfterADayAndAVersionNever() throws IOException {
    publish("tool", "1.0.0", archive("package/tool.wasm"));
    packages().fetch("tool");
    Path tag = cache.resolve("tool/.tag-latest");
    publish("tool", "2.0.0", archive("package/tool.wasm"));
    assertEquals(cache.resolve("tool/1.0.0/tool.wasm"), packages().fetch("tool"));
    Files.setLastModifiedTime(tag, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    assertEquals(cache.resolve("tool/2.0.0/tool.wasm"), packages().fetch("tool"));
    assertEquals(cache.resolve("tool/1.0.0/tool.wasm"), packages().fetch("tool@1.0.0"));

    // Without the registry, what is there must do.
    server.stop(0);
    Files.setLastModifiedTime(tag, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    assertEquals(cache.resolve("tool/2.0.0/tool.wasm"), packages().fetch("tool"));
    assertTrue(failure("absent").contains("can't be reached"));
  }

  @Test
  void whatDoesNotHaveTheHashIsNotKept() throws IOException {
    byte[] archive = archive("package/tool.wasm");
    publish("tool", "1.0.0", archive);
    archive[archive.length / 2] ^= 1;
    String message = failure("tool");
    assertTrue(message.contains("SHA-512") && message.contains("tool@1.0.0"), message);
    assertFalse(Files.exists(cache.resolve("tool/1.0.0")));
    assertNothingLeftOver();
  }

  @Test
  void withoutASha512HashNothingIsFetched() throws IOException {
    publish("tool", "1.0.0", archive("package/tool.wasm"), "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    assertTrue(failure("tool").contains("SHA-512"));
    assertFalse(asked.contains("/files/1.0.0.tgz"));
  }

  @Test
  void severalModulesMustBeToldApart() throws IOException {
    publish("tools", "1.0.0", archive("package/b.wasm", "package/bin/a.wasm", "package/readme.md"));
    String message = failure("tools");
    assertTrue(message.contains("b.wasm, bin/a.wasm"), message);
    assertEquals(cache.resolve("tools/1.0.0/bin/a.wasm"), packages().fetch("tools/bin/a.wasm"));
    assertTrue(failure("tools/c.wasm").contains("b.wasm, bin/a.wasm"));
  }

  @Test
  void aPackageWithoutModulesSaysSo() throws IOException {
    publish("text", "1.0.0", archive("package/readme.md"));
    assertTrue(failure("text").contains("no .wasm file"));
  }

  @Test
  void unknownPackagesAndVersionsAreNamed() throws IOException {
    publish("tool", "1.0.0", archive("package/tool.wasm"));
    String version = failure("tool@2.0.0");
    assertTrue(version.contains("'2.0.0'") && version.contains("1.0.0") && version.contains("latest"), version);
    assertTrue(failure("tool@next").contains("'next'"));
    assertTrue(failure("absent").contains("does not have it"));
  }

  @Test
  void answersThatAreNoMetadataAreRefused() {
    answers.put("/npm/tool", "<html>".getBytes(StandardCharsets.UTF_8));
    assertTrue(failure("tool").contains("can't be read"));
    answers.put("/npm/tool",
        "{\"dist-tags\": {\"latest\": \"../../x\"}, \"versions\": {\"../../x\": {}}}".getBytes(StandardCharsets.UTF_8));
    assertTrue(failure("tool").contains("no version"));
  }

  @Test
  void filesThatLeadOutOfThePackageAreRefused() throws IOException {
    for (String name : List.of("package/../../evil.wasm", "../evil.wasm", "/evil.wasm",
        "package/a/../../../evil.wasm")) {
      publish("evil", "1.0.0", archive("package/good.wasm", name));
      String message = failure("evil");
      assertTrue(message.contains("leads out of it"), name + ": " + message);
      assertFalse(Files.exists(cache.resolve("evil/1.0.0")));
      assertNothingLeftOver();
    }
  }

  @Test
  void linksAreLeftOut() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      TarArchiveEntry link = new TarArchiveEntry("package/link.wasm", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }
    publish("linked", "1.0.0", bytes.toByteArray());
    assertTrue(failure("linked").contains("no .wasm file"));
    assertFalse(Files.exists(cache.resolve("linked/1.0.0/link.wasm")));
  }
}
