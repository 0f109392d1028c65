// What SQLite's file system layer uses and wasi-libc does not have: owners, permissions and locks, which WASI has not either. With
// the file system "unix-none", none of it is called.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_GETLK 5
#define F_SETLK 6

static inline int fchmod(int file, mode_t mode) {
  errno = ENOTSUP;
  return -1;
}

static inline int fchown(int file, uid_t user, gid_t group) {
  errno = ENOTSUP;
  return -1;
}

static inline uid_t geteuid(void) { return 1; }
