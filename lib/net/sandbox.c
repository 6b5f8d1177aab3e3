/*
 * sandbox - the stages of sandbox.h, each a function, run in their order.
 *
 * Works without libcap and libseccomp: the kernel's own calls and a BPF
 * program that is written out line by line from a table.  The filter is
 * linear; the calls made most stand first.
 *
 * Root is needed only to change identity.  A process that has no powers to
 * begin with goes through the same stages and ends up with the same filter.
 */
#include "lib/net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- descriptors --------------------------------------------------- */

static int compare_fds(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static int close_between(unsigned first, unsigned last, struct err *e)
{
	if (first > last)
		return 0;
	if (syscall(SYS_close_range, first, last, 0) < 0)
		return err_sys(e, "close_range");
	return 0;
}

int sandbox_descriptors(const struct sandbox *s, struct err *e)
{
	int keep[SANDBOX_KEEP_MAX];
	unsigned next = 3;

	if (s->keep_count > SANDBOX_KEEP_MAX)
		return err_set(e, "more than %d descriptors to keep",
			SANDBOX_KEEP_MAX);
	for (size_t i = 0; i < s->keep_count; i++)
		keep[i] = s->keep_fds[i];
	qsort(keep, s->keep_count, sizeof(keep[0]), compare_fds);
	for (size_t i = 0; i < s->keep_count; i++) {
		if (keep[i] < (int)next)
			continue;
		if (close_between(next, (unsigned)keep[i] - 1, e) < 0)
			return -1;
		next = (unsigned)keep[i] + 1;
	}
	return close_between(next, UINT32_MAX, e);
}

/* --- capabilities -------------------------------------------------- */

static int read_permitted(uint64_t *caps, struct err *e)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return err_sys(e, "capget");
	*caps = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	return 0;
}

static int write_caps(uint64_t caps, struct err *e)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{.inheritable = 0}};

	for (int i = 0; i < 2; i++) {
		data[i].permitted = (uint32_t)(caps >> (32 * i));
		data[i].effective = data[i].permitted;
	}
	if (syscall(SYS_capset, &head, data) < 0)
		return err_sys(e, "capset");
	return 0;
}

/*
 * Without CAP_SETPCAP the bounding set stays; no_new_privs, which follows,
 * keeps it from mattering.
 */
static int shrink_bounds(uint64_t keep, struct err *e)
{
	for (unsigned long cap = 0; cap < 64; cap++) {
		if (keep >> cap & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL || errno == EPERM)
			return 0; /* the last one there is, or not ours */
		return err_sys(e, "drop capability %lu", cap);
	}
	return 0;
}

int sandbox_capabilities(const struct sandbox *s, struct err *e)
{
	uint64_t needed = s->capabilities, have;

	if (s->drops_identity)
		needed |= 1ull << CAP_SETUID | 1ull << CAP_SETGID;
	if (read_permitted(&have, e) < 0 ||
		shrink_bounds(s->capabilities, e) < 0)
		return -1;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return write_caps(have & needed, e);
}

/* --- identity ------------------------------------------------------ */

static int change_identity(const struct sandbox *s, struct err *e)
{
	uint64_t have;

	if (s->capabilities != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_sys(e, "keep capabilities");
	if (setgroups(0, NULL) < 0)
		return err_sys(e, "drop groups");
	if (setresgid(s->gid, s->gid, s->gid) < 0)
		return err_sys(e, "become group %u", (unsigned)s->gid);
	if (setresuid(s->uid, s->uid, s->uid) < 0)
		return err_sys(e, "become user %u", (unsigned)s->uid);
	if (read_permitted(&have, e) < 0)
		return -1;
	return write_caps(have & s->capabilities, e);
}

int sandbox_identity(const struct sandbox *s, struct err *e)
{
	if (s->drops_identity && geteuid() == 0 && change_identity(s, e) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "no_new_privs");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(e, "no dumps");
	return 0;
}

/* --- view ---------------------------------------------------------- */

/* All rights of landlock's first version: every kernel that has it. */
#define VIEW_RIGHTS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int hide_files(const struct sandbox *s, struct err *e)
{
	struct landlock_ruleset_attr rules = {.handled_access_fs = VIEW_RIGHTS};
	long fd;
	int result = 0;

	if (!s->denies_files)
		return 0;
	fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fd < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0; /* the filter denies opening files as well */
	if (fd < 0)
		return err_sys(e, "landlock ruleset");
	if (syscall(SYS_landlock_restrict_self, (int)fd, 0) < 0)
		result = err_sys(e, "landlock");
	close((int)fd);
	return result;
}

/* --- syscalls ------------------------------------------------------ */

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#endif

static const struct sandbox_call basic_calls[] = {
	SANDBOX_CALL(epoll_pwait),
#ifdef __NR_epoll_wait
	SANDBOX_CALL(epoll_wait),
#endif
	SANDBOX_CALL(read),
	SANDBOX_CALL(write),
	SANDBOX_CALL(epoll_ctl),
	SANDBOX_CALL(clock_gettime),
	SANDBOX_CALL(readv),
	SANDBOX_CALL(writev),
	SANDBOX_CALL(close),
	SANDBOX_CALL(fstat),
	SANDBOX_CALL(lseek),
	SANDBOX_CALL(brk),
	{__NR_mmap, 2, PROT_EXEC, 0},
	{__NR_mprotect, 2, PROT_EXEC, 0},
	SANDBOX_CALL(munmap),
	SANDBOX_CALL(mremap),
	SANDBOX_CALL(madvise),
	SANDBOX_CALL(getrandom),
	SANDBOX_CALL(getpid),
	SANDBOX_CALL(gettid),
	SANDBOX_CALL(futex),
	SANDBOX_CALL(gettimeofday),
	SANDBOX_CALL(clock_nanosleep),
	SANDBOX_CALL(nanosleep),
	SANDBOX_CALL(ppoll),
#ifdef __NR_poll
	SANDBOX_CALL(poll),
#endif
	SANDBOX_CALL(rt_sigprocmask),
	SANDBOX_CALL(rt_sigaction),
	SANDBOX_CALL(rt_sigreturn),
	SANDBOX_CALL(restart_syscall),
	SANDBOX_CALL(exit),
	SANDBOX_CALL(exit_group),
	SANDBOX_CALLS_END,
};

#define LINES_PER_CALL 6
#define FILTER_MAX     (8 + LINES_PER_CALL * SANDBOX_CALLS_MAX)

struct filter {
	struct sock_filter line[FILTER_MAX];
	unsigned short n;
};

static void put(
	struct filter *f, uint16_t code, uint8_t yes, uint8_t no, uint32_t k)
{
	f->line[f->n++] = (struct sock_filter){code, yes, no, k};
}

static void put_load(struct filter *f, size_t offset)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

/* If the number (and the argument) fits: allow. Else go on behind. */
static void put_call(struct filter *f, const struct sandbox_call *c)
{
	size_t at =
		offsetof(struct seccomp_data, args) +
		sizeof(uint64_t) * (size_t)(c->argument < 0 ? 0 : c->argument);

	if (c->argument == SANDBOX_ANY) {
		put(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)c->number);
		put(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
		return;
	}
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, (uint32_t)c->number);
	put_load(
		f, at); /* the low half: both architectures are little-endian */
	put(f, BPF_ALU | BPF_AND | BPF_K, 0, 0, c->mask);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, c->value);
	put(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	put_load(f, offsetof(struct seccomp_data, nr));
}

static int put_calls(
	struct filter *f, const struct sandbox_call *c, struct err *e)
{
	for (; c->number >= 0; c++) {
		if (f->n + LINES_PER_CALL + 1 > FILTER_MAX)
			return err_set(e, "more than %d system calls",
				SANDBOX_CALLS_MAX);
		put_call(f, c);
	}
	return 0;
}

/* abort(3) and raise(3) signal the process itself; nobody else is for us. */
static int put_own_signals(struct filter *f, struct err *e)
{
	const struct sandbox_call own[] = {
		{__NR_tkill, 0, UINT32_MAX, (uint32_t)syscall(SYS_gettid)},
		{__NR_tgkill, 0, UINT32_MAX, (uint32_t)getpid()},
		SANDBOX_CALLS_END,
	};

	return put_calls(f, own, e);
}

int sandbox_calls(const struct sandbox *s, struct err *e)
{
	struct filter *f;
	struct sock_fprog program;
	int result = -1;

	if (s->calls == NULL)
		return 0;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return err_sys(e, "system call filter");
	put_load(f, offsetof(struct seccomp_data, arch));
	put(f, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, FILTER_ARCH);
	put(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
	put_load(f, offsetof(struct seccomp_data, nr));
	if (put_calls(f, basic_calls, e) == 0 &&
		put_calls(f, s->calls, e) == 0 && put_own_signals(f, e) == 0) {
		put(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
		program = (struct sock_fprog){.len = f->n, .filter = f->line};
		result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
		if (result < 0)
			err_sys(e, "seccomp");
	}
	free(f);
	return result;
}

/* --- all of them --------------------------------------------------- */

static const struct {
	const char *name;
	int (*enter)(const struct sandbox *s, struct err *e);
} stages[] = {
	{"descriptors", sandbox_descriptors},
	{"capabilities", sandbox_capabilities},
	{"identity", sandbox_identity},
	{"view", hide_files},
	{"system calls", sandbox_calls},
};

int sandbox_enter(const struct sandbox *s, struct err *e)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (stages[i].enter(s, e) < 0)
			return err_at(e, "sandbox: %s", stages[i].name);
	return 0;
}
