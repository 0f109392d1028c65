package dev.gatun.benchmarks;

import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.ValType;
import java.util.HexFormat;
import java.util.List;

/** The module that the call benchmarks use, assembled by hand. */
final class SmallModule {
  private SmallModule() {}

  /**
   * In the text format:
   *
   * <pre>
   * (module
   *   (import "host" "next" (func $next (param i32) (result i32)))
   *   (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
   *   (func (export "trap") unreachable)
   *   (func (export "repeat") (param i32) (result i32) (local i32)
   *     (loop
   *       (local.set 1 (call $next (local.get 1)))
   *       (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
   *     (local.get 1)))
   * </pre>
   */
  static byte[] bytes() {
    return HexFormat.of()
        .parseHex(
            "0061736d01000000"
                + "010f03" + "60017f017f" + "60027f7f017f" + "600000"
                + "020d01" + "04686f7374" + "046e657874" + "0000"
                + "030403010200"
                + "071703" + "03616464" + "0001" + "0474726170" + "0002" + "06726570656174" + "0003"
                + "0a2603"
                + "07" + "00" + "200020016a0b"
                + "03" + "00" + "000b"
                + "18" + "01017f" + "0340" + "20011000" + "2101" + "200041016b" + "2200" + "0d00" + "0b" + "2001"
                + "0b");
  }

  /** What it imports: a lambda that adds 1. */
  static Imports imports() {
    return Imports.builder()
        .function(
            "host",
            "next",
            new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
            call -> call.result(call.i32(0) + 1))
        .build();
  }
}
