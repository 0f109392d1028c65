package dev.gatun.wasi;

import dev.gatun.bindings.linux.LibC;
import java.util.Arrays;

/** Error numbers of WASI preview 1, all of them, and what the host's become there. */
final class Errno {
  private Errno() {}

  static final int SUCCESS = 0;
  static final int TOO_BIG = 1;
  static final int ACCES = 2;
  static final int ADDRINUSE = 3;
  static final int ADDRNOTAVAIL = 4;
  static final int AFNOSUPPORT = 5;
  static final int AGAIN = 6;
  static final int ALREADY = 7;
  static final int BADF = 8;
  static final int BADMSG = 9;
  static final int BUSY = 10;
  static final int CANCELED = 11;
  static final int CHILD = 12;
  static final int CONNABORTED = 13;
  static final int CONNREFUSED = 14;
  static final int CONNRESET = 15;
  static final int DEADLK = 16;
  static final int DESTADDRREQ = 17;
  static final int DOM = 18;
  static final int DQUOT = 19;
  static final int EXIST = 20;
  static final int FAULT = 21;
  static final int FBIG = 22;
  static final int HOSTUNREACH = 23;
  static final int IDRM = 24;
  static final int ILSEQ = 25;
  static final int INPROGRESS = 26;
  static final int INTR = 27;
  static final int INVAL = 28;
  static final int IO = 29;
  static final int ISCONN = 30;
  static final int ISDIR = 31;
  static final int LOOP = 32;
  static final int MFILE = 33;
  static final int MLINK = 34;
  static final int MSGSIZE = 35;
  static final int MULTIHOP = 36;
  static final int NAMETOOLONG = 37;
  static final int NETDOWN = 38;
  static final int NETRESET = 39;
  static final int NETUNREACH = 40;
  static final int NFILE = 41;
  static final int NOBUFS = 42;
  static final int NODEV = 43;
  static final int NOENT = 44;
  static final int NOEXEC = 45;
  static final int NOLCK = 46;
  static final int NOLINK = 47;
  static final int NOMEM = 48;
  static final int NOMSG = 49;
  static final int NOPROTOOPT = 50;
  static final int NOSPC = 51;
  static final int NOSYS = 52;
  static final int NOTCONN = 53;
  static final int NOTDIR = 54;
  static final int NOTEMPTY = 55;
  static final int NOTRECOVERABLE = 56;
  static final int NOTSOCK = 57;
  static final int NOTSUP = 58;
  static final int NOTTY = 59;
  static final int NXIO = 60;
  static final int OVERFLOW = 61;
  static final int OWNERDEAD = 62;
  static final int PERM = 63;
  static final int PIPE = 64;
  static final int PROTO = 65;
  static final int PROTONOSUPPORT = 66;
  static final int PROTOTYPE = 67;
  static final int RANGE = 68;
  static final int ROFS = 69;
  static final int SPIPE = 70;
  static final int SRCH = 71;
  static final int STALE = 72;
  static final int TIMEDOUT = 73;
  static final int TXTBSY = 74;
  static final int XDEV = 75;
  static final int NOTCAPABLE = 76;

  private static final byte[] MAP = new byte[256];

  static {
    Arrays.fill(MAP, (byte) IO);
    MAP[LibC.E2BIG()] = (byte) TOO_BIG;
    MAP[LibC.EACCES()] = (byte) ACCES;
    MAP[LibC.EADDRINUSE()] = (byte) ADDRINUSE;
    MAP[LibC.EADDRNOTAVAIL()] = (byte) ADDRNOTAVAIL;
    MAP[LibC.EAFNOSUPPORT()] = (byte) AFNOSUPPORT;
    MAP[LibC.EAGAIN()] = (byte) AGAIN;
    MAP[LibC.EALREADY()] = (byte) ALREADY;
    MAP[LibC.EBADF()] = (byte) BADF;
    MAP[LibC.EBADMSG()] = (byte) BADMSG;
    MAP[LibC.EBUSY()] = (byte) BUSY;
    MAP[LibC.ECANCELED()] = (byte) CANCELED;
    MAP[LibC.ECHILD()] = (byte) CHILD;
    MAP[LibC.ECONNABORTED()] = (byte) CONNABORTED;
    MAP[LibC.ECONNREFUSED()] = (byte) CONNREFUSED;
    MAP[LibC.ECONNRESET()] = (byte) CONNRESET;
    MAP[LibC.EDEADLK()] = (byte) DEADLK;
    MAP[LibC.EDESTADDRREQ()] = (byte) DESTADDRREQ;
    MAP[LibC.EDOM()] = (byte) DOM;
    MAP[LibC.EDQUOT()] = (byte) DQUOT;
    MAP[LibC.EEXIST()] = (byte) EXIST;
    MAP[LibC.EFAULT()] = (byte) FAULT;
    MAP[LibC.EFBIG()] = (byte) FBIG;
    MAP[LibC.EHOSTUNREACH()] = (byte) HOSTUNREACH;
    MAP[LibC.EIDRM()] = (byte) IDRM;
    MAP[LibC.EILSEQ()] = (byte) ILSEQ;
    MAP[LibC.EINPROGRESS()] = (byte) INPROGRESS;
    MAP[LibC.EINTR()] = (byte) INTR;
    MAP[LibC.EINVAL()] = (byte) INVAL;
    MAP[LibC.EIO()] = (byte) IO;
    MAP[LibC.EISCONN()] = (byte) ISCONN;
    MAP[LibC.EISDIR()] = (byte) ISDIR;
    MAP[LibC.ELOOP()] = (byte) LOOP;
    MAP[LibC.EMFILE()] = (byte) MFILE;
    MAP[LibC.EMLINK()] = (byte) MLINK;
    MAP[LibC.EMSGSIZE()] = (byte) MSGSIZE;
    MAP[LibC.EMULTIHOP()] = (byte) MULTIHOP;
    MAP[LibC.ENAMETOOLONG()] = (byte) NAMETOOLONG;
    MAP[LibC.ENETDOWN()] = (byte) NETDOWN;
    MAP[LibC.ENETRESET()] = (byte) NETRESET;
    MAP[LibC.ENETUNREACH()] = (byte) NETUNREACH;
    MAP[LibC.ENFILE()] = (byte) NFILE;
    MAP[LibC.ENOBUFS()] = (byte) NOBUFS;
    MAP[LibC.ENODEV()] = (byte) NODEV;
    MAP[LibC.ENOENT()] = (byte) NOENT;
    MAP[LibC.ENOEXEC()] = (byte) NOEXEC;
    MAP[LibC.ENOLCK()] = (byte) NOLCK;
    MAP[LibC.ENOLINK()] = (byte) NOLINK;
    MAP[LibC.ENOMEM()] = (byte) NOMEM;
    MAP[LibC.ENOMSG()] = (byte) NOMSG;
    MAP[LibC.ENOPROTOOPT()] = (byte) NOPROTOOPT;
    MAP[LibC.ENOSPC()] = (byte) NOSPC;
    MAP[LibC.ENOSYS()] = (byte) NOSYS;
    MAP[LibC.ENOTCONN()] = (byte) NOTCONN;
    MAP[LibC.ENOTDIR()] = (byte) NOTDIR;
    MAP[LibC.ENOTEMPTY()] = (byte) NOTEMPTY;
    MAP[LibC.ENOTRECOVERABLE()] = (byte) NOTRECOVERABLE;
    MAP[LibC.ENOTSOCK()] = (byte) NOTSOCK;
    MAP[LibC.EOPNOTSUPP()] = (byte) NOTSUP;
    MAP[LibC.ENOTTY()] = (byte) NOTTY;
    MAP[LibC.ENXIO()] = (byte) NXIO;
    MAP[LibC.EOVERFLOW()] = (byte) OVERFLOW;
    MAP[LibC.EOWNERDEAD()] = (byte) OWNERDEAD;
    MAP[LibC.EPERM()] = (byte) PERM;
    MAP[LibC.EPIPE()] = (byte) PIPE;
    MAP[LibC.EPROTO()] = (byte) PROTO;
    MAP[LibC.EPROTONOSUPPORT()] = (byte) PROTONOSUPPORT;
    MAP[LibC.EPROTOTYPE()] = (byte) PROTOTYPE;
    MAP[LibC.ERANGE()] = (byte) RANGE;
    MAP[LibC.EROFS()] = (byte) ROFS;
    MAP[LibC.ESPIPE()] = (byte) SPIPE;
    MAP[LibC.ESRCH()] = (byte) SRCH;
    MAP[LibC.ESTALE()] = (byte) STALE;
    MAP[LibC.ETIMEDOUT()] = (byte) TIMEDOUT;
    MAP[LibC.ETXTBSY()] = (byte) TXTBSY;
    // Path resolution reports an attempt to leave the directory so; nothing else here crosses devices but rename and
    // link.
    MAP[LibC.EXDEV()] = (byte) NOTCAPABLE;
  }

  /** The error of a system call's result: a negated host error number, or no error. One that WASI lacks is IO. */
  static int of(long result) {
    return result >= 0 ? SUCCESS : -result < MAP.length ? MAP[(int) -result] : IO;
  }
}
