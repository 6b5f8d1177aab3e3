/* Files that somebody else put there. */
#include "lib/base/regular.h"

#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char top[] = "/tmp/regular-XXXXXX";
static int dir;

static void put_socket(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/socket", top);
	assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	close(s);
}

static int make(void **state)
{
	int fd;

	(void)state;
	if (!mkdtemp(top))
		return -1;
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(dir, "sub", 0700);
	fd = openat(dir, "sub/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
	mkfifoat(dir, "fifo", 0600);
	symlinkat("sub/file", dir, "link");
	symlinkat("sub", dir, "sublink");
	put_socket();
	return 0;
}

static int unmake(void **state)
{
	static const char *const names[] = {
		"sub/file", "fifo", "link", "sublink", "socket"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlinkat(dir, names[i], 0);
	unlinkat(dir, "sub", AT_REMOVEDIR);
	close(dir);
	return rmdir(top);
}

static void refused(const char *name, enum err_kind kind)
{
	char path[128];
	struct err e = {0};
	int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_int_equal(regular_open(path, &fd, &e), -1);
	assert_int_equal(e.kind, kind);
	err_clear(&e);
	assert_int_equal(regular_open_at(dir, name, &fd, &e), -1);
	assert_int_equal(e.kind, kind);
	assert_int_equal(fd, -1);
}

static void only_regular_files_are_opened(void **state)
{
	AUTO_BUF struct buf b = buf_growing(16);
	struct err e = {0};
	char path[128];
	int fd;

	(void)state;
	refused("fifo", ERR_INPUT);
	refused("link", ERR_INPUT);
	refused("socket", ERR_INPUT);
	refused("sub", ERR_INPUT);
	refused("none", ERR_ABSENT);
	assert_int_equal(regular_read_at(dir, "sub/file", &b, &e), 0);
	assert_true(str_is(buf_view(&b), "text"));
	snprintf(path, sizeof(path), "%s/sublink/file", top);
	assert_int_equal(regular_open(path, &fd, &e), 0);
	close(fd);
}

static void nothing_leads_out_of_a_directory(void **state)
{
	struct err e = {0};
	int fd = -1;

	(void)state;
	assert_int_equal(regular_open_at(dir, "sublink/file", &fd, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(regular_open_at(dir, "../etc/passwd", &fd, &e), -1);
	assert_int_equal(regular_open_at(dir, "/etc/passwd", &fd, &e), -1);
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_regular_files_are_opened),
		cmocka_unit_test(nothing_leads_out_of_a_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, unmake);
}
