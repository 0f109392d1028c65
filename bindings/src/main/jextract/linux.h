/* What Gatun asks of libc on Linux. Read by jextract only; nothing is compiled. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <linux/membarrier.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Sizes and offsets of the structures that pass through memory, as plain numbers: layout objects cost start-up time. */
enum {
  OPEN_HOW_SIZE = sizeof(struct open_how),
  OPEN_HOW_FLAGS = offsetof(struct open_how, flags),
  OPEN_HOW_MODE = offsetof(struct open_how, mode),
  OPEN_HOW_RESOLVE = offsetof(struct open_how, resolve),
  TIMESPEC_SIZE = sizeof(struct timespec),
  TIMESPEC_SECONDS = offsetof(struct timespec, tv_sec),
  TIMESPEC_NANOSECONDS = offsetof(struct timespec, tv_nsec),
  STX_SIZE = sizeof(struct statx),
  STX_NLINK = offsetof(struct statx, stx_nlink),
  STX_MODE = offsetof(struct statx, stx_mode),
  STX_UID = offsetof(struct statx, stx_uid),
  STX_INODE = offsetof(struct statx, stx_ino),
  STX_LENGTH = offsetof(struct statx, stx_size),
  STX_ATIME_SECONDS = offsetof(struct statx, stx_atime.tv_sec),
  STX_ATIME_NANOSECONDS = offsetof(struct statx, stx_atime.tv_nsec),
  STX_CTIME_SECONDS = offsetof(struct statx, stx_ctime.tv_sec),
  STX_CTIME_NANOSECONDS = offsetof(struct statx, stx_ctime.tv_nsec),
  STX_MTIME_SECONDS = offsetof(struct statx, stx_mtime.tv_sec),
  STX_MTIME_NANOSECONDS = offsetof(struct statx, stx_mtime.tv_nsec),
  STX_DEVICE_MAJOR = offsetof(struct statx, stx_dev_major),
  STX_DEVICE_MINOR = offsetof(struct statx, stx_dev_minor),
  POLLFD_SIZE = sizeof(struct pollfd),
  POLLFD_FD = offsetof(struct pollfd, fd),
  POLLFD_EVENTS = offsetof(struct pollfd, events),
  POLLFD_REVENTS = offsetof(struct pollfd, revents),
  DIRENT_INODE = offsetof(struct dirent64, d_ino),
  DIRENT_OFFSET = offsetof(struct dirent64, d_off),
  DIRENT_RECORD_LENGTH = offsetof(struct dirent64, d_reclen),
  DIRENT_TYPE = offsetof(struct dirent64, d_type),
  DIRENT_NAME = offsetof(struct dirent64, d_name),
};
