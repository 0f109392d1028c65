// Works on files under /data and says what it sees; any surprise ends it with exit code 1 and the line.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) {                                                     \
      fprintf(stderr, "line %d: %s, errno %d\n", __LINE__, #condition, errno); \
      return 1;                                                             \
    }                                                                       \
  } while (0)

static int count(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) {
    return -1;
  }
  int entries = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  }
  closedir(directory);
  return entries;
}

int main(void) {
  char text[64] = "";
  char path[64];
  struct stat stat_buffer;

  // What the host wrote.
  FILE *file = fopen("/data/from-host", "r");
  CHECK(file);
  CHECK(fgets(text, sizeof text, file));
  printf("host says: %s\n", text);
  fclose(file);

  // Write, append, seek, truncate, read back.
  file = fopen("/data/file", "w+");
  CHECK(file);
  CHECK(fputs("0123456789", file) >= 0);
  CHECK(fseek(file, 3, SEEK_SET) == 0);
  CHECK(fgetc(file) == '3');
  fclose(file);
  file = fopen("/data/file", "a");
  CHECK(file && fputs("abc", file) >= 0 && fclose(file) == 0);
  CHECK(stat("/data/file", &stat_buffer) == 0);
  CHECK(S_ISREG(stat_buffer.st_mode) && stat_buffer.st_size == 13);
  CHECK(truncate("/data/file", 5) == 0);
  CHECK(stat("/data/file", &stat_buffer) == 0 && stat_buffer.st_size == 5);

  // Names: many in a folder, rename, links, removal.
  CHECK(mkdir("/data/folder", 0777) == 0);
  CHECK(mkdir("/data/folder", 0777) == -1 && errno == EEXIST);
  for (int i = 0; i < 500; i++) {
    snprintf(path, sizeof path, "/data/folder/entry-with-a-long-name-%d", i);
    file = fopen(path, "w");
    CHECK(file && fclose(file) == 0);
  }
  CHECK(count("/data/folder") == 500);
  CHECK(rename("/data/folder/entry-with-a-long-name-7", "/data/moved") == 0);
  CHECK(count("/data/folder") == 499);
  CHECK(rmdir("/data/folder") == -1 && errno == ENOTEMPTY);
  CHECK(unlink("/data/folder") == -1);
  CHECK(symlink("file", "/data/link") == 0);
  CHECK(readlink("/data/link", text, sizeof text) == 4);
  CHECK(lstat("/data/link", &stat_buffer) == 0 && S_ISLNK(stat_buffer.st_mode));
  CHECK(stat("/data/link", &stat_buffer) == 0 && stat_buffer.st_size == 5);
  CHECK(link("/data/file", "/data/hard") == 0);
  CHECK(stat("/data/hard", &stat_buffer) == 0 && stat_buffer.st_nlink == 2);
  CHECK(unlink("/data/moved") == 0);
  CHECK(stat("/data/moved", &stat_buffer) == -1 && errno == ENOENT);

  // The way out is shut.
  CHECK(open("/data/../outside", O_RDONLY) == -1);
  CHECK(open("/etc/passwd", O_RDONLY) == -1);
  CHECK(open("/data/escape", O_RDONLY) == -1 && errno != ENOENT);
  CHECK(symlink("/etc/passwd", "/data/absolute") == -1 || open("/data/absolute", O_RDONLY) == -1);

  printf("all well\n");
  return 0;
}
