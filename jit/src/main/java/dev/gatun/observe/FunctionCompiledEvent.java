package dev.gatun.observe;

import dev.gatun.wasm.WasmModule;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A function was compiled. Modules have thousands: only the slow ones are recorded unless more are asked for. */
@Name("dev.gatun.FunctionCompiled")
@Label("Function Compiled")
@Description("A WebAssembly function was compiled to machine code")
@Category("WebAssembly")
@StackTrace(false)
@Threshold("10 ms")
public final class FunctionCompiledEvent extends Event {
  @Label("Module")
  @Description("Name of the module, if it carries one")
  private @Nullable String module;

  @Label("Module Id")
  @Description("Number of the module in this process")
  private long moduleId;

  @Label("Function Index")
  private int functionIndex;

  @Label("Function")
  @Description("Name of the function, if it has one")
  private @Nullable String function;

  @Label("Wasm Size")
  @DataAmount
  private long wasmSize;

  @Label("Code Size")
  @DataAmount
  private long codeSize;

  @Label("Code Address")
  @MemoryAddress
  private long codeAddress;

  /** An event whose duration begins now. */
  public static FunctionCompiledEvent begun() {
    FunctionCompiledEvent event = new FunctionCompiledEvent();
    event.begin();
    return event;
  }

  /** Records it, if it is wanted. */
  public void end(WasmModule wasm, long id, int index, long address, int codeBytes) {
    end();
    if (shouldCommit()) {
      module = wasm.name();
      moduleId = id;
      functionIndex = index;
      function = wasm.functionName(index);
      wasmSize = wasm.bodyEnd(index) - wasm.bodyStart(index);
      codeSize = codeBytes;
      codeAddress = address;
      commit();
    }
  }
}
