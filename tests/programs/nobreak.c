/*
 * nobreak - run a command for which hardware breakpoints do not fire.
 *
 * usage: nobreak [-l] COMMAND...
 *   -l  only breakpoints below 4 GiB are lost: CRIU maps its restorer there,
 *       while its own program, where it probes, lies above
 *
 * Stands in for a virtual machine whose hypervisor does not virtualize debug
 * registers, as with AMD SEV-SNP: ptrace() reports that a register was set,
 * and nothing follows.  A seccomp filter skips PTRACE_POKEUSER on the debug
 * registers and returns 0; the command and its descendants inherit it.
 * Needs CAP_SYS_ADMIN.  x86-64 only: exits with status 2 elsewhere.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <unistd.h>

#ifdef __x86_64__
enum {
	FIRST = offsetof(struct user, u_debugreg[0]),
	LAST = offsetof(struct user, u_debugreg[7]),
};
#else
enum { FIRST, LAST };
#endif

/* Halves of the arguments of ptrace(): request, pid, register, value. */
#define LOW(n)  (offsetof(struct seccomp_data, args[n]))
#define HIGH(n) (LOW(n) + 4)

#define LOAD(at)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define UNLESS(k, n)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), 0, (n))
#define IF_BELOW(k, n) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (k), 0, (n))
#define IF_ABOVE(k, n) BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (k), (n), 0)
#define RETURN(value)  BPF_STMT(BPF_RET | BPF_K, (value))

/* @is_low  let breakpoints at 4 GiB and above pass */
static int filter_install(int is_low)
{
	struct sock_filter code[] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		UNLESS(SYS_ptrace, 8),
		LOAD(LOW(0)),
		UNLESS(PTRACE_POKEUSER, 6),
		LOAD(LOW(2)),
		IF_BELOW(FIRST, 4),
		IF_ABOVE(is_low ? FIRST : LAST, 3),
		LOAD(HIGH(3)),
		UNLESS(0, is_low ? 1 : 0),
		RETURN(SECCOMP_RET_ERRNO | 0),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	int is_low = argc > 1 && strcmp(argv[1], "-l") == 0;
	char **command = argv + 1 + is_low;

	if (argc < 2 + is_low || LAST == FIRST + 1) {
		fprintf(stderr, "usage: nobreak [-l] COMMAND..., on x86-64\n");
		return 2;
	}
	if (filter_install(is_low) < 0) {
		perror("nobreak: seccomp");
		return 1;
	}
	execvp(command[0], command);
	perror(command[0]);
	return 127;
}
