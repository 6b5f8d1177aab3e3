/*
 * Hash files beside archives are written, read, removed with them, and swept.
 */
#include "checkpoint-agent/store/beside.h"
#include "checkpoint-agent/store/room.h"
#include "checkpoint-agent/store/sha256_beside.h"
#include "checkpoint-agent/store/store.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OLD "checkpoint-p_n-c-2026-11-23T02:38:33Z.tar"
#define NEW "checkpoint-p_n-c-2026-11-23T02:38:34Z.tar"

static char path[64];
static int dir = -1;
static const char hex[] = "ba7816bf8f01cfea414140de5dae2223"
			  "b00361a396177a9cb410ff61f20015ad";

static int start(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/t_sha256_beside-XXXXXX");
	assert_non_null(mkdtemp(path));
	dir = open(path, O_RDONLY | O_DIRECTORY);
	return 0;
}

static int finish(void **state)
{
	char command[128];

	(void)state;
	close(dir);
	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command);
}

static void put(const char *name, const char *text)
{
	AUTO_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(fd_write(fd, text, strlen(text), NULL), 0);
}

static int read_of(const char *name, char out[SHA256_HEX + 1])
{
	char file[256];

	snprintf(file, sizeof(file), "%s/%s", path, name);
	return sha256_beside_read(file, out, NULL);
}

static bool exists(const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

static int write_of(const char *name, struct err *e)
{
	int lock = -1;
	int rc = sha256_beside_write(dir, name, hex, &lock, e);

	fd_close(&lock);
	return rc;
}

static void what_is_written_is_read(void **state)
{
	char found[SHA256_HEX + 1];
	struct err e = {0};

	(void)state;
	assert_int_equal(read_of(OLD, found), 0);
	assert_int_equal(write_of(OLD, NULL), 0);
	assert_int_equal(read_of(OLD, found), 1);
	assert_string_equal(found, hex);
	put(OLD, "archive");
	assert_int_equal(write_of(OLD, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	put(NEW BESIDE_SHA256, "nonsense\n");
	assert_int_equal(read_of(NEW, found), -1);
	renameat(dir, OLD BESIDE_SHA256, dir, NEW BESIDE_SHA256);
	assert_int_equal(read_of(NEW, found), -1); /* names another file */
}

/* A process that dies between the two leaves the file without its archive. */
static void what_a_dead_process_left_is_replaced(void **state)
{
	char found[SHA256_HEX + 1];
	struct err e = {0};
	int lock = -1;

	(void)state;
	put(OLD BESIDE_SHA256, "of the dead\n");
	assert_int_equal(sha256_beside_write(dir, OLD, hex, &lock, &e), 0);
	assert_int_equal(read_of(OLD, found), 1);
	assert_string_equal(found, hex);

	/* this one's archive is about to get its name */
	assert_int_equal(write_of(OLD, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	fd_close(&lock);

	/* a link is nobody's of ours */
	assert_int_equal(unlinkat(dir, OLD BESIDE_SHA256, 0), 0);
	assert_int_equal(symlinkat("x", dir, OLD BESIDE_SHA256), 0);
	err_clear(&e);
	assert_int_equal(write_of(OLD, &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
}

static void retention_takes_both(void **state)
{
	const struct retain_limits keep_one = {.keep = 1};
	struct room_removed r;

	(void)state;
	put(OLD, "old");
	put(NEW, "new");
	assert_int_equal(write_of(OLD, NULL), 0);
	assert_int_equal(write_of(NEW, NULL), 0);
	assert_int_equal(room_make(dir, &keep_one, NEW, &r, NULL), 0);
	assert_int_equal(r.archives, 1);
	assert_false(exists(OLD) || exists(OLD BESIDE_SHA256));
	assert_true(exists(NEW) && exists(NEW BESIDE_SHA256));
	assert_int_equal(
		store_remove(dir, &(struct catalogue_filter){0}, NEW, NULL), 0);
	assert_false(exists(NEW BESIDE_SHA256));
}

static void old_orphans_are_swept(void **state)
{
	const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	(void)state;
	assert_int_equal(write_of(OLD, NULL), 0);
	assert_int_equal(write_of(NEW, NULL), 0);
	put("other" BESIDE_SHA256, "not ours\n");
	utimensat(dir, OLD BESIDE_SHA256, long_ago, 0);
	utimensat(dir, "other" BESIDE_SHA256, long_ago, 0);
	assert_int_equal(beside_sweep(dir, NULL), 0);
	assert_false(exists(OLD BESIDE_SHA256));
	assert_true(exists(NEW BESIDE_SHA256));
	assert_true(exists("other" BESIDE_SHA256));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_written_is_read, start, finish),
		cmocka_unit_test_setup_teardown(
			what_a_dead_process_left_is_replaced, start, finish),
		cmocka_unit_test_setup_teardown(
			retention_takes_both, start, finish),
		cmocka_unit_test_setup_teardown(
			old_orphans_are_swept, start, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
