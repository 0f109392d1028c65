package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.SystemCall;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  /** The specification's names in the order of their numbers, from 1 on. */
  private static final List<String> NAMES =
      List.of(
          "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG", "BUSY",
          "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT",
          "EXIST", "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN",
          "ISDIR", "LOOP", "MFILE", "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN", "NETRESET",
          "NETUNREACH", "NFILE", "NOBUFS", "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM", "NOMSG",
          "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN", "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK", "NOTSUP",
          "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD", "PERM", "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE", "RANGE",
          "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT", "TXTBSY", "XDEV", "NOTCAPABLE");

  private static String host(String name) {
    return name.equals("NOTSUP") ? "EOPNOTSUPP" : "E" + name;
  }

  @Test
  void numbersAreTheSpecifications() throws IllegalAccessException {
    Map<String, Integer> constants = new HashMap<>();
    for (Field field : Errno.class.getDeclaredFields()) {
      if (field.getType() == int.class && Modifier.isStatic(field.getModifiers())) {
        constants.put(field.getName(), field.getInt(null));
      }
    }
    Map<String, Integer> expected = new HashMap<>(Map.of("SUCCESS", 0));
    for (String name : NAMES) {
      expected.put(name.equals("2BIG") ? "TOO_BIG" : name, NAMES.indexOf(name) + 1);
    }
    assertEquals(expected, constants);
  }

  /** Whatever the host may say becomes the number of the same name, and what WASI does not know an IO error. */
  @Test
  void errorsOfTheHostKeepTheirNames() {
    Set<String> seen = new HashSet<>();
    for (int error = 1; error < 300; error++) {
      String name = SystemCall.errorName(error);
      int number = Errno.of(-error);
      if (name.equals("EXDEV")) {
        assertEquals(Errno.NOTCAPABLE, number); // of path resolution
      } else if (number != Errno.IO || name.equals("EIO")) {
        assertEquals(host(NAMES.get(number - 1)), name);
      }
      if (name.startsWith("E")) {
        seen.add(name);
      }
    }
    for (String name : NAMES) {
      assertTrue(seen.contains(host(name)) || name.equals("NOTCAPABLE"), name);
    }
    assertEquals(75, seen.size());
    assertEquals(Errno.IO, Errno.of(-4095));
    assertEquals(Errno.SUCCESS, Errno.of(0));
    assertEquals(Errno.SUCCESS, Errno.of(7));
  }
}
