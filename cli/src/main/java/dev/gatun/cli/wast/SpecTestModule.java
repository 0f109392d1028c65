package dev.gatun.cli.wast;

import dev.gatun.Extern;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.GlobalType;
import dev.gatun.HostFunction;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.TableType;
import dev.gatun.ValType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The host module "spectest" that scripts import. Its functions print nothing. */
final class SpecTestModule {
  private SpecTestModule() {}

  static Map<String, Extern> in(Store store) {
    Map<String, Extern> exports = new HashMap<>();
    HostFunction print = call -> {};
    exports.put("print", function(store, print));
    exports.put("print_i32", function(store, print, ValType.I32));
    exports.put("print_i64", function(store, print, ValType.I64));
    exports.put("print_f32", function(store, print, ValType.F32));
    exports.put("print_f64", function(store, print, ValType.F64));
    exports.put("print_i32_f32", function(store, print, ValType.I32, ValType.F32));
    exports.put("print_f64_f64", function(store, print, ValType.F64, ValType.F64));
    exports.put("global_i32", Global.create(store, new GlobalType(ValType.I32, false), 666));
    exports.put("global_i64", Global.create(store, new GlobalType(ValType.I64, false), 666L));
    exports.put("global_f32", Global.create(store, new GlobalType(ValType.F32, false), 666.6f));
    exports.put("global_f64", Global.create(store, new GlobalType(ValType.F64, false), 666.6));
    exports.put("table", Table.create(store, new TableType(ValType.FUNCREF, 10, OptionalLong.of(20))));
    exports.put(
        "table64", Table.create(store, new TableType(ValType.FUNCREF, 10, OptionalLong.of(20), ValType.I64)));
    exports.put(
        "shared_memory",
        Memory.create(
            store, new MemoryType(1, OptionalLong.of(2), ValType.I32, true, MemoryType.DEFAULT_PAGE_SIZE)));
    exports.put("memory", Memory.create(store, new MemoryType(1, OptionalLong.of(2))));
    return exports;
  }

  private static Func function(Store store, HostFunction body, ValType... params) {
    return Func.of(store, new FuncType(List.of(params), List.of()), body);
  }
}
