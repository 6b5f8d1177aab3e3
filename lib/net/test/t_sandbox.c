/* Each stage takes away what it says, seen from a child that tries. */
#include "lib/net/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct sandbox_call stream_sockets_only[] = {
	{__NR_socket, 1, 0xf, SOCK_STREAM},
	SANDBOX_CALL(sigaltstack), /* sanitizers, at exit */
	SANDBOX_CALLS_END,
};

/* What a child comes to that enters s and then does the thing. */
static int outcome(const struct sandbox *s, int (*thing)(void))
{
	struct err e = {.text = ""};
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (sandbox_enter(s, &e) < 0) {
			dprintf(2, "%s\n", e.text);
			_exit(99);
		}
		_exit(thing());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int open_file(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	return fd >= 0 ? 0 : errno;
}

static int open_stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int open_datagram(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 ? 0 : errno;
}

static int map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? 0 : errno;
}

static int use_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && getpid() > 0 ? 0 : errno;
}

static void calls_beyond_the_table_kill(void **state)
{
	struct sandbox s = {.calls = stream_sockets_only};

	(void)state;
	assert_int_equal(outcome(&s, use_memory), 0);
	assert_int_equal(outcome(&s, open_stream), 0);
	assert_int_equal(outcome(&s, open_datagram), -SIGSYS);
	assert_int_equal(outcome(&s, open_file), -SIGSYS);
	assert_int_equal(outcome(&s, map_code), -SIGSYS);
}

static pid_t other; /* a process that is not the one that tries */

static int signal_itself(void)
{
	return syscall(SYS_tgkill, getpid(), gettid(), 0) == 0 &&
			       syscall(SYS_tkill, gettid(), 0) == 0
		       ? 0
		       : errno;
}

static int signal_another(void)
{
	return (int)syscall(SYS_tgkill, other, other, 0);
}

static int signal_another_thread(void)
{
	return (int)syscall(SYS_tkill, other, 0);
}

static int signal_a_group(void)
{
	return kill(0, 0);
}

static void signals_go_to_the_process_itself_only(void **state)
{
	struct sandbox s = {.calls = stream_sockets_only};

	(void)state;
	other = getpid();
	assert_int_equal(outcome(&s, signal_itself), 0);
	assert_int_equal(outcome(&s, signal_another), -SIGSYS);
	assert_int_equal(outcome(&s, signal_another_thread), -SIGSYS);
	assert_int_equal(outcome(&s, signal_a_group), -SIGSYS);
}

static int kept[2];

static int see_descriptors(void)
{
	return fcntl(kept[0], F_GETFD) >= 0 && fcntl(kept[1], F_GETFD) < 0;
}

static void other_descriptors_are_closed(void **state)
{
	struct sandbox s = {.keep_fds = kept, .keep_count = 1};

	(void)state;
	assert_int_equal(pipe(kept), 0);
	assert_int_equal(outcome(&s, see_descriptors), 1);
	close(kept[0]);
	close(kept[1]);
}

static int am_nobody(void)
{
	return geteuid() == 65534 && setuid(0) < 0 && chroot("/") < 0 ? 0 : 1;
}

static void root_becomes_nobody_without_powers(void **state)
{
	struct sandbox s = {.drops_identity = true, .uid = 65534, .gid = 65534};

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(outcome(&s, am_nobody), 0);
}

/* Where the kernel has landlock; elsewhere the stage is a no-op. */
static void files_are_out_of_view(void **state)
{
	struct sandbox s = {.denies_files = true};
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

	(void)state;
	assert_int_equal(outcome(&s, open_file), version > 0 ? EACCES : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_beyond_the_table_kill),
		cmocka_unit_test(signals_go_to_the_process_itself_only),
		cmocka_unit_test(other_descriptors_are_closed),
		cmocka_unit_test(root_becomes_nobody_without_powers),
		cmocka_unit_test(files_are_out_of_view),
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
