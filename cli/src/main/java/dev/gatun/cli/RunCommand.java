package dev.gatun.cli;

import dev.gatun.CodeCache;
import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.Extern;
import dev.gatun.Func;
import dev.gatun.Imports;
import dev.gatun.IncompatibleCodeException;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ModuleStatistics;
import dev.gatun.Profile;
import dev.gatun.Profiler;
import dev.gatun.wasi.Wasi;
import dev.gatun.wasi.WasiExit;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a program with WASI preview 1, or one function of a module.
 *
 * <p>This is on the way to the guest's first instruction in a cold JVM: no lambdas, streams, regular expressions or
 * formats.
 */
final class RunCommand {
  private static final String START = "_start";
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final RunArguments arguments;

  RunCommand(RunArguments arguments) {
    this.arguments = arguments;
  }

  /** Runs; returns the exit code. What goes wrong is told on standard error. */
  int run() {
    try {
      Path file = ProgramFile.locate(arguments.file());
      Engine.Builder builder = Engine.builder().limits(arguments.limits());
      String coreDump = arguments.coreDump();
      if (coreDump != null) {
        builder.coreDumps(new CoreDumpFile(Path.of(coreDump)));
      }
      if (arguments.perfMap()) {
        builder.perfMap(true);
      }
      builder.codeCache(arguments.cache() ? cache() : null);
      try (Resources resources = new Resources();
          Engine engine = builder.build();
          Module module = arguments.allowPrecompiled() ? load(engine, file) : ProgramFile.compile(engine, file);
          Wasi wasi = wasi(file, resources)) {
        if (arguments.verbose()) {
          report(module);
        }
        Imports.Builder imports = Imports.builder();
        if (arguments.trapUnknownImports()) {
          imports.trapUnknownFunctions();
        }
        String profile = arguments.profile();
        return profile == null ? run(wasi, module, imports) : profile(profile, wasi, module, imports);
      }
    } catch (WasiExit exit) {
      return exit.code();
    } catch (Throwable failure) {
      return Failure.report(arguments.file(), failure);
    }
  }

  /** A program that may have been compiled beforehand. */
  private static Module load(Engine engine, Path file) throws IOException {
    if (Engine.isPrecompiled(file)) {
      try {
        return engine.loadTrusted(file);
      } catch (IncompatibleCodeException e) {
        System.err.println("gatun: " + e.getMessage() + " (until then, the module in it is compiled at each start)");
      }
    }
    return ProgramFile.compile(engine, file);
  }

  private CodeCache cache() {
    CodeCache ofUser = CodeCache.ofUser();
    return arguments.verbose() ? ofUser.onProblem(new Report()) : ofUser;
  }

  private static void report(Module module) {
    ModuleStatistics statistics = module.statistics();
    new Report()
        .accept(
            "the code of " + statistics.functionsLoaded() + " of " + statistics.functions()
                + " functions was compiled before");
  }

  /** Tells what comes of the code cache. */
  private static final class Report implements Consumer<String> {
    @Override
    public void accept(String message) {
      System.err.println("gatun: " + message);
    }
  }

  private int run(Wasi wasi, Module module, Imports.Builder imports) throws IOException, UsageException {
    String invoked = arguments.invoke();
    if (invoked == null) {
      return start(wasi, module, imports);
    }
    try (Instance instance = module.instantiate(imports.provider(wasi.imports()).build())) {
      wasi.initialize(instance);
      return invoke(invoked, instance);
    }
  }

  /** Runs, and writes a profile however it ends. */
  private int profile(String name, Wasi wasi, Module module, Imports.Builder imports)
      throws IOException, UsageException {
    Path file = Path.of(name);
    Files.write(file, new byte[0]); // what is wrong with it is told before the run
    Profiler profiler =
        Profiler.start(module.engine(), Duration.ofNanos(NANOS_PER_SECOND / arguments.profileRate()));
    try {
      return run(wasi, module, imports);
    } finally {
      profiler.close();
      Profile profile = profiler.profile(arguments.file());
      profile.write(file);
      System.err.println("gatun: " + profile.samples() + " samples in " + name);
    }
  }

  /** What is given to the guest and has to be closed after it. */
  private static final class Resources implements AutoCloseable {
    private final List<Closeable> open = new ArrayList<>();

    <T extends Closeable> T add(T resource) {
      open.add(resource);
      return resource;
    }

    @Override
    public void close() throws IOException {
      for (Closeable resource : open) {
        resource.close();
      }
    }
  }

  /** The directory that a mount names, or the root of the zip file. */
  private static Path directory(String host, Resources resources) throws IOException {
    Path path = Path.of(host);
    if (!host.endsWith(".zip") || !Files.isRegularFile(path)) {
      return path;
    }
    return resources.add(FileSystems.newFileSystem(path)).getPath("/");
  }

  private Wasi wasi(Path file, Resources resources) throws IOException {
    Wasi.Builder builder = Wasi.builder().inheritStreams();
    builder.argument(file.getFileName().toString());
    List<String> words = arguments.arguments();
    if (arguments.invoke() == null) {
      builder.arguments(words);
    }
    for (String variable : arguments.environment()) {
      int equals = variable.indexOf('=');
      builder.env(variable.substring(0, equals), variable.substring(equals + 1));
    }
    for (Mount mount : arguments.mounts()) {
      builder.directory(directory(mount.host(), resources), mount.guest(), mount.readOnly());
    }
    for (InetSocketAddress address : arguments.listeners()) {
      ServerSocketChannel listener = resources.add(ServerSocketChannel.open());
      try {
        builder.listener(listener.bind(address));
      } catch (IOException | RuntimeException e) {
        throw new IOException("can't listen on " + address + ": " + e.getMessage(), e);
      }
    }
    if (arguments.maxThreads() != 0) {
      builder.maxThreads(arguments.maxThreads());
    }
    return builder.build();
  }

  private static int start(Wasi wasi, Module module, Imports.Builder imports) throws IOException {
    boolean isProgram = false;
    for (ExportType export : module.exports()) {
      isProgram |= export.name().equals(START);
    }
    if (!isProgram) {
      throw new IOException(
          "exports no function '_start', so it is a library, not a program; call one of its functions with --invoke"
              + " NAME"
              + " ('gatun inspect' lists them)");
    }
    return wasi.run(module, imports);
  }

  private int invoke(String name, Instance instance) throws UsageException {
    Extern export = instance.export(name).orElse(null);
    if (!(export instanceof Func function)) {
      throw new UsageException("exports no function '" + name + "'; 'gatun inspect' lists what there is");
    }
    new InvokedFunction(name, function).call(arguments.arguments(), System.out);
    return ExitCode.OK;
  }
}
