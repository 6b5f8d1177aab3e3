/* Decide and carry out retention; list, open and remove archives. */
#include "checkpoint-agent/store/owner.h"
#include "checkpoint-agent/store/retain.h"
#include "checkpoint-agent/store/room.h"
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
#include <unistd.h>

#include <cmocka.h>

/* ---- choosing ----------------------------------------------------------- */

#define N 8

/* Two containers of namespace x, one of y; every 100 s an archive of 10 bytes.
 */
static void fill(struct retain_entry *e)
{
	static const char *const container[N] = {
		"x/a", "x/b", "x/a", "y/c", "x/b", "x/a", "y/c", "x/a"};

	for (size_t i = 0; i < N; i++)
		e[i] = (struct retain_entry){.container = str_of(container[i]),
			.namespace = {container[i], 1},
			.time_s = 1000 + 100 * (int64_t)i,
			.bytes = 10,
			.is_new = i == N - 1};
}

/* The positions of the archives to remove, as digits. */
static const char *gone(const struct retain_limits *l, uint64_t free_bytes)
{
	static char text[N + 1];
	struct retain_entry e[N];
	const struct retain_now now = {2000, free_bytes};
	size_t n = 0;

	fill(e);
	retain_choose(e, N, l, &now);
	for (size_t i = 0; i < N; i++)
		if (e[i].is_gone)
			text[n++] = (char)('0' + i);
	text[n] = '\0';
	return text;
}

static void no_limit_keeps_all(void **state)
{
	(void)state;
	assert_string_equal(gone(&(struct retain_limits){0}, 0), "");
}

static void the_oldest_of_a_container_go(void **state)
{
	(void)state;
	assert_string_equal(gone(&(struct retain_limits){.keep = 2}, 0), "02");
	assert_string_equal(
		gone(&(struct retain_limits){.keep = 1}, 0), "01235");
}

static void the_oldest_of_a_namespace_go(void **state)
{
	(void)state;
	assert_string_equal(
		gone(&(struct retain_limits){.keep_namespace = 2}, 0), "0124");
}

static void bytes_space_and_age_are_limits(void **state)
{
	(void)state;
	assert_string_equal(
		gone(&(struct retain_limits){.max_bytes = 55}, 0), "012");
	assert_string_equal(
		gone(&(struct retain_limits){.min_free_bytes = 35}, 10), "012");
	assert_string_equal(
		gone(&(struct retain_limits){.min_free_bytes = 35}, 99), "");
	assert_string_equal(
		gone(&(struct retain_limits){.max_age_s = 750}, 0), "012");
	/* limits combine: what one removes counts for the next */
	assert_string_equal(gone(&(struct retain_limits){.max_age_s = 950,
					 .min_free_bytes = 30},
				    10),
		"01");
}

static void the_new_one_never_goes(void **state)
{
	(void)state;
	assert_string_equal(
		gone(&(struct retain_limits){.max_bytes = 1}, 0), "0123456");
	assert_string_equal(
		gone(&(struct retain_limits){.min_free_bytes = 9999}, 0),
		"0123456");
	assert_string_equal(
		gone(&(struct retain_limits){.max_age_s = 1}, 0), "0123456");
}

/* ---- the directory ------------------------------------------------------ */

static char dir_path[64];
static int dir = -1;

#define FIRST  "checkpoint-p_n-c-2026-11-23T02:38:33Z.tar"
#define SECOND "checkpoint-p_n-c-2026-11-23T02:38:34Z.tar"
#define THIRD  "checkpoint-p_n-d-2026-11-23T02:38:35Z.tar.age"

static void put(const char *name, struct archive_name n)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	owner_write(fd, &n);
	close(fd);
}

static int set_up(void **state)
{
	const struct archive_name c = {
		.namespace = STR("n"), .pod = STR("p"), .container = STR("c")};
	const struct archive_name d = {
		.namespace = STR("n"), .pod = STR("p"), .container = STR("d")};

	(void)state;
	snprintf(dir_path, sizeof(dir_path), "/tmp/t_store.XXXXXX");
	if (!mkdtemp(dir_path))
		return -1;
	dir = open(dir_path, O_RDONLY | O_DIRECTORY);
	put(FIRST, c);
	put(SECOND, c);
	put(THIRD, d);
	put("other.tar", d);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	close(dir);
	snprintf(command, sizeof(command), "rm -r %s", dir_path);
	return system(command);
}

static bool is_there(const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

static void archives_are_listed_in_order(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1 << 16);
	const struct catalogue_filter all = {0},
				      c = {STR("n"), STR("p"), STR("c")};
	const char *first, *second;

	(void)state;
	assert_int_equal(store_list(dir, &all, &b, NULL), 0);
	first = strstr(buf_cstr(&b), FIRST);
	second = strstr(buf_cstr(&b), SECOND);
	assert_true(first && second && first < second);
	assert_non_null(strstr(buf_cstr(&b), "\"encrypted\":true"));
	assert_null(strstr(buf_cstr(&b), "other"));
	buf_reset(&b);
	assert_int_equal(store_list(dir, &c, &b, NULL), 0);
	assert_non_null(strstr(buf_cstr(&b), SECOND));
	assert_null(strstr(buf_cstr(&b), THIRD));
}

static void only_the_containers_own_are_opened(void **state)
{
	const struct catalogue_filter c = {STR("n"), STR("p"), STR("c")};
	struct err e = {0};
	struct store_file file;
	char hash[1] = "";

	(void)state;
	assert_int_equal(store_open(dir, &c, FIRST, &file, &e), 0);
	assert_int_equal(file.bytes, 1);
	assert_true(file.changed_ns > 1700000000000000000);
	close(file.fd);
	/* the hash beside it: absent, then present */
	assert_int_equal(store_open(dir, &c, FIRST ".sha256", &file, &e), -1);
	assert_int_equal(e.kind, ERR_ABSENT);
	file.fd = openat(dir, FIRST ".sha256", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(file.fd, "h", 1), 1);
	close(file.fd);
	assert_int_equal(store_open(dir, &c, FIRST ".sha256", &file, &e), 0);
	assert_int_equal(read(file.fd, hash, 1), 1);
	assert_int_equal(hash[0], 'h');
	close(file.fd);
	assert_int_equal(store_open(dir, &c, THIRD, &file, &e), -1);
	assert_int_equal(e.kind, ERR_ABSENT);
	assert_int_equal(store_open(dir, &c, THIRD ".sha256", &file, &e), -1);
	assert_int_equal(store_open(dir, &c, "../x", &file, &e), -1);
	assert_int_equal(store_open(dir, &c, "../x.sha256", &file, &e), -1);
	assert_int_equal(store_open(dir, &c, "other.tar", &file, &e), -1);
	assert_int_equal(store_remove(dir, &c, THIRD, &e), -1);
	assert_int_equal(store_remove(dir, &c, FIRST, &e), 0);
	assert_false(is_there(FIRST));
	assert_true(is_there(THIRD));
}

static void retention_removes_files(void **state)
{
	const struct retain_limits l = {.keep = 1};
	struct room_removed r;

	(void)state;
	assert_int_equal(room_make(dir, &l, SECOND, &r, NULL), 0);
	assert_int_equal(r.archives, 1);
	assert_int_equal(r.bytes, 1);
	assert_false(is_there(FIRST));
	assert_true(is_there(SECOND));
	assert_true(is_there(THIRD));
	assert_true(is_there("other.tar"));
}

static void room_is_checked_before(void **state)
{
	struct retain_limits l = {.max_bytes = 100};
	struct err e = {0};

	(void)state;
	assert_int_equal(room_check(dir, &l, 100, &e), 0);
	assert_int_equal(room_check(dir, &l, 101, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	l = (struct retain_limits){.min_free_bytes = UINT64_MAX / 2};
	assert_int_equal(room_check(dir, &l, 1, &e), -1);
}

/* Without an owner an archive counts for no namespace but its own. */
static void archives_of_unknown_namespaces_are_not_counted_together(
	void **state)
{
	struct retain_entry e[] = {{.container = STR("p_a-c"), .time_s = 1},
		{.container = STR("p_b-c"), .time_s = 2},
		{.container = STR("p_c-c"), .time_s = 3, .is_new = true}};
	const struct retain_limits l = {.keep_namespace = 1};

	(void)state;
	retain_choose(e, 3, &l, &(struct retain_now){.time_s = 4});
	assert_false(e[0].is_gone || e[1].is_gone || e[2].is_gone);
}

/* As on a file system without attributes. */
static void put_beside(const char *name, struct archive_name n)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY, 0600);
	int lock = -1;

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(owner_write_beside(dir, name, &n, &lock, NULL), 0);
	close(lock);
}

/* "a" and "b-c", "a-b" and "c": the file names are alike. */
static void owners_beside_tell_namespaces_apart(void **state)
{
	const struct archive_name a = {.namespace = STR("a"),
		.pod = STR("p"),
		.container = STR("b-c")};
	const struct archive_name ab = {.namespace = STR("a-b"),
		.pod = STR("p"),
		.container = STR("c")};
	const struct retain_limits l = {.keep_namespace = 1};
	struct room_removed r;
	const char *const names[] = {
		"checkpoint-p_a-b-c-2026-11-23T02:40:01Z.tar",
		"checkpoint-p_a-b-c-2026-11-23T02:40:02Z.tar.age",
		"checkpoint-p_a-b-c-2026-11-23T02:40:03Z.tar.age"};

	(void)state;
	put_beside(names[0], a);
	put_beside(names[1], ab);
	put_beside(names[2], ab);
	assert_int_equal(room_make(dir, &l, names[2], &r, NULL), 0);
	assert_true(is_there(names[0]));
	assert_false(is_there(names[1]));
	assert_false(is_there("checkpoint-p_a-b-c-2026-11-23T02:40:02Z.tar.age"
			      ".owner"));
	assert_true(is_there(names[2]));
}

/* It was renamed, or somebody wrote it. */
static void an_owner_that_the_name_denies_is_none(void **state)
{
	AUTO_ARENA struct arena arena = arena_make(1000);
	const struct archive_name other = {
		.namespace = STR("x"), .pod = STR("p"), .container = STR("c")};
	const char *name = "checkpoint-p_n-c-2026-11-23T02:40:04Z.tar";
	int fd;

	(void)state;
	put_beside(name, other);
	fd = openat(dir, name, O_RDONLY);
	assert_int_equal(owner_read(dir, name, fd, &arena).n, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			archives_of_unknown_namespaces_are_not_counted_together),
		cmocka_unit_test_setup_teardown(
			owners_beside_tell_namespaces_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_owner_that_the_name_denies_is_none, set_up,
			tear_down),
		cmocka_unit_test(no_limit_keeps_all),
		cmocka_unit_test(the_oldest_of_a_container_go),
		cmocka_unit_test(the_oldest_of_a_namespace_go),
		cmocka_unit_test(bytes_space_and_age_are_limits),
		cmocka_unit_test(the_new_one_never_goes),
		cmocka_unit_test_setup_teardown(
			archives_are_listed_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			only_the_containers_own_are_opened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			retention_removes_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			room_is_checked_before, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
