/* What is unpacked on disk goes with the process that unpacked it. */
#include "checkpoint-agent/restore/sweeper.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The sweeper of a process that has ended becomes our child. */
static void wait_for_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void unpack_and_die(int dir, int signal)
{
	if (sweeper_start(dir, "archive", NULL) < 0)
		_exit(1);
	if (signal)
		raise(signal);
	_exit(0);
}

static void sweep_after(int signal)
{
	char path[] = "/tmp/t_sweeper-XXXXXX";
	struct stat st;
	int dir, file;

	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(dir, "archive", 0700), 0);
	file = openat(dir, "archive/pages-1.img", O_CREAT | O_WRONLY, 0600);
	assert_true(file >= 0);
	close(file);
	if (fork() == 0)
		unpack_and_die(dir, signal);
	wait_for_all();
	assert_int_equal(fstatat(dir, "archive", &st, 0), -1);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

static void it_sweeps_whatever_the_end_is(void **state)
{
	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	sweep_after(0);
	sweep_after(SIGKILL);
	sweep_after(SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_sweeps_whatever_the_end_is),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
