package dev.gatun.fuzz;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Calls functions of WASI in a directory beside which there is one that the guest was not given. Found is what returns
 * no error number, throws, changes anything outside or brings what stands there into the guest's memory.
 */
final class WasiRun {
  private static final int LAST_ERRNO = 76;
  private static final String SECRET = "what stands outside of all that the guest was given";

  private final Path inside;
  private final Path readOnly;
  private final Path outside;

  /** Works in a folder, which is made anew. */
  private WasiRun(Path folder) throws IOException {
    inside = folder.resolve("inside");
    readOnly = folder.resolve("fixed");
    outside = folder.resolve("outside");
    delete(folder);
    Files.createDirectories(inside.resolve("d"));
    Files.createDirectories(readOnly.resolve("d"));
    Files.createDirectories(outside);
    Files.writeString(outside.resolve("secret"), SECRET);
    Files.writeString(inside.resolve("a"), "inside");
    Files.writeString(inside.resolve("d/a"), "deeper inside");
    Files.writeString(readOnly.resolve("d/a"), "not to be changed");
    // The host's links lead out; a guest that follows them has escaped.
    Files.createSymbolicLink(inside.resolve("link"), outside);
    Files.createSymbolicLink(inside.resolve("d/link"), Path.of("../../outside"));
    Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop"));
  }

  /** What was found, or null. */
  static @Nullable String run(Engine engine, Subject subject, Path folder) throws IOException {
    return new WasiRun(folder).run(engine, subject);
  }

  private @Nullable String run(Engine engine, Subject subject) throws IOException {
    Set<String> before = listing(outside);
    before.addAll(listing(readOnly));
    try (Wasi wasi =
            Wasi.builder().argument("fuzz").env("NAME", "value").stdin(new byte[] {1, 2, 3})
                .stdout(OutputStream.nullOutputStream()).stderr(OutputStream.nullOutputStream())
                .directory(inside, "/", false).directory(readOnly, "/fixed", true).maxDescriptors(40).build();
        Module module = engine.compile(subject.wasm());
        Store store = engine.newStore()) {
      Instance instance = store.instantiate(module, Imports.builder().provider(wasi.imports()).build());
      for (int i = 0; i < subject.calls().size(); i++) {
        Subject.Call call = subject.calls().get(i);
        try {
          Object result = instance.function(call.export()).call(boxed(call));
          if (!(result instanceof Integer errno) || errno < 0 || errno > LAST_ERRNO) {
            return "call " + i + ", " + call + ", returned " + result;
          }
        } catch (Trap trap) {
          if (trap.kind() != Trap.Kind.DEADLINE_EXCEEDED) {
            return "call " + i + ", " + call + ": " + trap;
          }
        }
        byte[] memory = instance.memory("memory").read(0, (int) instance.memory("memory").byteSize());
        if (new String(memory, StandardCharsets.ISO_8859_1).contains(SECRET)) {
          return "call " + i + ", " + call + ", has read what stands outside";
        }
      }
    }
    Set<String> after = listing(outside);
    after.addAll(listing(readOnly));
    return before.equals(after) ? null : "outside there was " + before + ", and is " + after;
  }

  private static Object[] boxed(Subject.Call call) {
    Object[] arguments = new Object[call.arguments().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = GatunRun.boxed(call.arguments().get(i));
    }
    return arguments;
  }

  /** All that is below a directory, with contents, times, permissions and how many names each file has. */
  private static Set<String> listing(Path root) throws IOException {
    Set<String> entries = new TreeSet<>();
    try (var paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.readString(path) : "";
        entries.add(path + " " + Files.readAttributes(path, "unix:mode,lastModifiedTime,nlink,ino",
            LinkOption.NOFOLLOW_LINKS) + " " + content);
      }
    }
    return entries;
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) throws IOException {
        Files.delete(folder);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
