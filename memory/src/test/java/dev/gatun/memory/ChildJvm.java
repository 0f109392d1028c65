package dev.gatun.memory;

import dev.gatun.bindings.SystemCall;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a class of the tests in a JVM of its own. */
record ChildJvm(int exitCode, String output) {

  /** Runs a class on the Java that runs the tests, with everything it prints collected. */
  static ChildJvm run(List<String> flags, Class<?> main, String... arguments) throws Exception {
    return execute(command(flags, main, arguments));
  }

  /** {@link #run} under a limit, in the notation of the shell's ulimit. */
  static ChildJvm runWithin(String limit, List<String> flags, Class<?> main, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit " + limit + " && exec \"$@\"", "sh"));
    command.addAll(command(flags, main, arguments));
    return execute(command);
  }

  private static List<String> command(List<String> flags, Class<?> main, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("gatun.java", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(flags);
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            root(CodeArena.class),
            root(main),
            Path.of(SystemCall.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString()));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** The folder of a class; its module's location would not tell tests from what they test. */
  private static String root(Class<?> type) throws URISyntaxException {
    String name = type.getName();
    Path folder = Path.of(type.getResource(name.substring(name.lastIndexOf('.') + 1) + ".class").toURI());
    for (int i = name.indexOf('.'); i >= 0; i = name.indexOf('.', i + 1)) {
      folder = folder.getParent();
    }
    return folder.getParent().toString();
  }

  private static ChildJvm execute(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("gatun-child", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().remove("JDK_JAVA_OPTIONS");
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("hangs: " + command + "\n" + Files.readString(output));
      }
      return new ChildJvm(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
