package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Modules that pass calls of the host on to the functions of WASI, one each, and sequences of such calls: descriptors
 * that may be open, paths that try to lead out, and pointers that are sensible, at the end of the memory, or anywhere.
 */
public final class WasiSequences implements Generator {
  /** The module that the functions are imported from. */
  private static final String MODULE = "wasi_snapshot_preview1";

  /**
   * Names and parameters: f descriptor, p path with its length, o where something is written to, v vector of buffers
   * with its count, b buffer with its length, s subscriptions, e small number, r rights, z size or offset, t time.
   */
  private static final String[][] FUNCTIONS = {
    {"args_get", "oo"}, {"args_sizes_get", "oo"}, {"environ_get", "oo"}, {"environ_sizes_get", "oo"},
    {"clock_res_get", "eo"}, {"clock_time_get", "eto"}, {"fd_advise", "fzze"}, {"fd_allocate", "fzz"},
    {"fd_close", "f"}, {"fd_datasync", "f"}, {"fd_fdstat_get", "fo"}, {"fd_fdstat_set_flags", "fe"},
    {"fd_fdstat_set_rights", "frr"}, {"fd_filestat_get", "fo"}, {"fd_filestat_set_size", "fz"},
    {"fd_filestat_set_times", "ftte"}, {"fd_pread", "fvzo"}, {"fd_prestat_get", "fo"}, {"fd_prestat_dir_name", "fb"},
    {"fd_pwrite", "fvzo"}, {"fd_read", "fvo"}, {"fd_readdir", "fbzo"}, {"fd_renumber", "ff"}, {"fd_seek", "fzeo"},
    {"fd_sync", "f"}, {"fd_tell", "fo"}, {"fd_write", "fvo"}, {"path_create_directory", "fp"},
    {"path_filestat_get", "fepo"}, {"path_filestat_set_times", "feptte"}, {"path_link", "fepfp"},
    {"path_open", "fepErreo"}, {"path_readlink", "fpbo"}, {"path_remove_directory", "fp"}, {"path_rename", "fpfp"},
    {"path_symlink", "pfp"}, {"path_unlink_file", "fp"}, {"poll_oneoff", "soeo"}, {"sched_yield", ""},
    {"random_get", "b"}, {"sock_accept", "feo"}, {"sock_recv", "fveoo"}, {"sock_send", "fveo"}, {"sock_shutdown", "fe"}
  };

  /** Places in memory; paths stand from 0 on, each in its own room. */
  private static final int ROOM = 64;

  private static final int VECTORS = 4096;
  private static final int SUBSCRIPTIONS = 8192;
  private static final int BUFFERS = 16_384;
  private static final int MEMORY = 65_536;

  private static final String[] PATHS = {
    "a", "b", "d", "d/a", "d/../a", ".", "..", "../outside/secret", "../../etc/passwd", "/etc/passwd",
    "d/../../outside", "link", "link/secret", "d/link/../../outside/secret", "loop", "a/", "d/", "./a", "d//a", "",
    "\0", "a\0b", "nothing/at/all", "d/..", "../inside/a", "/", "//", "link/../..", "é", "d/./././a",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "../outside"
  };

  @Override
  public String name() {
    return "wasi";
  }

  @Override
  public int batch() {
    return 60;
  }

  @Override
  public Subject generate(long seed) {
    Choices choices = new Choices(seed);
    Draft draft = new Draft();
    draft.importModule = MODULE;
    for (String[] function : FUNCTIONS) {
      draft.addImport(function[0], types(function[1]), List.of(ValueType.I32));
    }
    Set<Feature> features = EnumSet.of(Feature.MVP);
    Body.Context context = new Body.Context(draft, choices, new Grammar(features), features, -1);
    for (int i = 0; i < FUNCTIONS.length; i++) {
      int wrapper = draft.addFunction(draft.functions.get(i));
      draft.export(FUNCTIONS[i][0], Draft.FUNCTION, wrapper);
      Body body = new Body(context, draft.function(i), 0);
      for (int param = 0; param < draft.function(i).params().size(); param++) {
        body.op(Opcode.LOCAL_GET, param);
      }
      body.op(Opcode.CALL, i);
      draft.bodies.add(body.finish());
    }
    draft.memories.add(new Draft.Memory(false, false, false, 1, 2));
    draft.export("memory", Draft.MEMORY, 0);
    fillMemory(draft, choices);
    List<Subject.Call> calls = new ArrayList<>();
    for (int i = choices.between(5, 60); i > 0; i--) {
      // Files are what most of the functions are about, so they are opened often.
      String[] function = choices.oneIn(3) ? byName("path_open") : FUNCTIONS[choices.below(FUNCTIONS.length)];
      calls.add(new Subject.Call(function[0], arguments(function[1], choices)));
    }
    return new Subject(draft.build(), features, calls, Subject.Kind.WASI);
  }

  private static String[] byName(String name) {
    for (String[] function : FUNCTIONS) {
      if (function[0].equals(name)) {
        return function;
      }
    }
    throw new IllegalArgumentException("no function is called " + name);
  }

  private static List<Integer> types(String letters) {
    List<Integer> types = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      switch (letters.charAt(i)) {
        case 'r', 'z', 't' -> types.add(ValueType.I64);
        case 'p', 'v', 'b' -> types.addAll(List.of(ValueType.I32, ValueType.I32));
        default -> types.add(ValueType.I32);
      }
    }
    return types;
  }

  private static void fillMemory(Draft draft, Choices choices) {
    for (int i = 0; i < PATHS.length; i++) {
      draft.data.add(new Draft.Data(OptionalInt.of(0), i * ROOM, PATHS[i].getBytes(StandardCharsets.UTF_8)));
    }
    BinaryWriter vectors = new BinaryWriter();
    for (int i = 0; i < 32; i++) {
      vectors.littleEndian(choices.oneIn(12) ? choices.i32() : BUFFERS + choices.below(40_000), 4);
      vectors.littleEndian(choices.oneIn(12) ? choices.i32() : choices.below(300), 4);
    }
    draft.data.add(new Draft.Data(OptionalInt.of(0), VECTORS, vectors.toByteArray()));
    BinaryWriter subscriptions = new BinaryWriter();
    for (int i = 0; i < 8; i++) {
      subscriptions.littleEndian(choices.i64(), 8);
      int tag = choices.oneIn(10) ? choices.below(256) : choices.below(3);
      subscriptions.littleEndian(tag, 8);
      // A clock with a short timeout, or a descriptor.
      subscriptions.littleEndian(tag == 0 ? choices.below(4) : choices.below(10), 8);
      subscriptions.littleEndian(choices.below(100_000), 8);
      subscriptions.littleEndian(choices.below(1000), 8);
      subscriptions.littleEndian(choices.oneIn(6) ? choices.below(4) : 0, 8);
    }
    draft.data.add(new Draft.Data(OptionalInt.of(0), SUBSCRIPTIONS, subscriptions.toByteArray()));
  }

  private static List<Subject.Argument> arguments(String letters, Choices choices) {
    List<Subject.Argument> arguments = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      boolean wild = choices.oneIn(15);
      switch (letters.charAt(i)) {
        case 'f' -> i32(arguments, wild ? choices.i32() : choices.oneIn(2) ? 3 : choices.below(12));
        case 'p' -> {
          int path = choices.below(PATHS.length);
          i32(arguments, wild ? pointer(choices) : path * ROOM);
          i32(arguments, choices.oneIn(15) ? choices.i32() : PATHS[path].getBytes(StandardCharsets.UTF_8).length);
        }
        case 'o' -> i32(arguments, wild ? pointer(choices) : BUFFERS + choices.below(100) * 64);
        case 'v' -> {
          i32(arguments, wild ? pointer(choices) : VECTORS + choices.below(30) * 8);
          i32(arguments, choices.oneIn(20) ? choices.i32() : choices.below(4));
        }
        case 'b' -> {
          i32(arguments, wild ? pointer(choices) : BUFFERS + choices.below(100) * 64);
          i32(arguments, choices.oneIn(15) ? choices.i32() : choices.below(5000));
        }
        case 's' -> i32(arguments, wild ? pointer(choices) : SUBSCRIPTIONS);
        case 'r' -> i64(arguments, choices.oneIn(3) ? choices.i64() : -1);
        case 'z' -> i64(arguments, size(choices));
        case 't' -> i64(arguments, wild ? choices.i64() : choices.below(1_000_000_000));
        case 'E' -> i32(arguments, wild ? choices.i32() : choices.below(16));
        default -> i32(arguments, wild ? choices.i32() : choices.below(6));
      }
    }
    return arguments;
  }

  /** A size that fills no disk: a small one, or one that no file can have. */
  private static long size(Choices choices) {
    return choices.oneIn(6) ? Long.MIN_VALUE | choices.i64() : choices.oneIn(6) ? Long.MAX_VALUE - choices.below(9)
        : choices.below(20_000);
  }

  private static int pointer(Choices choices) {
    return choices.oneIn(2) ? MEMORY - choices.below(70) : choices.i32();
  }

  private static void i32(List<Subject.Argument> arguments, int value) {
    arguments.add(new Subject.Argument(ValueType.I32, value));
  }

  private static void i64(List<Subject.Argument> arguments, long value) {
    arguments.add(new Subject.Argument(ValueType.I64, value));
  }
}
