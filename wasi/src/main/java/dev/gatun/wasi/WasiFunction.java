package dev.gatun.wasi;

import dev.gatun.FuncType;
import dev.gatun.ValType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The 46 functions of WASI preview 1, a row each, with their types: i for i32, l for i64, parameters before the colon.
 * The name is the row's in lower case.
 */
enum WasiFunction {
  ARGS_GET("ii:i"),
  ARGS_SIZES_GET("ii:i"),
  ENVIRON_GET("ii:i"),
  ENVIRON_SIZES_GET("ii:i"),
  CLOCK_RES_GET("ii:i"),
  CLOCK_TIME_GET("ili:i"),
  FD_ADVISE("illi:i"),
  FD_ALLOCATE("ill:i"),
  FD_CLOSE("i:i"),
  FD_DATASYNC("i:i"),
  FD_FDSTAT_GET("ii:i"),
  FD_FDSTAT_SET_FLAGS("ii:i"),
  FD_FDSTAT_SET_RIGHTS("ill:i"),
  FD_FILESTAT_GET("ii:i"),
  FD_FILESTAT_SET_SIZE("il:i"),
  FD_FILESTAT_SET_TIMES("illi:i"),
  FD_PREAD("iiili:i"),
  FD_PRESTAT_GET("ii:i"),
  FD_PRESTAT_DIR_NAME("iii:i"),
  FD_PWRITE("iiili:i"),
  FD_READ("iiii:i"),
  FD_READDIR("iiili:i"),
  FD_RENUMBER("ii:i"),
  FD_SEEK("ilii:i"),
  FD_SYNC("i:i"),
  FD_TELL("ii:i"),
  FD_WRITE("iiii:i"),
  PATH_CREATE_DIRECTORY("iii:i"),
  PATH_FILESTAT_GET("iiiii:i"),
  PATH_FILESTAT_SET_TIMES("iiiilli:i"),
  PATH_LINK("iiiiiii:i"),
  PATH_OPEN("iiiiillii:i"),
  PATH_READLINK("iiiiii:i"),
  PATH_REMOVE_DIRECTORY("iii:i"),
  PATH_RENAME("iiiiii:i"),
  PATH_SYMLINK("iiiii:i"),
  PATH_UNLINK_FILE("iii:i"),
  POLL_ONEOFF("iiii:i"),
  PROC_EXIT("i:"),
  PROC_RAISE("i:i"),
  SCHED_YIELD(":i"),
  RANDOM_GET("ii:i"),
  SOCK_ACCEPT("iii:i"),
  SOCK_RECV("iiiiii:i"),
  SOCK_SEND("iiiii:i"),
  SOCK_SHUTDOWN("ii:i");

  private static final Map<String, WasiFunction> BY_NAME = new HashMap<>();

  static {
    for (WasiFunction function : values()) {
      BY_NAME.put(function.text, function);
    }
  }

  private final String text = name().toLowerCase(Locale.ROOT);
  private final String signature;

  WasiFunction(String signature) {
    this.signature = signature;
  }

  /** The function of a name, or null. */
  static @Nullable WasiFunction of(String name) {
    return BY_NAME.get(name);
  }

  /** The name under which modules import it. */
  String text() {
    return text;
  }

  /** Its type. */
  FuncType type() {
    int colon = signature.indexOf(':');
    ValType[] params = new ValType[colon];
    for (int i = 0; i < colon; i++) {
      params[i] = signature.charAt(i) == 'l' ? ValType.I64 : ValType.I32;
    }
    return new FuncType(List.of(params), colon + 1 == signature.length() ? List.of() : List.of(ValType.I32));
  }
}
