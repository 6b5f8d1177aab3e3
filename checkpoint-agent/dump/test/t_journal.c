/*
 * The journal of a running dump is written and read; whose journal is believed.
 */
#include "checkpoint-agent/dump/journal.h"
#include "checkpoint-agent/dump/recover.h"
#include "checkpoint-agent/node/process.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void a_journal_comes_back(void **state)
{
	static const struct journal j = {.freezer = "/sys/fs/cgroup/a b",
		.criu_pid = 12,
		.criu_start = 34};
	static struct journal k;
	AUTO_BUF struct buf b = buf_growing(8192);

	(void)state;
	journal_put(&b, &j);
	assert_int_equal(journal_parse(buf_view(&b), &k, NULL), 0);
	assert_string_equal(k.freezer, j.freezer);
	assert_int_equal(k.criu_pid, 12);
	assert_int_equal(k.criu_start, 34);
	assert_int_equal(journal_parse(STR(""), &k, NULL), 0);
	assert_int_equal(journal_parse(STR("criu x 1\n"), &k, NULL), -1);
	assert_int_equal(journal_parse(STR("other\n"), &k, NULL), -1);
}

static int make_dir(char *path)
{
	assert_non_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void write_text(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void what_is_written_is_of_this_boot(void **state)
{
	static const struct journal j = {.freezer = "/x", .criu_pid = 7};
	static struct journal k;
	char path[] = "/tmp/t_journal.XXXXXX";
	int dir = make_dir(path);

	(void)state;
	assert_int_equal(journal_read(dir, &k, NULL), 0);
	assert_int_equal(journal_write(dir, &j, NULL), 0);
	assert_int_equal(journal_read(dir, &k, NULL), 1);
	assert_int_equal(k.criu_pid, 7);
	assert_int_equal(journal_is_current(&k, NULL), 1);
	k.boot[0] ^= 1;
	assert_int_equal(journal_is_current(&k, NULL), 0);
	k.boot[0] = '\0';
	assert_int_equal(journal_is_current(&k, NULL), 0);
	unlinkat(dir, "journal", 0);
	close(dir);
	rmdir(path);
}

static void links_and_pipes_are_no_journal(void **state)
{
	static struct journal k;
	char path[] = "/tmp/t_journal.XXXXXX";
	int dir = make_dir(path);
	struct err e = {0};

	(void)state;
	write_text(dir, "other", "criu 1 1\n");
	assert_int_equal(symlinkat("other", dir, "journal"), 0);
	assert_int_equal(journal_read(dir, &k, &e), -1);
	unlinkat(dir, "journal", 0);
	assert_int_equal(mkfifoat(dir, "journal", 0600), 0);
	assert_int_equal(journal_read(dir, &k, &e), -1);
	unlinkat(dir, "journal", 0);
	unlinkat(dir, "other", 0);
	close(dir);
	rmdir(path);
}

/* The journal of another boot or of another user is not obeyed. */
static void only_our_own_directories_are_recovered(void **state)
{
	char path[] = "/tmp/t_journal.XXXXXX", text[128];
	int dir = make_dir(path), work;
	uint64_t start = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		setpgid(0, 0);
		pause();
		_exit(0);
	}
	assert_int_equal(mkdirat(dir, ".work-a", 0755), 0);
	work = openat(dir, ".work-a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fchmod(work, 0755), 0);
	assert_int_equal(process_start((uint32_t)child, &start, NULL), 0);
	snprintf(text, sizeof(text), "boot x\ncriu %d %llu\nfreezer /tmp\n",
		(int)child, (unsigned long long)start);
	write_text(work, "journal", text);
	assert_int_equal(recover_all(dir, NULL), 0);
	assert_int_equal(faccessat(dir, ".work-a/journal", F_OK, 0), 0);
	assert_int_equal(fchmod(work, 0700), 0);
	assert_int_equal(recover_all(dir, NULL), 0);
	assert_int_equal(faccessat(dir, ".work-a", F_OK, 0), -1);
	assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(work);
	close(dir);
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_journal_comes_back),
		cmocka_unit_test(what_is_written_is_of_this_boot),
		cmocka_unit_test(links_and_pipes_are_no_journal),
		cmocka_unit_test(only_our_own_directories_are_recovered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
