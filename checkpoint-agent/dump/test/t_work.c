/* Who may use a work directory, and what happens when its owner dies. */
#include "checkpoint-agent/dump/guardian.h"
#include "checkpoint-agent/dump/work.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DUMPS    8
#define LIMIT_MS 10000 /* one after another they would take 30 s */

static int make_dir(char *path)
{
	assert_non_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void what_others_may_use_is_refused(void **state)
{
	char path[] = "/tmp/t_work.XXXXXX";
	int dir = make_dir(path);
	struct err e = {0};
	struct work w;

	(void)state;
	assert_int_equal(mkdirat(dir, ".work-a", 0700), 0);
	assert_int_equal(fchmodat(dir, ".work-a", 0770, 0), 0);
	assert_int_equal(work_open(&w, dir, "a", &e), -1);
	assert_int_equal(e.kind, ERR_DENIED);
	assert_non_null(strstr(e.text, ".work-a has mode 0770"));
	if (geteuid() == 0) {
		assert_int_equal(fchmodat(dir, ".work-a", 0700, 0), 0);
		assert_int_equal(fchownat(dir, ".work-a", 1000, 1000, 0), 0);
		assert_int_equal(work_open(&w, dir, "a", &e), -1);
		assert_non_null(strstr(e.text, "belongs to user 1000"));
	}
	assert_int_equal(unlinkat(dir, ".work-a", AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat(path, dir, ".work-a"), 0);
	assert_int_equal(work_open(&w, dir, "a", &e), -1);
	unlinkat(dir, ".work-a", 0);
	close(dir);
	rmdir(path);
}

/* A process that makes many dumps, as for a pod. */
static void open_many(int dir, int ready)
{
	static struct work w[DUMPS];
	char id[16];

	for (int i = 0; i < DUMPS; i++) {
		snprintf(id, sizeof(id), "%d", i);
		if (work_open(&w[i], dir, id, NULL) < 0)
			_exit(1);
	}
	if (write(ready, "r", 1) == 1)
		pause();
	_exit(1);
}

static int count_left(int dir)
{
	char name[32];
	int left = 0;

	for (int i = 0; i < DUMPS; i++) {
		snprintf(name, sizeof(name), ".work-%d", i);
		left += faccessat(dir, name, F_OK, 0) == 0;
	}
	return left;
}

/*
 * No guardian waits for another: none of them holds the lock or the pipe of
 * another.
 */
static void all_guardians_act_at_once(void **state)
{
	char path[] = "/tmp/t_work.XXXXXX", byte;
	int dir = make_dir(path), ready[2], waited_ms = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		open_many(dir, ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(count_left(dir), DUMPS);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (; count_left(dir) && waited_ms < LIMIT_MS; waited_ms += 10)
		poll(NULL, 0, 10);
	assert_int_equal(count_left(dir), 0);
	close(ready[0]);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

/* What its owner cannot undo, the guardian does. */
static void what_is_abandoned_is_recovered(void **state)
{
	char path[] = "/tmp/t_work.XXXXXX";
	int dir = make_dir(path), waited_ms = 0;
	struct journal j = {.criu_pid = 0};
	struct work w;

	(void)state;
	assert_int_equal(work_open(&w, dir, "0", NULL), 0);
	assert_int_equal(work_note(&w, &j, NULL), 0);
	work_abandon(&w);
	for (; count_left(dir) && waited_ms < LIMIT_MS; waited_ms += 10)
		poll(NULL, 0, 10);
	assert_int_equal(count_left(dir), 0);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

/* The name of our one child, a guardian that we have adopted. */
static void read_guardian_name(char name[32])
{
	FILE *list = fopen("/proc/thread-self/children", "re"), *comm;
	char path[64];
	int pid;

	assert_non_null(list);
	assert_int_equal(fscanf(list, "%d", &pid), 1);
	fclose(list);
	assert_int_equal(getsid(pid), pid);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	comm = fopen(path, "re");
	assert_non_null(comm);
	assert_int_equal(fscanf(comm, "%31s", name), 1);
	fclose(comm);
}

/*
 * Who kills the agent's processes by their name does not hit a guardian that
 * has something to guard.
 */
static void a_guardian_has_its_name_before_anything_is_made(void **state)
{
	char name[32];

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	for (int i = 0; i < 50; i++) {
		int line;

		assert_int_equal(guardian_start(AT_FDCWD, &line, NULL), 0);
		read_guardian_name(name);
		assert_string_equal(name, "ckpt-guardian");
		guardian_dismiss(&line);
		assert_true(wait(NULL) > 0);
	}
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0);
}

/* Dismissing a guardian that was killed does not end the job by SIGPIPE. */
static void a_guardian_may_be_gone(void **state)
{
	char path[] = "/tmp/t_work.XXXXXX";
	int dir = make_dir(path), ends[2];
	struct work w;

	(void)state;
	assert_int_equal(work_open(&w, dir, "a", NULL), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	guardian_dismiss(&w.guardian);
	w.guardian = ends[0];
	close(ends[1]);
	signal(SIGPIPE, SIG_DFL);
	work_close(&w);
	assert_int_equal(faccessat(dir, ".work-a", F_OK, 0), -1);
	close(dir);
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_may_use_is_refused),
		cmocka_unit_test(all_guardians_act_at_once),
		cmocka_unit_test(what_is_abandoned_is_recovered),
		cmocka_unit_test(
			a_guardian_has_its_name_before_anything_is_made),
		cmocka_unit_test(a_guardian_may_be_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
