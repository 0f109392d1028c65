package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.ImportProvider;
import dev.gatun.ValType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WasiFunctionTest {
  /** As the specification lists them. */
  private static final List<String> NAMES =
      List.of(
          "args_get", "args_sizes_get", "environ_get", "environ_sizes_get", "clock_res_get", "clock_time_get",
          "fd_advise",
          "fd_allocate", "fd_close", "fd_datasync", "fd_fdstat_get", "fd_fdstat_set_flags", "fd_fdstat_set_rights",
          "fd_filestat_get", "fd_filestat_set_size", "fd_filestat_set_times", "fd_pread", "fd_prestat_get",
          "fd_prestat_dir_name", "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek", "fd_sync", "fd_tell",
          "fd_write", "path_create_directory", "path_filestat_get", "path_filestat_set_times", "path_link", "path_open",
          "path_readlink", "path_remove_directory", "path_rename", "path_symlink", "path_unlink_file", "poll_oneoff",
          "proc_exit", "proc_raise", "sched_yield", "random_get", "sock_accept", "sock_recv", "sock_send",
          "sock_shutdown");

  private static final FuncType PATH_OPEN =
      new FuncType(
          List.of(
              ValType.I32, ValType.I32, ValType.I32, ValType.I32, ValType.I32, ValType.I64, ValType.I64, ValType.I32,
              ValType.I32),
          List.of(ValType.I32));

  @Test
  void tableHasAllFunctions() {
    Set<String> found = new HashSet<>();
    for (WasiFunction function : WasiFunction.values()) {
      found.add(function.text());
    }
    assertEquals(46, found.size());
    assertEquals(new HashSet<>(NAMES), found);
  }

  @Test
  void typesAreTheSpecifications() {
    assertEquals(PATH_OPEN, WasiFunction.PATH_OPEN.type());
    assertEquals(new FuncType(List.of(ValType.I32), List.of()), WasiFunction.PROC_EXIT.type());
    assertEquals(new FuncType(List.of(), List.of(ValType.I32)), WasiFunction.SCHED_YIELD.type());
    assertEquals(
        new FuncType(List.of(ValType.I32, ValType.I64, ValType.I32), List.of(ValType.I32)),
        WasiFunction.CLOCK_TIME_GET.type());
  }

  @Test
  void everyFunctionIsProvidedUnderItsTypeOnly() throws Exception {
    try (Wasi wasi = Wasi.builder().build()) {
      ImportProvider provider = wasi.imports();
      for (String name : NAMES) {
        WasiFunction function = WasiFunction.of(name);
        assertNotNull(function, name);
        HostFunction found = provider.find(Wasi.MODULE, name, function.type());
        assertNotNull(found, name);
      }
      assertNull(provider.find(Wasi.MODULE, "path_open", WasiFunction.PROC_EXIT.type()));
      assertNull(provider.find("env", "path_open", PATH_OPEN));
      assertNull(provider.find(Wasi.MODULE, "PATH_OPEN", PATH_OPEN));
    }
  }
}
