/*
 * What differs between architectures: the record that names a signal's handler, where a handler finds the registers of
 * the thread, the numbers of the system calls, and the open flags that are not the same everywhere. Read by jextract
 * only; nothing is compiled.
 */
#define _GNU_SOURCE
#include <asm/hwcap.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* The kernel's own struct sigaction, which differs from libc's; renamed, since its header clashes with libc's. */
#define sigaction kernel_sigaction
#define sigset_t kernel_sigset_t
#define stack_t kernel_stack_t
#define sigaltstack kernel_sigaltstack
#define siginfo_t kernel_siginfo_t
#undef sa_handler
#include <asm/signal.h>
#undef sigaction
#undef sigset_t
#undef stack_t
#undef sigaltstack
#undef siginfo_t

enum {
  SIGACTION_SIZE = sizeof(struct kernel_sigaction),
  SIGACTION_HANDLER = offsetof(struct kernel_sigaction, sa_handler),
  SIGNAL_MASK_SIZE = sizeof(kernel_sigset_t),
  SIGINFO_CODE = offsetof(siginfo_t, si_code),
  SIGINFO_ADDRESS = offsetof(siginfo_t, si_addr),
  UCONTEXT_REGISTERS = offsetof(ucontext_t, uc_mcontext.regs),
  UCONTEXT_SP = offsetof(ucontext_t, uc_mcontext.sp),
  UCONTEXT_PC = offsetof(ucontext_t, uc_mcontext.pc),
};
