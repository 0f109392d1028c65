package dev.gatun.observe;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A module was decoded and validated, and compiled if the engine compiles eagerly. */
@Name("dev.gatun.ModuleCompiled")
@Label("Module Compiled")
@Description("A WebAssembly module was decoded and validated, and compiled if its engine does not compile lazily")
@Category("WebAssembly")
public final class ModuleCompiledEvent extends Event {
  @Label("Module")
  @Description("Name of the module, if it carries one")
  private @Nullable String module;

  @Label("Module Id")
  @Description("Number of the module in this process")
  private long moduleId;

  @Label("Wasm Size")
  @DataAmount
  private long wasmSize;

  @Label("Functions")
  @Description("How many functions the module defines")
  private int functions;

  @Label("Functions Loaded")
  @Description("How many of them have code that was compiled by an earlier run")
  private int functionsLoaded;

  @Label("Code Size")
  @Description("Machine code so far; none if functions are compiled when they are first called")
  @DataAmount
  private long codeSize;

  /** An event whose duration begins now. */
  public static ModuleCompiledEvent begun() {
    ModuleCompiledEvent event = new ModuleCompiledEvent();
    event.begin();
    return event;
  }

  /** Records it, if it is wanted. */
  public void end(
      @Nullable String name, long id, long wasmBytes, int definedFunctions, int loadedFunctions, long codeBytes) {
    end();
    if (shouldCommit()) {
      module = name;
      moduleId = id;
      wasmSize = wasmBytes;
      functions = definedFunctions;
      functionsLoaded = loadedFunctions;
      codeSize = codeBytes;
      commit();
    }
  }
}
