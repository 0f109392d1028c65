package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLinesTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... words) {
    CommandLine gatun = CommandLines.create();
    gatun.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return gatun.execute(words);
  }

  @ParameterizedTest
  @EnumSource(RunOption.class)
  void helpOfRunShowsEveryOption(RunOption option) {
    assertEquals(ExitCode.OK, execute("run", "--help"));
    assertTrue(out.toString().contains(option.option()), out.toString());
  }

  @ParameterizedTest
  @EnumSource(RunOption.class)
  void completionKnowsEveryOptionOfRun(RunOption option) {
    assertEquals(ExitCode.OK, execute("completion"));
    assertTrue(out.toString().contains(option.option()), out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "inspect", "wast", "completion"})
  void helpListsEveryCommand(String command) {
    assertEquals(ExitCode.OK, execute("--help"));
    assertTrue(out.toString().contains("  " + command + " "), out.toString());
  }

  @Test
  void aMistypedCommandIsGuessed() {
    assertEquals(ExitCode.USAGE, execute("inspekt"));
    assertTrue(err.toString().contains("gatun inspect"), err.toString());
  }

  @Test
  void noCommandIsAnError() {
    assertEquals(ExitCode.USAGE, execute());
    assertTrue(err.toString().contains("a command is missing"), err.toString());
  }

  @Test
  void colourIsLeftOutWhereThereIsNoTerminal() {
    execute("--help");
    assertFalse(out.toString().contains("\u001b["), out.toString());
  }
}
