/*
 * What differs between architectures: where a signal handler finds the registers of the thread, the numbers of the system
 * calls, and the open flags that are not the same everywhere. Read by jextract only; nothing is compiled.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>

enum {
  SIGINFO_CODE = offsetof(siginfo_t, si_code),
  SIGINFO_ADDRESS = offsetof(siginfo_t, si_addr),
  UCONTEXT_R14 = offsetof(ucontext_t, uc_mcontext.gregs[REG_R14]),
  UCONTEXT_RBP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RBP]),
  UCONTEXT_RSP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RSP]),
  UCONTEXT_RIP = offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]),
};
