package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunArgumentsTest {
  private static RunArguments parse(String line) throws UsageException {
    return RunArguments.parse(line.split(" "), 1);
  }

  @Test
  void everythingAfterTheFileBelongsToTheGuest() throws UsageException {
    RunArguments arguments = parse("run --env A=1 python.wasm -c print(1) --env B=2 -- --help");
    assertEquals("python.wasm", arguments.file());
    assertEquals(List.of("-c", "print(1)", "--env", "B=2", "--", "--help"), arguments.arguments());
    assertEquals(List.of("A=1"), arguments.environment());
    assertFalse(arguments.help());
  }

  @Test
  void defaultsGiveNothing() throws UsageException {
    RunArguments arguments = parse("run a.wasm");
    assertEquals(List.of(), arguments.arguments());
    assertEquals(List.of(), arguments.environment());
    assertEquals(List.of(), arguments.mounts());
    assertNull(arguments.invoke());
    assertEquals(8 << 20, arguments.limits().stack());
  }

  @Test
  void valuesFollowWithABlankOrAnEqualsSign() throws UsageException {
    RunArguments arguments = parse("run --invoke=f --env=A=b=c --dir /x::/y:ro --dir=. --stack-size 16M a.wasm");
    assertEquals("f", arguments.invoke());
    assertEquals(List.of("A=b=c"), arguments.environment());
    assertEquals(List.of(new Mount("/x", "/y", true), new Mount(".", ".", false)), arguments.mounts());
    assertEquals(16L << 20, arguments.limits().stack());
  }

  @Test
  void theFileOfAProfileMayBeLeftOut() throws UsageException {
    assertNull(parse("run a.wasm").profile());
    assertEquals("profile.html", parse("run --profile a.wasm").profile());
    assertEquals("x.json.gz", parse("run --profile=x.json.gz a.wasm").profile());
    assertEquals(1000, parse("run --profile a.wasm").profileRate());
    assertEquals(50, parse("run --profile --profile-rate 50 a.wasm").profileRate());
  }

  @Test
  void twoDashesEndTheOptions() throws UsageException {
    RunArguments arguments = parse("run -- --odd.wasm x");
    assertEquals("--odd.wasm", arguments.file());
    assertEquals(List.of("x"), arguments.arguments());
  }

  @Test
  void aVariableWithoutValueIsPassedOn() throws UsageException {
    assertEquals(List.of("PATH=" + System.getenv("PATH")), parse("run --env PATH a.wasm").environment());
    assertEquals(List.of(), parse("run --env GATUN_NOT_SET_ANYWHERE a.wasm").environment());
    assertEquals(List.of("EMPTY="), parse("run --env EMPTY= a.wasm").environment());
  }

  @ParameterizedTest
  @CsvSource({"65536, 65536", "64k, 65536", "1M, 1048576", "4G, 4294967296", "4194304K, 4294967296"})
  void stackSizesHaveSuffixes(String text, long bytes) throws UsageException {
    assertEquals(bytes, parse("run --stack-size " + text + " a.wasm").limits().stack());
  }

  @ParameterizedTest
  @ValueSource(strings =
      {"", "x", "-1", "65535", "63K", "5G", "1.5M", "M", "99999999999999999999", "9223372036854775807G"})
  void stackSizesOutOfRangeAreRefused(String text) {
    String[] words = {"run", "--stack-size", text, "a.wasm"};
    String message = assertThrows(UsageException.class, () -> RunArguments.parse(words, 1)).getMessage();
    assertTrue(message.contains("from 64K to 4G"), message);
  }

  @Test
  void fuelIsALargeNumber() throws UsageException {
    assertEquals(5_000_000_000L, parse("run --fuel 5000000000 a.wasm").limits().fuel().orElseThrow());
    String[] words = {"run", "--fuel", "0", "a.wasm"};
    String message = assertThrows(UsageException.class, () -> RunArguments.parse(words, 1)).getMessage();
    assertTrue(message.contains("expected a number from 1 to "), message);
  }

  @ParameterizedTest
  @CsvSource({"30, 30000", "2s, 2000", "500ms, 500", "5m, 300000", "1h, 3600000"})
  void timesHaveSuffixes(String text, long millis) throws UsageException {
    assertEquals(millis, parse("run --timeout " + text + " a.wasm").limits().timeout().orElseThrow().toMillis());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "0", "-1", "1.5s", "1d", "9223372036854775807h"})
  void timesThatMakeNoSenseAreRefused(String text) {
    String[] words = {"run", "--timeout", text, "a.wasm"};
    String message = assertThrows(UsageException.class, () -> RunArguments.parse(words, 1)).getMessage();
    assertTrue(message.contains("expected a time above 0"), message);
  }

  @Test
  void memoryIsLimitedByGuestsThatGetNoMore() throws UsageException {
    RunArguments arguments = parse("run --max-memory 64M a.wasm");
    assertEquals(64 << 20, arguments.limits().memory());
    assertTrue(arguments.limits().isGrowthRefused());
  }

  @ParameterizedTest
  @CsvSource({
    "run, FILE is missing",
    "run --env A=1, FILE is missing",
    "run --frobnicate a.wasm, unknown option '--frobnicate'",
    "run -c a.wasm, unknown option '-c'",
    "run --dir, --dir needs a value: --dir HOST[::GUEST][:ro]",
    "run --dir ::/x a.wasm, expected HOST[::GUEST][:ro]",
    "run --dir /x:: a.wasm, expected HOST[::GUEST][:ro]",
    "run --dir :ro a.wasm, expected HOST[::GUEST][:ro]",
    "run --env =1 a.wasm, expected K=V",
  })
  void wrongCommandLinesSayWhatIsExpected(String line, String expected) {
    String message = assertThrows(UsageException.class, () -> parse(line)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run --help", "run -h", "run --env A=1 --help a.wasm"})
  void helpNeedsNoFile(String line) throws UsageException {
    assertTrue(parse(line).help());
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a, /a, false",
    "/a:ro, /a, /a, true",
    "/a::/b, /a, /b, false",
    "/a::/b:ro, /a, /b, true",
    ".::/, ., /, false",
    "/a:b::c:d, /a:b, c:d, false",
    "/rock, /rock, /rock, false",
  })
  void mountsHaveTwoNamesAndMayBeReadOnly(String text, String host, String guest, boolean readOnly)
      throws UsageException {
    assertEquals(new Mount(host, guest, readOnly), Mount.parse(text));
  }
}
