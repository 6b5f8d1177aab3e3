/* New files where the file system knows no O_TMPFILE: a seccomp filter says so.
 */
#include "checkpoint-agent/store/new_file.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define FLAGS       (offsetof(struct seccomp_data, args[2]))
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

/* From now on, for this process and its children. */
static int forbid_unnamed_files(void **state)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TMPFILE_BIT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	(void)state;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int make_dir(char *path)
{
	assert_non_null(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void a_file_appears_complete(void **state)
{
	char path[] = "/tmp/t_new_file.XXXXXX";
	int dir = make_dir(path);
	struct new_file f;

	(void)state;
	assert_int_equal(mkdirat(dir, "work", 0700), 0);
	assert_int_equal(new_file_open(&f, dir, "work/a", NULL), 0);
	assert_int_equal(faccessat(dir, "work/a.partial", F_OK, 0), 0);
	assert_int_equal(fd_write(f.fd, "all", 3, NULL), 0);
	assert_int_equal(new_file_link(&f, "a", NULL), 0);
	assert_int_equal(new_file_finish(&f, NULL), 0);
	assert_int_equal(faccessat(dir, "work/a.partial", F_OK, 0), -1);
	assert_int_equal(unlinkat(dir, "a", 0), 0);
	assert_int_equal(unlinkat(dir, "work", AT_REMOVEDIR), 0);
	close(dir);
	rmdir(path);
}

/* Its process was killed; the next one of that tag is not stopped by it. */
static void what_a_dead_process_left_is_used_again(void **state)
{
	char path[] = "/tmp/t_new_file.XXXXXX";
	int dir = make_dir(path);
	struct new_file f;
	struct stat st;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (new_file_open(&f, dir, "a", NULL) < 0 ||
			fd_write(f.fd, "plain memory", 12, NULL) < 0)
			_exit(1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(fstatat(dir, "a.partial", &st, 0), 0);
	assert_int_equal(st.st_size, 12);
	assert_int_equal(new_file_open(&f, dir, "a", NULL), 0);
	assert_int_equal(fstat(f.fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	new_file_drop(&f);
	assert_int_equal(faccessat(dir, "a.partial", F_OK, 0), -1);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

static void two_writers_do_not_share_a_file(void **state)
{
	char path[] = "/tmp/t_new_file.XXXXXX";
	int dir = make_dir(path);
	struct new_file first, second;
	struct err e = {0};

	(void)state;
	assert_int_equal(new_file_open(&first, dir, "a", &e), 0);
	assert_int_equal(new_file_open(&second, dir, "a", &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	new_file_drop(&second);
	assert_int_equal(faccessat(dir, "a.partial", F_OK, 0), 0);
	new_file_drop(&first);
	assert_int_equal(symlinkat("/etc/passwd", dir, "a.partial"), 0);
	assert_int_equal(new_file_open(&second, dir, "a", &e), -1);
	unlinkat(dir, "a.partial", 0);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_appears_complete),
		cmocka_unit_test(what_a_dead_process_left_is_used_again),
		cmocka_unit_test(two_writers_do_not_share_a_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, forbid_unnamed_files, NULL);
}
