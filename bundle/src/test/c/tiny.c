// The smallest program that does something: its module is cut at every byte by a test.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int fd_write(
    int fd, const void *vectors, int count, int *written);

static const char text[] = "tiny\n";

__attribute__((export_name("_start"))) void _start(void) {
  struct {
    const char *bytes;
    unsigned length;
  } vector = {text, sizeof text - 1};
  int written;
  if (fd_write(1, &vector, 1, &written) != 0) {
    __builtin_trap();
  }
}
