/* Who sees a directory in memory, and how much it holds. */
#include "checkpoint-agent/node/tmpdir.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#define MAX_BYTES 65536

/* It takes CAP_SYS_ADMIN. */
static int open_or_skip(void)
{
	struct err e = {0};
	int dir;

	if (tmpdir_open(MAX_BYTES, &dir, &e) == 0)
		return dir;
	print_message("# skip: %s\n", e.text);
	skip();
	return -1;
}

static void files_are_seen_by_way_of_proc(void **state)
{
	AUTO_FD int dir = open_or_skip();
	AUTO_FD int in = openat(dir, "a", O_CREAT | O_WRONLY, 0600);
	AUTO_FD int out = -1;
	char path[64], room[8] = "";
	struct stat st;

	(void)state;
	assert_int_equal(write(in, "hello", 5), 5);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d/a", (int)getpid(), dir);
	out = open(path, O_RDONLY);
	assert_int_equal(read(out, room, sizeof(room)), 5);
	assert_string_equal(room, "hello");
	assert_int_equal(fstat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void it_is_mounted_nowhere(void **state)
{
	AUTO_FD int dir = open_or_skip();
	FILE *f = fopen("/proc/self/mountinfo", "r");
	struct stat st;
	char line[4096], device[32];

	(void)state;
	assert_int_equal(fstat(dir, &st), 0);
	snprintf(device, sizeof(device), " %u:%u ", major(st.st_dev),
		minor(st.st_dev));
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		assert_null(strstr(line, device));
	fclose(f);
}

static void it_holds_no_more_than_it_may(void **state)
{
	static const char page[4096];
	AUTO_FD int dir = open_or_skip();
	AUTO_FD int fd = openat(dir, "a", O_CREAT | O_WRONLY, 0600);
	size_t written = 0;
	ssize_t n;

	(void)state;
	while ((n = write(fd, page, sizeof(page))) > 0)
		written += (size_t)n;
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(written, MAX_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_seen_by_way_of_proc),
		cmocka_unit_test(it_is_mounted_nowhere),
		cmocka_unit_test(it_holds_no_more_than_it_may),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
