package dev.gatun.examples.trino;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.gatun.examples.Programs;
import dev.gatun.text.TextFormat;
import io.trino.testing.MaterializedRow;
import io.trino.testing.QueryFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code ci/fetch-python} fetches Python; without it the tests that need it are skipped, and say so. */
class TrinoTest {
  private static final PrintStream OUT = System.out;

  private static final String NODES_OF_STAGES =
      """
      SELECT count(DISTINCT node_id) AS nodes FROM system.runtime.tasks
      WHERE completed_splits > 0 AND output_rows > 0 GROUP BY query_id, stage_id""";

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster();
  }

  @AfterAll
  static void close() throws IOException {
    cluster.close();
  }

  private static Object value(String sql) {
    return cluster.query(sql).getFirst().getField(0);
  }

  /** {@code SELECT} of an expression with a function in wasm, which is called {@code f}. */
  private static String wasm(String type, String definition, String expression) {
    return """
        WITH FUNCTION f%s LANGUAGE WASM WITH (handler = 'f') AS $$
        %s
        $$ SELECT %s"""
        .formatted(type, definition, expression);
  }

  private static String python(String type, String definition, String expression) {
    return wasm(type, definition, expression).replace("LANGUAGE WASM", "LANGUAGE PYTHON");
  }

  private static void needPython() {
    if (Programs.find("python.wasm").isEmpty()) {
      String reason = "python.wasm is absent: run ci/fetch-python";
      OUT.println("SKIPPED: " + reason);
      abort(reason);
    }
  }

  @Test
  void wasmSeesMillionsOfRows() throws IOException {
    long valid = 0;
    for (long number = 1; number <= 3_000_000; number++) {
      if (isValid(number)) {
        valid++;
      }
    }
    MaterializedRow row = Cluster.measure(cluster, "luhn.sql", OUT);
    assertEquals(List.of(3_000_000L, valid), row.getFields());
    assertEquals(2L, value("SELECT max(nodes) FROM (" + NODES_OF_STAGES + ")"), "nodes that share a stage");
  }

  private static boolean isValid(long number) {
    String digits = Long.toString(number);
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      sum += i % 2 == 0 ? digit : digit / 5 + 2 * digit % 10;
    }
    return sum % 10 == 0;
  }

  @Test
  void pythonSeesArraysOfRows() throws IOException {
    needPython();
    MaterializedRow row = Cluster.measure(cluster, "names.sql", OUT);
    assertEquals(List.of(100_000L, 1000L, "odz-cafe-no-0", "odz-cafe-no-999"), row.getFields());
  }

  @Test
  void valuesOfWasm() {
    String add = "(module (func (export \"f\") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1))))";
    String type = "(a double, b double) RETURNS double";
    assertEquals(3.75, value(wasm(type, add, "f(1.25, 2.5)")));
    assertNull(value(wasm(type, add, "f(1.25, NULL)")));
    String binary = Base64.getMimeEncoder().encodeToString(TextFormat.parse(add));
    assertEquals(3.75, value(wasm(type, binary, "f(1.25, 2.5)")));
    String not = "(module (func (export \"f\") (param i32) (result i32) (i32.eqz (local.get 0))))";
    assertEquals(false, value(wasm("(a boolean) RETURNS boolean", not, "f(true)")));
    String negate =
        "(module (func (export \"f\") (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0))))";
    assertEquals(-7, value(wasm("(a integer) RETURNS integer", negate, "f(7)")));
  }

  @Test
  void faultsOfWasm() {
    String divide =
        """
        (module
          (func (export "f") (param i64 i64) (result i64) (call $divide (local.get 0) (local.get 1)))
          (func $divide (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1))))""";
    assertFails("integer divide by zero", wasm("(a bigint, b bigint) RETURNS bigint", divide, "f(1, 0)"));
    String loop = "(module (func (export \"f\") (param i64) (result i64) (loop $l (br $l)) (unreachable)))";
    assertFails("deadline exceeded", wasm("(a bigint) RETURNS bigint", loop, "f(1)"));
    assertFails("not (long)double", wasm("(a bigint) RETURNS double", divide, "f(1)"));
    assertFails("varchar", wasm("(a varchar) RETURNS double", divide, "f('')"));
    assertFails("unknown operator", wasm("(a bigint) RETURNS bigint", "(module (func i64.ad))", "f(1)"));
    assertFails("handler", wasm("(a bigint) RETURNS bigint", divide, "f(1)").replace("'f'", "''"));
  }

  @Test
  void valuesOfPython() {
    needPython();
    String echo = "def f(*values):\n    return values[-1]";
    assertEquals("h\u00e9", value(python("(a varchar) RETURNS varchar", echo, "f('h\u00e9')")));
    assertEquals(-7, value(python("(a integer) RETURNS integer", echo, "f(-7)")));
    assertEquals(Double.NaN, value(python("(a double) RETURNS double", echo, "f(nan())")));
    assertNull(value(python("(a bigint, b bigint) RETURNS bigint", echo, "f(1, CAST(NULL AS bigint))")));
    String arrays = "(a array(array(bigint))) RETURNS array(array(bigint))";
    List<List<Long>> numbers = List.of(List.of(1L, Long.MAX_VALUE), List.of());
    assertEquals(numbers, value(python(arrays, echo, "f(ARRAY[ARRAY[1, 9223372036854775807], ARRAY[]])")));
  }

  @Test
  void faultsOfPython() {
    needPython();
    String type = "(a bigint) RETURNS bigint";
    assertFails("line 2, in f", python(type, "def f(a):\n    return a / 0", "f(1)"));
    assertFails("Python returned 0.5", python(type, "def f(a):\n    return a / 2", "f(1)"));
    assertFails("name 'f' is not defined", python(type, "def g(a): return a", "f(1)"));
    assertFails("has ended", python(type, "import os\ndef f(a): os._exit(1)", "f(1)"));
    assertEquals(2L, value(python(type, "def f(a): return a + 1", "f(1)")));
  }

  private static void assertFails(String message, String sql) {
    QueryFailedException e = assertThrows(QueryFailedException.class, () -> cluster.query(sql));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
