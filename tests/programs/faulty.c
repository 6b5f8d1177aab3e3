/*
 * faulty - lets calls of a program fail.  Linked into keelson and into
 * checkpoint-agent, with sanitizers; tests/lib/faults.py drives it.
 *
 * Each call below is taken over by the linker (--wrap), in our objects and in
 * the libraries that are linked statically; what the C library calls inside
 * itself is not.  Calls belong to kinds.  Which one fails is said in a page of
 * shared memory, the file that is open as descriptor FAULTY_FD when the program
 * starts: the n-th call of a kind, alone or with all that follow, counted over
 * all processes that it starts.  Without that descriptor nothing fails.
 *
 * The Makefile takes the names of the calls from the lines of this file.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define FAULTY_FD 99

/* In the order of KINDS in tests/lib/faults.py. */
enum kind { NONE, MEMORY, OPEN, DESCRIPTOR, PROCESS, READ, WRITE, PATH, KINDS };

static const int errors[KINDS] = {
	[MEMORY] = ENOMEM,
	[OPEN] = EMFILE,
	[DESCRIPTOR] = EMFILE,
	[PROCESS] = EAGAIN,
	[READ] = EIO,
	[WRITE] = ENOSPC,
	[PATH] = EIO,
};

/* The page; faults.py packs and unpacks it. */
struct plan {
	_Atomic uint64_t kind;  /* that fails; NONE: none */
	_Atomic uint64_t at;    /* the first call that fails, from 1 */
	_Atomic uint64_t lasts; /* all that follow fail as well */
	_Atomic uint64_t failed;
	_Atomic uint64_t calls[KINDS];
};

static struct plan *plan;

/* What a sanitizer finds ends the program with a status of its own, also in a
 * process whose environment is empty. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "exitcode=99:detect_stack_use_after_return=1";
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:exitcode=99";
}

/* The constructor also reads what the C library would open later, when a
 * process may not open files any more. */
__attribute__((constructor)) static void find_plan(void)
{
	void *page = (void *)syscall(SYS_mmap, NULL, sizeof(*plan),
		PROT_READ | PROT_WRITE, MAP_SHARED, FAULTY_FD, (off_t)0);

	if (page != MAP_FAILED)
		plan = page;
	tzset();
}

/* A process with a filter of system calls cannot look for leaks at its end. */
static bool is_confined;

int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return is_confined;
}

int __real_prctl(int option, ...);
int __wrap_prctl(int option, ...);

int __wrap_prctl(int option, ...)
{
	unsigned long a[4];
	va_list more;

	va_start(more, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(more, unsigned long);
	va_end(more);
	is_confined |= option == PR_SET_SECCOMP;
	return __real_prctl(option, a[0], a[1], a[2], a[3]);
}

static bool fails(enum kind kind)
{
	uint64_t n;

	if (!plan || kind == NONE)
		return false;
	n = atomic_fetch_add(&plan->calls[kind], 1) + 1;
	if (plan->kind != kind || (plan->lasts ? n < plan->at : n != plan->at))
		return false;
	atomic_fetch_add(&plan->failed, 1);
	errno = errors[kind];
	return true;
}

#define WRAP(kind, type, bad, name, parameters, arguments)                     \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return fails(kind) ? bad : __real_##name arguments;            \
	}

/* The fourth or third argument is the mode; read even where there is none. */
#define WRAP_OPEN(name, parameters, arguments, last)                           \
	int __real_##name parameters;                                          \
	int __wrap_##name parameters;                                          \
	int __wrap_##name parameters                                           \
	{                                                                      \
		mode_t mode;                                                   \
		va_list more;                                                  \
                                                                               \
		va_start(more, last);                                          \
		mode = va_arg(more, mode_t);                                   \
		va_end(more);                                                  \
		return fails(OPEN) ? -1 : __real_##name arguments;             \
	}

/* clang-format off */
WRAP(MEMORY, void *, NULL, malloc, (size_t n), (n))
WRAP(MEMORY, void *, NULL, calloc, (size_t n, size_t size), (n, size))
WRAP(MEMORY, void *, NULL, realloc, (void *p, size_t n), (p, n))
WRAP(MEMORY, void *, MAP_FAILED, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t at), (p, n, prot, flags, fd, at))
WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode), flags)
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), flags)
WRAP(OPEN, FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
WRAP(OPEN, FILE *, NULL, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(OPEN, DIR *, NULL, opendir, (const char *path), (path))
WRAP(OPEN, DIR *, NULL, fdopendir, (int fd), (fd))
WRAP(DESCRIPTOR, int, -1, dup, (int fd), (fd))
WRAP(DESCRIPTOR, int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(DESCRIPTOR, int, -1, socketpair, (int domain, int type, int protocol, int *ends), (domain, type, protocol, ends))
WRAP(DESCRIPTOR, int, -1, pipe2, (int *ends, int flags), (ends, flags))
WRAP(DESCRIPTOR, int, -1, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags))
WRAP(DESCRIPTOR, int, -1, epoll_create1, (int flags), (flags))
WRAP(DESCRIPTOR, int, -1, epoll_ctl, (int fd, int op, int other, struct epoll_event *e), (fd, op, other, e))
WRAP(DESCRIPTOR, int, -1, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(PROCESS, pid_t, -1, fork, (void), ())
WRAP(PROCESS, int, -1, execve, (const char *path, char *const *argv, char *const *env), (path, argv, env))
WRAP(READ, ssize_t, -1, read, (int fd, void *p, size_t n), (fd, p, n))
WRAP(READ, ssize_t, -1, pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(READ, ssize_t, -1, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))
WRAP(READ, ssize_t, -1, readlink, (const char *path, char *p, size_t n), (path, p, n))
WRAP(READ, ssize_t, -1, readlinkat, (int dir, const char *path, char *p, size_t n), (dir, path, p, n))
WRAP(READ, struct dirent *, NULL, readdir, (DIR *dir), (dir))
WRAP(WRITE, ssize_t, -1, write, (int fd, const void *p, size_t n), (fd, p, n))
WRAP(WRITE, ssize_t, -1, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(WRITE, ssize_t, -1, send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags))
WRAP(WRITE, ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
WRAP(WRITE, ssize_t, -1, splice, (int in, off_t *from, int out, off_t *to, size_t n, unsigned flags), (in, from, out, to, n, flags))
WRAP(WRITE, int, -1, fsync, (int fd), (fd))
WRAP(WRITE, int, -1, fdatasync, (int fd), (fd))
WRAP(WRITE, int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP(PATH, int, -1, stat, (const char *path, struct stat *st), (path, st))
WRAP(PATH, int, -1, lstat, (const char *path, struct stat *st), (path, st))
WRAP(PATH, int, -1, fstat, (int fd, struct stat *st), (fd, st))
WRAP(PATH, int, -1, fstatat, (int dir, const char *path, struct stat *st, int flags), (dir, path, st, flags))
WRAP(PATH, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(PATH, int, -1, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
WRAP(PATH, int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(PATH, int, -1, renameat, (int from, const char *a, int to, const char *b), (from, a, to, b))
WRAP(PATH, int, -1, unlink, (const char *path), (path))
WRAP(PATH, int, -1, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(PATH, int, -1, linkat, (int from, const char *a, int to, const char *b, int flags), (from, a, to, b, flags))
WRAP(PATH, int, -1, symlinkat, (const char *target, int dir, const char *path), (target, dir, path))
WRAP(PATH, int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(PATH, int, -1, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
/* clang-format on */

/* Calls that the C library has no name for. */
static enum kind kind_of(long number)
{
	return number == SYS_openat2      ? OPEN
	       : number == SYS_pidfd_open ? DESCRIPTOR
					  : NONE;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	long a[6];
	va_list more;

	va_start(more, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	return fails(kind_of(number)) ? -1
				      : __real_syscall(number, a[0], a[1], a[2],
						a[3], a[4], a[5]);
}
