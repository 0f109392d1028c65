package dev.gatun.wasi;

import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.ImportProvider;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.LinkException;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.SnapshotException;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.NativeAccess;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The world of one program under WASI preview 1: its arguments, environment, streams and files. What is not given is
 * not there.
 *
 * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="program"}
 *
 * <p>To be used with one program: one instance, or the instances of its threads. Close it after them.
 *
 * <p>When the program is to end (its store or thread is interrupted, or its time is over), what it waits for here ends
 * within a tenth of a second. Only streams of Java that it was given decide that themselves: the thread that waits in
 * one is interrupted, which closes channels of {@code java.nio}, and which {@link System#in} does not heed
 * ({@link Builder#inheritStdin} does). Streams that are given to a program with threads are used by all of them.
 */
public final class Wasi implements AutoCloseable {
  /** The name of the module that programs import. */
  public static final String MODULE = "wasi_snapshot_preview1";

  /** The same for programs that were compiled before there was preview 1. They are served, too. */
  public static final String SNAPSHOT_0 = "wasi_unstable";

  /** Standard input, output and error. */
  private static final int STREAMS = 3;

  private final List<byte[]> arguments;
  private final List<byte[]> environment;
  private final DescriptorTable descriptors;
  private final Clocks clocks;
  private final @Nullable RandomGenerator random;
  private final int maxThreads;

  private Wasi(Builder builder) throws IOException {
    NativeAccess.check();
    arguments = List.copyOf(builder.arguments);
    environment = List.copyOf(builder.environment);
    clocks = new Clocks(builder.clock);
    random = builder.random;
    maxThreads = builder.maxThreads;
    int given = STREAMS + builder.listeners.size() + builder.preopens.size();
    if (given > builder.maxDescriptors) {
      throw new IllegalArgumentException(
          "3 streams, " + builder.listeners.size() + " sockets and " + builder.preopens.size()
              + " directories are more than " + builder.maxDescriptors + " descriptors: see maxDescriptors");
    }
    descriptors = new DescriptorTable(builder.maxDescriptors);
    try {
      OutputLimit limit = builder.outputLimit < 0 ? null : new OutputLimit(builder.outputLimit);
      descriptors.addStream(builder.stdin.open(), limit);
      descriptors.addStream(builder.stdout.open(), limit);
      descriptors.addStream(builder.stderr.open(), limit);
      for (ServerSocketChannel listener : builder.listeners) {
        descriptors.add(new Socket.Listener(listener));
      }
      for (Preopen preopen : builder.preopens) {
        descriptors.addPreopened(open(preopen), preopen.guest);
      }
      descriptors.give();
    } catch (IOException | RuntimeException e) {
      descriptors.closeAll();
      throw e;
    }
  }

  private static Directory open(Preopen preopen) throws IOException {
    Path path = preopen.host;
    if (path.getFileSystem() == FileSystems.getDefault()) {
      return new HostDirectory(open(path, Machine.O_DIRECTORY(), "directory"), preopen.readOnly, 0);
    }
    Path real = path.toRealPath();
    if (!Files.isDirectory(real)) {
      throw new NotDirectoryException(path.toString());
    }
    return new PathDirectory(new PathMount(real, preopen.readOnly || path.getFileSystem().isReadOnly()), real);
  }

  private static HostDescriptor open(Path path, int flags, String what) throws IOException {
    long fd;
    try (Arena arena = Arena.ofConfined()) {
      fd =
          SystemCall.call(
              Machine.SYS_openat(),
              LibC.AT_FDCWD(),
              arena.allocateFrom(path.toString()).address(),
              flags | LibC.O_CLOEXEC(),
              HostFiles.fileMode());
    }
    if (fd < 0) {
      throw new IOException("cannot open the " + what + " '" + path + "': " + SystemCall.errorName(-fd));
    }
    return new HostDescriptor((int) fd);
  }

  private record Preopen(Path host, String guest, boolean readOnly) {}

  /**
   * What makes the descriptor of a standard stream. Records rather than lambdas, which cost a cold JVM milliseconds.
   */
  private sealed interface Stream {
    Descriptor open() throws IOException;
  }

  private record InheritedStream(int fd) implements Stream {
    @Override
    public Descriptor open() {
      return HostFile.inherited(fd);
    }
  }

  private record GivenStream(@Nullable InputStream input, @Nullable OutputStream output) implements Stream {
    @Override
    public Descriptor open() {
      return new JavaStream(input, output);
    }
  }

  private record FileStream(Path file, boolean toRead) implements Stream {
    @Override
    public Descriptor open() throws IOException {
      Set<OpenOption> options =
          toRead
              ? Set.of(StandardOpenOption.READ)
              : Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
      if (file.getFileSystem() == FileSystems.getDefault()) {
        int flags = toRead ? LibC.O_RDONLY() : LibC.O_WRONLY() | LibC.O_CREAT() | LibC.O_TRUNC();
        return HostFile.given(Wasi.open(file, flags | LibC.O_NOCTTY(), "file"), toRead);
      }
      Path directory = file.toAbsolutePath().getParent();
      Directory.How how = new Directory.How(true, !toRead, false, false, !toRead, toRead, !toRead, 0);
      PathMount mount = new PathMount(directory == null ? file : directory, false);
      return new PathFile(mount, file.toAbsolutePath(), Files.newByteChannel(file, options), how);
    }
  }

  /** A builder; nothing is given at first, and the streams are empty. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what a program is given. */
  public static final class Builder {
    private static final int MOST_DESCRIPTORS = 1 << 16;

    private final List<byte[]> arguments = new ArrayList<>();
    private final List<byte[]> environment = new ArrayList<>();
    private final List<Preopen> preopens = new ArrayList<>();
    private final List<ServerSocketChannel> listeners = new ArrayList<>();
    private Stream stdin = new GivenStream(InputStream.nullInputStream(), null);
    private Stream stdout = new GivenStream(null, OutputStream.nullOutputStream());
    private Stream stderr = new GivenStream(null, OutputStream.nullOutputStream());

    private @Nullable InstantSource clock;
    private @Nullable RandomGenerator random;

    private int maxThreads = 64;
    private long outputLimit = -1;
    private int maxDescriptors = DescriptorTable.DEFAULT_MAX;

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

    /**
     * Sets how many threads a program may have at once, the first one included; 64 unless it is set. More are refused
     * with EAGAIN.
     *
     * @param count at least 1
     */
    public Builder maxThreads(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("a program has at least one thread, not " + count);
      }
      maxThreads = count;
      return this;
    }

    /**
     * Sets how many descriptors a program may have at once: the three streams, the sockets and directories that it is
     * given, and what it opens and accepts. 1024 unless it is set. More are refused with EMFILE. Each takes
     * one descriptor of this process, a connection up to five.
     *
     * @param count from 3 to 65536
     */
    public Builder maxDescriptors(int count) {
      if (count < STREAMS || count > MOST_DESCRIPTORS) {
        throw new IllegalArgumentException("descriptors must be from 3 to " + MOST_DESCRIPTORS + ", not " + count);
      }
      maxDescriptors = count;
      return this;
    }

    /**
     * Limits how many bytes a program may write to its standard streams, output and error together; there is no limit
     * unless it is set. What goes beyond is not written, and ends the program with an {@link
     * dev.gatun.OutputLimitException}. The size of a file that is a stream can't be set then.
     *
     * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="output"}
     *
     * @param bytes at least 0
     */
    public Builder outputLimit(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("the output limit must be at least 0 bytes, not " + bytes);
      }
      outputLimit = bytes;
      return this;
    }

    /** Gives a source of random bytes instead of the host's, for runs that can be repeated. */
    public Builder random(RandomGenerator generator) {
      random = generator;
      return this;
    }

    /**
     * Gives a directory: of the host, or of any other file system that Java has, as of a zip file or in memory.
     *
     * <p>No path leads out of a directory of the host, whoever changes what is in it meanwhile. In those of other file
     * systems no path leads out either, as long as nobody but the guest puts symbolic links there while it runs; what a
     * file system can't do (links in a zip file) fails with ENOTSUP, and a directory that is renamed while it is open
     * is no longer found.
     *
     * <p>How much a program may write there is for the file system to say: one in memory without a limit of its own
     * takes as much of the heap as the program writes.
     *
     * @param host the directory; its file system must stay open
     * @param guest its name for the guest, e.g. {@code /data}; not empty
     * @param readOnly whether the guest may change nothing in it
     */
    public Builder directory(Path host, String guest, boolean readOnly) {
      if (guest.isEmpty() || guest.indexOf(0) >= 0) {
        throw new IllegalArgumentException("the guest's name of '" + host + "' must not be empty or contain NUL");
      }
      preopens.add(new Preopen(host, guest, readOnly));
      return this;
    }

    /**
     * Gives a socket that listens, as a descriptor before those of the directories. It is put into non-blocking mode,
     * and not closed.
     */
    public Builder listener(ServerSocketChannel channel) {
      listeners.add(channel);
      return this;
    }

    /** Gives the process's own standard streams. */
    public Builder inheritStreams() {
      return inheritStdin().inheritStdout().inheritStderr();
    }

    /** Gives the process's own standard input. */
    public Builder inheritStdin() {
      stdin = new InheritedStream(0);
      return this;
    }

    /** Gives the process's own standard output. */
    public Builder inheritStdout() {
      stdout = new InheritedStream(1);
      return this;
    }

    /** Gives the process's own standard error. */
    public Builder inheritStderr() {
      stderr = new InheritedStream(2);
      return this;
    }

    /** Gives a stream as standard input. It is not closed. */
    public Builder stdin(InputStream stream) {
      stdin = new GivenStream(stream, null);
      return this;
    }

    /** Gives some bytes as standard input. */
    public Builder stdin(byte[] bytes) {
      return stdin(new ByteArrayInputStream(bytes.clone()));
    }

    /** Gives a file as standard input. */
    public Builder stdin(Path file) {
      stdin = new FileStream(file, true);
      return this;
    }

    /** Gives a stream as standard output. It is not closed. */
    public Builder stdout(OutputStream stream) {
      stdout = new GivenStream(null, stream);
      return this;
    }

    /** Writes standard output to a file, which is made, or emptied first. */
    public Builder stdout(Path file) {
      stdout = new FileStream(file, false);
      return this;
    }

    /** Gives a stream as standard error. It is not closed. */
    public Builder stderr(OutputStream stream) {
      stderr = new GivenStream(null, stream);
      return this;
    }

    /** Writes standard error to a file, which is made, or emptied first. */
    public Builder stderr(Path file) {
      stderr = new FileStream(file, false);
      return this;
    }

    /**
     * Opens what is given.
     *
     * @throws IOException if a directory or file can't be opened
     * @throws IllegalArgumentException if more is given than there may be descriptors
     */
    public Wasi build() throws IOException {
      return new Wasi(this);
    }
  }

  /** The functions, for {@link dev.gatun.Imports.Builder#provider}. */
  public ImportProvider imports() {
    return new Functions(this, null);
  }

  /** The same with the one that makes threads. */
  ImportProvider imports(Threads threads) {
    return new Functions(this, threads);
  }

  /** A class rather than a lambda: the first lambda of a process costs milliseconds. */
  private record Functions(Wasi wasi, @Nullable Threads threads) implements ImportProvider {
    @Override
    public @Nullable HostFunction find(String module, String name, FuncType type) {
      if (threads != null && module.equals(Threads.MODULE) && name.equals(Threads.SPAWN)) {
        return type.equals(Threads.SPAWN_TYPE) ? threads : null;
      }
      boolean snapshot0 = module.equals(SNAPSHOT_0);
      WasiFunction function = snapshot0 || module.equals(MODULE) ? WasiFunction.of(name) : null;
      if (function == null || !function.type().equals(type) || snapshot0 && function == WasiFunction.SOCK_ACCEPT) {
        return null;
      }
      return new WasiCalls(wasi, function, snapshot0);
    }
  }

  /**
   * Runs a program: calls its {@code _start}; or, if its instance is suspended, {@linkplain Instance#resume goes on}
   * with it.
   *
   * @return its exit code
   * @throws java.util.NoSuchElementException if it has no such function
   * @throws LinkException if it has parameters or results
   * @throws dev.gatun.Trap if it traps
   */
  public int run(Instance instance) {
    try {
      if (instance.isSuspended()) {
        instance.resume();
      } else {
        start(instance).call();
      }
      return 0;
    } catch (WasiExit exit) {
      return exit.code();
    }
  }

  /**
   * Runs a program until it reads its standard input for the first time, takes a snapshot there, and ends the run.
   * {@link #run(Instance)} of an instance of the snapshot goes on with that read. So a program that starts slowly
   * starts once:
   *
   * <pre>{@code
   * Snapshot started;
   * List<String> arguments = List.of("python", "-c", "import sys; exec(sys.stdin.read())");
   * try (Wasi wasi = Wasi.builder().arguments(arguments).build()) {
   *   started = wasi.snapshot(module);
   * }
   * try (Wasi wasi = Wasi.builder().stdin(script).stdout(answer).build();
   *     Instance instance = started.instantiate(Imports.builder().provider(wasi.imports()).build())) {
   *   wasi.run(instance);
   * }
   * }</pre>
   *
   * <p>The program has read its arguments, its environment, the clocks and perhaps random numbers by then: seeds of
   * hash tables and of generators are the same in all instances. What goes on must have as many streams, sockets and
   * directories as this, in the same order; what they are is its own.
   *
   * @throws SnapshotException if the program has opened descriptors, or if its instance can't be captured
   * @throws IllegalStateException if it ends before it reads
   * @throws dev.gatun.Trap if it traps before it reads
   */
  public Snapshot snapshot(Module module) {
    return snapshot(module, Imports.builder());
  }

  /**
   * {@link #snapshot(Module)} of a program that imports more than WASI.
   *
   * @param others what else it imports, host functions all; is completed by the functions of WASI
   */
  public Snapshot snapshot(Module module, Imports.Builder others) {
    return startUp(module, others, null);
  }

  /**
   * {@link #snapshot(Module, Imports.Builder)} with other limits for this run than the engine's; what goes on from the
   * snapshot has its own.
   *
   * @throws dev.gatun.LimitException if the program needs more
   */
  public Snapshot snapshot(Module module, Imports.Builder others, Limits limits) {
    return startUp(module, others, limits);
  }

  private Snapshot startUp(Module module, Imports.Builder others, @Nullable Limits limits) {
    StartUp startUp = new StartUp(this);
    Imports imports = others.provider(startUp).build();
    try (Instance instance = limits == null ? module.instantiate(imports) : module.instantiate(imports, limits)) {
      int code = run(instance);
      throw new IllegalStateException(
          "the program has ended with exit code " + code + " before it read its standard input");
    } catch (StartUp.End end) {
      return startUp.taken();
    }
  }

  static Func start(Instance instance) {
    return procedure(instance, "_start");
  }

  private static Func procedure(Instance instance, String name) {
    Func found = instance.function(name);
    FuncType type = found.type();
    if (!type.params().isEmpty() || !type.results().isEmpty()) {
      throw new LinkException(name + " must be (func), this module's is " + type);
    }
    return found;
  }

  /** Runs a program in an instance of its own: {@link #run(Module, Imports.Builder)} with no other imports. */
  public int run(Module module) {
    return run(module, Imports.builder());
  }

  /**
   * Runs a program in an instance of its own, with as many threads as it makes ({@code wasi} {@code thread-spawn} of
   * the wasi-threads proposal): each has an instance too, and they share the memories that the module imports as
   * shared, which are made here. An exit or a trap in one ends all, and so does the end of the first. When this
   * returns, the others have ended, unless one waits in a stream of Java that can't be interrupted.
   *
   * @param others what else the program imports; is completed by the functions of WASI
   * @return its exit code
   * @throws LinkException if an import is missing, or a function that WASI calls has another type
   * @throws java.util.NoSuchElementException if it has no {@code _start}
   * @throws dev.gatun.Trap if one of its threads traps
   */
  public int run(Module module, Imports.Builder others) {
    return new Threads(this, module.engine(), module, others, maxThreads).run();
  }

  /**
   * Prepares a library (a reactor) for calls: calls its {@code _initialize} if it has one. To be done once, and before
   * anything else of it is called.
   *
   * @throws LinkException if {@code _initialize} has parameters or results
   * @throws dev.gatun.Trap if it traps
   * @throws WasiExit if it calls {@code proc_exit}
   */
  public void initialize(Instance instance) {
    if (instance.export("_initialize").orElse(null) instanceof Func) {
      procedure(instance, "_initialize").call();
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
