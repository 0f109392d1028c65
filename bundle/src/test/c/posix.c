// What C programs ask of WASI, function by function, with the errors that each can give. /data is a directory that may be
// changed, /fixed one that may not and has the file "kept", /other another one. Prints what is not as it should be; with an
// argument, leaves out what file systems without links don't have.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int checks, failures;

static void report(int line, const char *what, long result, int error) {
  failures++;
  printf("line %d: %s gave %ld, errno %d (%s)\n", line, what, result, error, strerror(error));
}

// Expects success.
#define OK(call) \
  do { \
    checks++; \
    errno = 0; \
    long result_ = (long)(call); \
    if (result_ < 0) report(__LINE__, #call, result_, errno); \
  } while (0)

// Expects a result.
#define IS(expected, call) \
  do { \
    checks++; \
    errno = 0; \
    long result_ = (long)(call); \
    if (result_ != (long)(expected)) report(__LINE__, #call, result_, errno); \
  } while (0)

// Expects an error.
#define FAILS(error, call) \
  do { \
    checks++; \
    errno = 0; \
    long result_ = (long)(call); \
    if (result_ != -1 || errno != (error)) report(__LINE__, #call, result_, errno); \
  } while (0)

static void opening(void) {
  int fd = open("/data/file", O_RDWR | O_CREAT | O_EXCL, 0666);
  OK(fd);
  FAILS(EEXIST, open("/data/file", O_RDWR | O_CREAT | O_EXCL, 0666));
  FAILS(ENOENT, open("/data/none", O_RDWR));
  FAILS(ENOENT, open("/data/none/file", O_RDWR | O_CREAT, 0666));
  FAILS(ENOTDIR, open("/data/file/below", O_RDWR | O_CREAT, 0666));
  FAILS(ENOTDIR, open("/data/file", O_RDONLY | O_DIRECTORY));
  FAILS(EISDIR, open("/data", O_RDWR));
  FAILS(ENOTCAPABLE, open("", O_RDONLY)); // the library finds no directory for it
  FAILS(EROFS, open("/fixed/new", O_RDWR | O_CREAT, 0666));
  FAILS(EROFS, open("/fixed/kept", O_WRONLY | O_TRUNC));
  IS(5, write(fd, "hello", 5));
  OK(close(fd));
  FAILS(EBADF, close(fd));
  FAILS(EBADF, write(fd, "x", 1));
  fd = open("/data/file", O_WRONLY | O_APPEND);
  OK(fd);
  IS(O_APPEND | O_WRONLY, fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE));
  IS(6, write(fd, " world", 6));
  FAILS(EBADF, read(fd, &(char){0}, 1));
  OK(close(fd));
  fd = open("/data/file", O_RDONLY);
  FAILS(EBADF, write(fd, "x", 1));
  char text[20] = {0};
  IS(11, read(fd, text, sizeof text));
  IS(0, strcmp(text, "hello world"));
  IS(0, read(fd, text, 1));
  OK(close(fd));
  fd = open("/data/file", O_RDWR | O_TRUNC);
  struct stat status;
  OK(fstat(fd, &status));
  IS(0, status.st_size);
  IS(1, S_ISREG(status.st_mode));
  OK(close(fd));
}

static void reading(void) {
  int fd = open("/data/file", O_RDWR);
  struct iovec parts[] = {{"one ", 4}, {"", 0}, {"two ", 4}, {"three", 5}};
  IS(13, writev(fd, parts, 4));
  char a[5] = {0}, b[20] = {0};
  struct iovec into[] = {{a, 4}, {b, sizeof b}};
  IS(0, lseek(fd, 0, SEEK_SET));
  IS(13, readv(fd, into, 2));
  IS(0, strcmp(a, "one ") | strcmp(b, "two three"));
  IS(13, lseek(fd, 0, SEEK_CUR));
  IS(8, lseek(fd, -5, SEEK_END));
  IS(9, lseek(fd, 1, SEEK_CUR));
  FAILS(EINVAL, lseek(fd, -100, SEEK_CUR));
  FAILS(EINVAL, lseek(fd, 0, 9));
  IS(3, pread(fd, a, 3, 4));
  IS(0, memcmp(a, "two", 3));
  IS(3, pwrite(fd, "TWO", 3, 4));
  IS(9, lseek(fd, 0, SEEK_CUR));
  IS(0, pread(fd, a, 3, 1000));
  OK(ftruncate(fd, 7));
  OK(ftruncate(fd, 100));
  FAILS(EINVAL, ftruncate(fd, -1));
  IS(100, lseek(fd, 0, SEEK_END));
  IS(0, posix_fallocate(fd, 50, 100));
  IS(150, lseek(fd, 0, SEEK_END));
  IS(0, posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  OK(fsync(fd));
  OK(fdatasync(fd));
  IS(3, pread(fd, b, 3, 4));
  IS(0, memcmp(b, "TWO", 3));
  IS(1, pread(fd, b, 1, 99));
  IS(0, b[0]);
  OK(close(fd));
}

static void naming(void) {
  OK(mkdir("/data/directory", 0777));
  FAILS(EEXIST, mkdir("/data/directory", 0777));
  FAILS(ENOENT, mkdir("/data/none/directory", 0777));
  FAILS(ENOTDIR, mkdir("/data/file/directory", 0777));
  FAILS(EROFS, mkdir("/fixed/directory", 0777));
  OK(close(open("/data/directory/inner", O_WRONLY | O_CREAT, 0666)));
  FAILS(ENOTEMPTY, rmdir("/data/directory"));
  FAILS(ENOTDIR, rmdir("/data/file"));
  FAILS(ENOENT, rmdir("/data/none"));
  FAILS(EISDIR, unlink("/data/directory"));
  FAILS(ENOENT, unlink("/data/none"));
  FAILS(EROFS, unlink("/fixed/kept"));
  OK(rename("/data/directory/inner", "/data/moved"));
  FAILS(ENOENT, rename("/data/none", "/data/moved"));
  FAILS(EISDIR, rename("/data/moved", "/data/directory"));
  FAILS(ENOTDIR, rename("/data/directory", "/data/moved"));
  FAILS(EINVAL, rename("/data/directory", "/data/directory/below"));
  FAILS(EROFS, rename("/fixed/kept", "/data/kept"));
  OK(rename("/data/moved", "/data/file"));
  OK(rmdir("/data/directory"));
  struct stat status;
  FAILS(ENOENT, stat("/data/moved", &status));
  OK(stat("/data", &status));
  IS(1, S_ISDIR(status.st_mode));
  // Out of what was given.
  FAILS(ENOTCAPABLE, stat("/data/..", &status));
  FAILS(ENOTCAPABLE, open("/data/../other/x", O_RDONLY));
  FAILS(ENOTCAPABLE, stat("/etc/passwd", &status));
}

static void linking(void) {
  OK(symlink("file", "/data/soft"));
  FAILS(EEXIST, symlink("file", "/data/soft"));
  FAILS(EROFS, symlink("file", "/fixed/soft"));
  FAILS(ENOTCAPABLE, symlink("/data/file", "/data/absolute"));
  char target[20] = {0};
  IS(4, readlink("/data/soft", target, sizeof target));
  IS(2, readlink("/data/soft", target, 2));
  FAILS(EINVAL, readlink("/data/file", target, sizeof target));
  struct stat status;
  OK(lstat("/data/soft", &status));
  IS(1, S_ISLNK(status.st_mode));
  OK(stat("/data/soft", &status));
  IS(1, S_ISREG(status.st_mode));
  FAILS(ELOOP, open("/data/soft", O_RDONLY | O_NOFOLLOW));
  OK(symlink("loop", "/data/loop"));
  FAILS(ELOOP, stat("/data/loop", &status));
  OK(symlink("nothing", "/data/dangling"));
  FAILS(ENOENT, stat("/data/dangling", &status));
  OK(symlink("../other/x", "/data/out"));
  FAILS(ENOTCAPABLE, open("/data/out", O_RDONLY));
  FAILS(ENOTCAPABLE, open("/data/out", O_WRONLY | O_CREAT, 0666));
  OK(link("/data/file", "/data/hard"));
  FAILS(EEXIST, link("/data/file", "/data/hard"));
  FAILS(ENOENT, link("/data/none", "/data/hard2"));
  FAILS(EROFS, link("/fixed/kept", "/data/kept"));
  OK(unlink("/data/soft"));
  OK(unlink("/data/loop"));
  OK(unlink("/data/dangling"));
  OK(unlink("/data/out"));
  OK(unlink("/data/hard"));
}

static void listing(void) {
  OK(mkdir("/data/list", 0777));
  char name[40];
  for (int i = 0; i < 300; i++) {
    snprintf(name, sizeof name, "/data/list/%03d-some-name", i);
    OK(close(open(name, O_WRONLY | O_CREAT, 0666)));
  }
  char seen[300] = {0};
  int dots = 0, entries = 0;
  DIR *directory = opendir("/data/list");
  IS(1, directory != NULL);
  struct dirent *entry;
  while ((entry = readdir(directory)) != NULL) {
    if (entry->d_name[0] == '.') {
      dots++;
      continue;
    }
    entries++;
    seen[atoi(entry->d_name)]++;
    IS(DT_REG, entry->d_type);
    if (entries % 3 == 0) { // changes while it is listed
      snprintf(name, sizeof name, "/data/list/%s", entry->d_name);
      OK(unlink(name));
    }
  }
  OK(closedir(directory));
  IS(300, entries);
  for (int i = 0; i < 300; i++) IS(1, seen[i]);
  IS(1, opendir("/data/none") == NULL && errno == ENOENT);
  IS(1, opendir("/data/file") == NULL && errno == ENOTDIR);
  directory = opendir("/data/list");
  while ((entry = readdir(directory)) != NULL) {
    if (entry->d_name[0] != '.') {
      snprintf(name, sizeof name, "/data/list/%s", entry->d_name);
      OK(unlink(name));
    }
  }
  OK(closedir(directory));
  OK(rmdir("/data/list"));
}

static void timing(void) {
  struct timespec times[2] = {{1000, 5000}, {2000, 7000}};
  OK(utimensat(AT_FDCWD, "/data/file", times, 0));
  struct stat status;
  OK(stat("/data/file", &status));
  IS(1000, status.st_atim.tv_sec);
  IS(2000, status.st_mtim.tv_sec);
  int fd = open("/data/file", O_RDWR);
  times[1].tv_sec = 3000;
  OK(futimens(fd, times));
  OK(fstat(fd, &status));
  IS(1000, status.st_atim.tv_sec);
  IS(3000, status.st_mtim.tv_sec);
  OK(close(fd));
  FAILS(EROFS, utimensat(AT_FDCWD, "/fixed/kept", NULL, 0));
  FAILS(ENOENT, utimensat(AT_FDCWD, "/data/none", NULL, 0));

  struct timespec before, after, step;
  OK(clock_gettime(CLOCK_MONOTONIC, &before));
  OK(clock_getres(CLOCK_REALTIME, &step));
  IS(0, clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, 20000000}, NULL));
  OK(clock_gettime(CLOCK_MONOTONIC, &after));
  IS(1, (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec >= 20000000);
  after.tv_nsec += 10000000;
  if (after.tv_nsec >= 1000000000) after.tv_sec++, after.tv_nsec -= 1000000000;
  IS(0, clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &after, NULL));
  OK(sched_yield());
}

static void streams(void) {
  struct pollfd fds[] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
  IS(2, poll(fds, 2, 1000));
  IS(1, (fds[0].revents & POLLIN) != 0 && (fds[1].revents & POLLOUT) != 0);
  IS(0, poll(fds, 0, 10));
  char text[10] = {0};
  IS(5, read(0, text, sizeof text));
  IS(0, strcmp(text, "input"));
  IS(0, read(0, text, sizeof text));
  FAILS(EBADF, read(1, text, 1));
  FAILS(ESPIPE, lseek(1, 0, SEEK_CUR));
  IS(0, isatty(1));
  char bytes[2000] = {0};
  OK(getentropy(bytes, 256));
  int different = 0;
  for (int i = 1; i < 256; i++) different += bytes[i] != bytes[0];
  IS(1, different > 100);
  IS(0, strcmp(getenv("NAME"), "value"));
  IS(1, getenv("NONE") == NULL);
}

int main(int argc, char **argv) {
  opening();
  reading();
  naming();
  if (argc == 1) linking();
  listing();
  timing();
  streams();
  OK(unlink("/data/file"));
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}
