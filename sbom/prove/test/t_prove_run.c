/*
 * Tests of sbom/prove/prove_run: a tool ends when it ends, whatever it leaves
 * running; and what it leaves is ended.
 */
#include "sbom/prove/prove_run.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define LONG_NS 60000000000u /* of the 300 s that a leftover would take */

/* Run a command of the shell, in the tree that is this machine. */
static int shell(char *command, struct buf *said)
{
	static char name[] = "sh", option[] = "-c",
		    path[] = "PATH=/usr/bin:/bin";
	char *argv[] = {name, option, command, NULL};
	char *env[] = {path, NULL};
	static const struct mode *mode; /* entered */
	const char *lacks;
	struct err e = {0};
	struct prove_call call = {.tree = "/",
		.cwd = "/",
		.tool = "/bin/sh",
		.argv = argv,
		.env = env};
	int rc = -1;

	if (mode == NULL) {
		if (prove_run_mode(&mode, &lacks, &e) < 0)
			skip();
		assert_int_equal(mode_enter(mode, &e), 0);
	}
	call.mode = mode;
	assert_int_equal(prove_run(&call, &rc, said, &e), 0);
	return rc;
}

static void says_and_ends(void **state)
{
	static char command[] = "echo one; echo two >&2; exit 3";
	char memory[100];
	struct buf said = buf_fixed(memory, sizeof(memory));

	(void)state;
	assert_int_equal(shell(command, &said), 3);
	assert_string_equal(buf_cstr(&said), "one\ntwo\n");
}

static void leftovers_are_ended(void **state)
{
	static char command[] =
		"(sleep 300 & setsid sh -c 'sleep 300; echo late' &) & "
		"echo said";
	char memory[100];
	struct buf said = buf_fixed(memory, sizeof(memory));
	uint64_t start = clock_monotonic_ns();

	(void)state;
	assert_int_equal(shell(command, &said), 0);
	assert_string_equal(buf_cstr(&said), "said\n");
	assert_true(clock_monotonic_ns() - start < LONG_NS);
	/* none is left of which this process would be the parent */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_and_ends),
		cmocka_unit_test(leftovers_are_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
