package dev.gatun.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JVMs that tests start. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The Java that runs the tests: what {@code -Dgatun.java} names, where the JVM's own file can't be started. */
  public static String java() {
    return System.getProperty("gatun.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /** Whether the tests run on a JVM that something else emulates. */
  public static boolean isEmulated() {
    return System.getProperty("gatun.java") != null;
  }

  /**
   * The command that runs a class with the class path of the tests.
   *
   * @param options of the JVM
   */
  public static List<String> command(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
