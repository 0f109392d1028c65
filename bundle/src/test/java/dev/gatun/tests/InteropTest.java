package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small applications that use Gatun from the class path and from the module path, each in a JVM of its own. */
final class InteropTest {
  private static final String MODULES = "dev.gatun.bindings,dev.gatun.memory,dev.gatun.jit";

  private static final String MODULE_INFO =
      """
      module app {
        requires dev.gatun;
        exports app.exported;
        opens app.opened to dev.gatun.jit;
      }
      """;

  private static final String MAIN =
      """
      package app;

      import dev.gatun.Engine;
      import dev.gatun.Import;
      import dev.gatun.Imports;
      import dev.gatun.Instance;
      import dev.gatun.Module;
      import dev.gatun.text.TextFormat;
      import dev.gatun.wasi.Wasi;
      import java.lang.invoke.MethodHandles;

      public final class Main {
        interface Hidden {
          int add(int a, int b);
        }

        static final class Host {
          @Import
          public int next(int a) {
            return a + 1;
          }
        }

        interface Secret {
          int add(int a, int b);
        }

        interface Pairs {
          app.opened.Pair both(int a, int b);
        }

        record Pair(int first, int second) {}

        interface Unseen {
          Pair both(int a, int b);
        }

        public static void main(String[] arguments) throws Exception {
          String text =
              "(import \\"env\\" \\"next\\" (func $next (param i32) (result i32)))"
                  + "(func (export \\"add\\") (param i32 i32) (result i32)"
                  + " (call $next (i32.add (local.get 0) (local.get 1))))"
                  + "(func (export \\"both\\") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1))";
          try (Engine engine = Engine.create();
              Module module = engine.compile(TextFormat.parse(text))) {
            Imports imports = Imports.builder().object(MethodHandles.lookup(), "env", new Host()).build();
            try (Instance instance = module.instantiate(imports)) {
              System.out.println("exported " + instance.as(app.exported.Adder.class).add(1, 2));
              System.out.println("other " + instance.as(MethodHandles.lookup(), app.opened.Adder.class).add(2, 2));
              System.out.println("lookup " + instance.as(MethodHandles.lookup(), Hidden.class).add(3, 2));
              System.out.println("pair " + instance.as(MethodHandles.lookup(), Pairs.class).both(1, 2));
              attempt(() -> instance.as(app.opened.Second.class));
              attempt(() -> instance.as(MethodHandles.publicLookup(), Secret.class));
              attempt(() -> System.out.println("hidden " + instance.as(Secret.class).add(4, 2)));
              attempt(() -> Imports.builder().object("env", new Host()));
              attempt(() -> Imports.builder().object("env", new app.opened.Opened()));
              attempt(() -> instance.as(MethodHandles.lookup(), Unseen.class));
            }
            Wasi.builder().directory(java.nio.file.Path.of("/"), "/", true).build().close();
          }
        }

        private static void attempt(Runnable action) {
          try {
            action.run();
            System.out.println("works");
          } catch (IllegalArgumentException e) {
            System.out.println("refused: " + e.getMessage());
          }
        }
      }
      """;

  private static String adder(String packageName, boolean isPublic) {
    return "package " + packageName + "; " + (isPublic ? "public " : "") + "interface Adder { int add(int a, int b); }";
  }

  @TempDir Path folder;

  private record Outcome(int status, String output) {}

  @BeforeEach
  void writeApplication() throws IOException {
    assumeTrue(ToolProvider.findFirst("javac").isPresent(), "needs a JDK");
    assumeFalse(ChildJvm.isEmulated(), "the application is compiled and run elsewhere");
    write("module-info.java", MODULE_INFO);
    write("app/Main.java", MAIN);
    write("app/exported/Adder.java", adder("app.exported", true));
    write("app/opened/Adder.java", adder("app.opened", true));
    write("app/opened/Second.java", adder("app.opened", true).replace("Adder", "Second"));
    write("app/opened/Pair.java", "package app.opened; public record Pair(int first, int second) {}");
    write(
        "app/opened/Opened.java",
        "package app.opened; public class Opened { @dev.gatun.Import public void next() {} }");
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve("src").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static List<Path> classPath() {
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<Path> entries = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator)) {
      entries.add(Path.of(entry));
    }
    return entries;
  }

  /** What of the class path are Gatun's modules; on the module path the tests' own classes have no place. */
  private static String modulePath() {
    String given = System.getProperty("gatun.modules");
    if (given != null) {
      return given;
    }
    List<String> modules = new ArrayList<>();
    for (Path entry : classPath()) {
      boolean described = Files.isRegularFile(entry.resolve("module-info.class"));
      if (described || entry.getFileName().toString().startsWith("gatun")) {
        if (ModuleFinder.of(entry).findAll().stream().anyMatch(m -> m.descriptor().name().startsWith("dev.gatun"))) {
          modules.add(entry.toString());
        }
      }
    }
    assumeTrue(!modules.isEmpty(), "the class path has no modules");
    return String.join(File.pathSeparator, modules);
  }

  private void compile(List<String> options, String... files) {
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-d");
    arguments.add(folder.resolve("out").toString());
    for (String file : files) {
      arguments.add(folder.resolve("src").resolve(file).toString());
    }
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    assertEquals(0, javac.run(writer, writer, arguments.toArray(new String[0])), output::toString);
  }

  private static Outcome run(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.java());
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private Outcome runModules(String... options) throws Exception {
    String modules = modulePath();
    compile(
        List.of("-p", modules, "-sourcepath", folder.resolve("src").toString()),
        "module-info.java",
        "app/Main.java",
        "app/exported/Adder.java");
    List<String> command = new ArrayList<>(List.of(options));
    command.addAll(List.of("-p", modules + File.pathSeparator + folder.resolve("out"), "-m", "app/app.Main"));
    return run(command);
  }

  private Outcome runClasses(String... options) throws Exception {
    StringBuilder path = new StringBuilder(folder.resolve("out").toString());
    for (Path entry : classPath()) {
      path.append(File.pathSeparator).append(entry);
    }
    Files.delete(folder.resolve("src").resolve("module-info.java"));
    compile(List.of("-cp", path.toString(), "-sourcepath", folder.resolve("src").toString()), "app/Main.java");
    List<String> command = new ArrayList<>(List.of(options));
    command.addAll(List.of("-cp", path.toString(), "app.Main"));
    return run(command);
  }

  @Test
  void theModulePathWorks() throws Exception {
    Outcome outcome = runModules("--enable-native-access=" + MODULES);
    List<String> lines = outcome.output().lines().toList();
    assertEquals(0, outcome.status(), outcome.output());
    assertEquals(
        List.of("exported 4", "other 5", "lookup 6", "pair Pair[first=1, second=2]"), lines.subList(0, 4));
    String cantImplement =
        "refused: no class can be made that implements app.%s of module app: pass MethodHandles.lookup(), called in a"
            + " class of that module, or make the interface public and let the module export or open its"
            + " package";
    assertEquals("works", lines.get(4));
    assertEquals(
        cantImplement.formatted("Main$Secret") + "; the lookup has not the full access of java.lang.Object itself",
        lines.get(5));
    assertEquals(cantImplement.formatted("Main$Secret"), lines.get(6));
    assertTrue(lines.get(7).startsWith("refused: public int app.Main$Host.next(int) can't be called from module"
        + " dev.gatun.jit: "), outcome.output());
    assertTrue(lines.get(7).contains("'opens app to dev.gatun.jit'"), outcome.output());
    assertEquals("works", lines.get(8), outcome.output());
    assertTrue(lines.get(9).startsWith("refused: the record app.Main$Pair can't be used from"), outcome.output());
    assertEquals(10, lines.size(), outcome.output());
  }

  @Test
  void theClassPathWorks() throws Exception {
    Outcome outcome = runClasses("--enable-native-access=ALL-UNNAMED");
    assertEquals(0, outcome.status(), outcome.output());
    assertEquals(
        List.of(
            "exported 4",
            "other 5",
            "lookup 6",
            "pair Pair[first=1, second=2]",
            "works",
            "works",
            "hidden 7",
            "works",
            "works",
            "works",
            "works"),
        outcome.output().lines().toList());
  }

  @Test
  void aJvmThatDeniesNativeAccessIsToldTheOption() throws Exception {
    Outcome outcome = runClasses("--illegal-native-access=deny");
    assertEquals(1, outcome.status(), outcome.output());
    assertTrue(
        outcome.output().contains("java.lang.IllegalStateException: Gatun compiles to machine code and may not call it:"
            + " start java with --enable-native-access=ALL-UNNAMED"),
        outcome.output());
    assertFalse(outcome.output().contains("ExceptionInInitializerError"), outcome.output());
  }

  @Test
  void onTheModulePathTheOptionNamesTheModules() throws Exception {
    for (String enabled : new String[] {"java.base", "dev.gatun.bindings", "dev.gatun.bindings,dev.gatun.memory"}) {
      Outcome outcome = runModules("--illegal-native-access=deny", "--enable-native-access=" + enabled);
      assertEquals(1, outcome.status(), outcome.output());
      assertTrue(
          outcome.output().contains("start java with --enable-native-access=" + MODULES), outcome.output());
    }
  }

  @Test
  void withoutTheOptionTheJvmWarns() throws Exception {
    Outcome outcome = runClasses();
    assertEquals(0, outcome.status(), outcome.output());
    assertTrue(outcome.output().contains("WARNING: Use --enable-native-access=ALL-UNNAMED"), outcome.output());
    assertTrue(outcome.output().contains("exported 4"), outcome.output());
  }

  @Test
  void nativeImagesAreRefused() throws Exception {
    Outcome outcome = runClasses("--enable-native-access=ALL-UNNAMED", "-Dorg.graalvm.nativeimage.imagecode=runtime");
    assertEquals(1, outcome.status(), outcome.output());
    assertTrue(outcome.output().contains("Gatun does not run in a native image of GraalVM"), outcome.output());
  }
}
