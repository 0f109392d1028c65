package dev.gatun.wasi;

import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.ImportProvider;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The world of one program under WASI preview 1: its arguments, environment, streams and files. What is not given is
 * not there.
 *
 * <pre>{@code
 * try (Wasi wasi = Wasi.builder().argument("python").argument("-V").inheritStreams().build();
 *     Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
 *   int code = wasi.run(instance);
 * }
 * }</pre>
 *
 * <p>To be used with one instance and by one thread at a time. Close it after the instance.
 */
public final class Wasi implements AutoCloseable {
  /** The name of the module that programs import. */
  public static final String MODULE = "wasi_snapshot_preview1";

  private final List<byte[]> arguments;
  private final List<byte[]> environment;
  private final DescriptorTable descriptors = new DescriptorTable();
  private final Clocks clocks;
  private final @Nullable RandomGenerator random;

  private Wasi(Builder builder) throws IOException {
    arguments = List.copyOf(builder.arguments);
    environment = List.copyOf(builder.environment);
    clocks = new Clocks(builder.clock);
    random = builder.random;
    descriptors.add(builder.stdin);
    descriptors.add(builder.stdout);
    descriptors.add(builder.stderr);
    for (Preopen preopen : builder.preopens) {
      descriptors.add(new Descriptor.Directory(open(preopen.host), preopen.guest, preopen.readOnly));
    }
  }

  private int open(Path directory) throws IOException {
    long fd;
    try (Arena arena = Arena.ofConfined()) {
      fd =
          SystemCall.call(
              Machine.SYS_openat(),
              LibC.AT_FDCWD(),
              arena.allocateFrom(directory.toString()).address(),
              LibC.O_RDONLY() | Machine.O_DIRECTORY() | LibC.O_CLOEXEC(),
              0);
    }
    if (fd < 0) {
      descriptors.closeAll();
      throw new IOException("cannot open the directory '" + directory + "': " + SystemCall.errorName(-fd));
    }
    return (int) fd;
  }

  private record Preopen(Path host, String guest, boolean readOnly) {}

  /** A builder; nothing is given at first, and the streams are empty. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what a program is given. */
  public static final class Builder {
    /** Leaves a guest descriptors of its own to open. */
    private static final int MAX_DIRECTORIES = DescriptorTable.MAX / 2;

    private final List<byte[]> arguments = new ArrayList<>();
    private final List<byte[]> environment = new ArrayList<>();
    private final List<Preopen> preopens = new ArrayList<>();
    private Descriptor stdin = new Descriptor.Input(InputStream.nullInputStream());
    private Descriptor stdout = new Descriptor.Output(OutputStream.nullOutputStream());
    private Descriptor stderr = new Descriptor.Output(OutputStream.nullOutputStream());

    private @Nullable InstantSource clock;
    private @Nullable RandomGenerator random;

    private Builder() {}

    private static byte[] bytes(String text) {
      if (text.indexOf(0) >= 0) {
        throw new IllegalArgumentException("arguments and variables can't contain NUL: " + text);
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Adds an argument; the first is the program's name. */
    public Builder argument(String argument) {
      arguments.add(bytes(argument));
      return this;
    }

    /** Adds arguments. */
    public Builder arguments(List<String> more) {
      for (String argument : more) {
        argument(argument);
      }
      return this;
    }

    /** Sets an environment variable. The name is not empty and has no {@code =}. */
    public Builder env(String name, String value) {
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException("a variable's name must not be empty or contain '=': '" + name + "'");
      }
      environment.add(bytes(name.concat("=").concat(value)));
      return this;
    }

    /** Gives all environment variables of the process. */
    public Builder inheritEnv() {
      for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
        environment.add(bytes(variable.getKey().concat("=").concat(variable.getValue())));
      }
      return this;
    }

    /** Gives a clock, which all of WASI's clocks then show, instead of the host's. Sleeping still takes real time. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** Gives a source of random bytes instead of the host's, for runs that can be repeated. */
    public Builder random(RandomGenerator generator) {
      random = generator;
      return this;
    }

    /**
     * Gives a directory of the host.
     *
     * @param host the directory, of the default file system
     * @param guest its name for the guest, e.g. {@code /data}; not empty
     * @param readOnly whether the guest may change nothing in it
     */
    public Builder directory(Path host, String guest, boolean readOnly) {
      if (host.getFileSystem() != FileSystems.getDefault()) {
        throw new IllegalArgumentException("the directory '" + host + "' is not of the default file system");
      }
      if (guest.isEmpty() || guest.indexOf(0) >= 0) {
        throw new IllegalArgumentException("the guest's name of '" + host + "' must not be empty or contain NUL");
      }
      if (preopens.size() == MAX_DIRECTORIES) {
        throw new IllegalArgumentException("more than " + MAX_DIRECTORIES + " directories are given");
      }
      preopens.add(new Preopen(host, guest, readOnly));
      return this;
    }

    /** Gives the process's own standard streams. */
    public Builder inheritStreams() {
      stdin = new Descriptor.Inherited(0);
      stdout = new Descriptor.Inherited(1);
      stderr = new Descriptor.Inherited(2);
      return this;
    }

    /** Gives a stream as standard input. It is not closed. */
    public Builder stdin(InputStream stream) {
      stdin = new Descriptor.Input(stream);
      return this;
    }

    /** Gives a stream as standard output. It is not closed. */
    public Builder stdout(OutputStream stream) {
      stdout = new Descriptor.Output(stream);
      return this;
    }

    /** Gives a stream as standard error. It is not closed. */
    public Builder stderr(OutputStream stream) {
      stderr = new Descriptor.Output(stream);
      return this;
    }

    /**
     * Opens the directories.
     *
     * @throws IOException if one can't be opened
     */
    public Wasi build() throws IOException {
      return new Wasi(this);
    }
  }

  /** The functions, for {@link dev.gatun.Imports.Builder#provider}. */
  public ImportProvider imports() {
    return new Functions(this);
  }

  /** A class rather than a lambda: the first lambda of a process costs milliseconds. */
  private record Functions(Wasi wasi) implements ImportProvider {
    @Override
    public @Nullable HostFunction find(String module, String name, FuncType type) {
      WasiFunction function = module.equals(MODULE) ? WasiFunction.of(name) : null;
      return function == null || !function.type().equals(type) ? null : new WasiCalls(wasi, function);
    }
  }

  /**
   * Runs a program: calls its {@code _start}.
   *
   * @return its exit code
   * @throws java.util.NoSuchElementException if it has no such function
   * @throws LinkException if it has parameters or results
   * @throws dev.gatun.Trap if it traps
   */
  public int run(Instance instance) {
    Func start = instance.function("_start");
    FuncType type = start.type();
    if (!type.params().isEmpty() || !type.results().isEmpty()) {
      throw new LinkException("_start of a program must be (func), this module's is " + type);
    }
    try {
      start.call();
      return 0;
    } catch (WasiExit exit) {
      return exit.code();
    }
  }

  List<byte[]> arguments() {
    return arguments;
  }

  List<byte[]> environment() {
    return environment;
  }

  Clocks clocks() {
    return clocks;
  }

  @Nullable RandomGenerator random() {
    return random;
  }

  DescriptorTable descriptors() {
    return descriptors;
  }

  /** Closes what the program has left open. */
  @Override
  public void close() {
    descriptors.closeAll();
  }
}
