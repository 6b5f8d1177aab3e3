/*
 * Tests of static-build/record/known: a digest is that of the file as it is
 * now, whoever computed it.
 */
#include "static-build/record/known.h"

#include "lib/base/fd.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static int enter(void **state)
{
	static char dir[] = "/tmp/t_known-XXXXXX";

	(void)state;
	return mkdtemp(dir) != NULL && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	static const char *const names[] = {"table", "file", "link"};
	char dir[PATH_MAX];

	(void)state;
	known_use(NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(names[i]);
	return getcwd(dir, sizeof(dir)) != NULL && rmdir(dir) == 0 ? 0 : -1;
}

static void put(const char *text)
{
	struct err e = {0};

	assert_int_equal(file_write("file", str_of(text), 0644, &e), 0);
}

static const char *digest(void)
{
	static char hex[SHA256_HEX + 1];
	struct err e = {0};
	struct stat st;

	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(known_digest("file", &st, hex, &e), 0);
	return hex;
}

/* Until the file is old enough to be entered, and a little longer. */
static void let_settle(void)
{
	struct timespec a_bit = {.tv_nsec = 50 * 1000 * 1000}, now;
	struct stat st;

	assert_int_equal(stat("file", &st), 0);
	do {
		nanosleep(&a_bit, NULL);
		clock_gettime(CLOCK_REALTIME, &now);
	} while (now.tv_sec - st.st_ctim.tv_sec < 2);
}

static off_t table_bytes(void)
{
	struct stat st;

	return stat("table", &st) == 0 ? st.st_size : 0;
}

static void without_table(void **state)
{
	(void)state;
	put("abc");
	assert_string_equal(digest(), ABC);
	known_use("absent/table");
	assert_string_equal(digest(), ABC);
}

static void young_file_is_not_entered(void **state)
{
	(void)state;
	known_use("table");
	put("abc");
	assert_string_equal(digest(), ABC);
	assert_int_equal(table_bytes(), 0);
}

/* What changes without its times being seen is not computed again: proof that
   the table is used. */
static void settled_file_is_entered(void **state)
{
	struct stat st;
	char hex[SHA256_HEX + 1];

	(void)state;
	put("abc");
	let_settle();
	known_use("table");
	assert_string_equal(digest(), ABC);
	assert_true(table_bytes() > 0);
	assert_int_equal(stat("file", &st), 0);
	assert_int_equal(known_digest("not there", &st, hex, NULL), 0);
	assert_string_equal(hex, ABC);
}

/* Half a slot, as a full disk or another call may leave it, counts as none. */
static void torn_slot_is_not_believed(void **state)
{
	int fd;
	off_t end;

	(void)state;
	known_use("table");
	assert_string_equal(digest(), ABC);
	fd = open("table", O_RDWR | O_CLOEXEC);
	end = table_bytes();
	for (off_t at = 0; at < end; at++) {
		char c;

		assert_int_equal(pread(fd, &c, 1, at), 1);
		if (c != 0) { /* past the holes: turn a bit of the digest */
			at += 60;
			assert_int_equal(pread(fd, &c, 1, at), 1);
			c = (char)(c ^ 1);
			assert_int_equal(pwrite(fd, &c, 1, at), 1);
			break;
		}
	}
	close(fd);
	assert_string_equal(digest(), ABC);
}

/* Same inode, size and modification time. */
static void touched_file_is_read_again(void **state)
{
	struct timespec times[2];
	struct stat st;
	int fd;

	(void)state;
	known_use("table");
	assert_string_equal(digest(), ABC);
	assert_int_equal(stat("file", &st), 0);
	fd = open("file", O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "xyz", 3), 3);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
	assert_string_not_equal(digest(), ABC);
	put("abc");
	assert_string_equal(digest(), ABC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_table),
		cmocka_unit_test(young_file_is_not_entered),
		cmocka_unit_test(settled_file_is_entered),
		cmocka_unit_test(torn_slot_is_not_believed),
		cmocka_unit_test(touched_file_is_read_again),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
