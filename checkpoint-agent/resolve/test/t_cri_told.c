/* What CRI tells of a container for its archive. */
#include "checkpoint-agent/resolve/cri_told.h"

#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static struct arena arena;
static struct buf status;
static struct cri_told told;

static int setup(void **state)
{
	(void)state;
	arena = arena_make(ROOM);
	status = buf_growing(ROOM);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	buf_free(&status);
	return 0;
}

static void put_pair(uint32_t number, const char *key, const char *value)
{
	struct buf b = buf_growing(ROOM);

	pb_text(&b, 1, key);
	if (*value)
		pb_text(&b, 2, value);
	pb_bytes(&status, number, buf_view(&b));
	buf_free(&b);
}

static int read_told(struct err *e)
{
	struct buf b = buf_growing(ROOM);
	int rc;

	pb_bytes(&b, 1, buf_view(&status));
	rc = cri_told_read(buf_view(&b), &arena, &told, e);
	buf_free(&b);
	return rc;
}

static void reads_the_status_of_a_container(void **state)
{
	struct err e = {0};

	(void)state;
	pb_bytes(&status, 2, STR("\x0a\x04main\x10\x03"));
	pb_whole(&status, 4, 1700000000000000001);
	pb_whole(&status, 5, 1700000000000000002);
	put_pair(12, "io.kubernetes.pod.uid", "u");
	put_pair(12, "app", "");
	put_pair(13, "io.kubernetes.container.hash", "f00");
	pb_text(&status, 15, "/var/log/pods/a/0.log");
	assert_int_equal(read_told(&e), 0);
	assert_int_equal(told.attempt, 3);
	assert_int_equal(told.created_ns, 1700000000000000001);
	assert_int_equal(told.started_ns, 1700000000000000002);
	assert_string_equal(told.log_path, "/var/log/pods/a/0.log");
	assert_string_equal(told.image_ref, "");
	assert_int_equal(told.labels.n, 2);
	assert_string_equal(told.labels.item[0].key, "app");
	assert_true(str_is(told.labels.item[0].value, ""));
	assert_true(str_is(*cri_told_find(&told.annotations,
				   "io.kubernetes.container.hash"),
		"f00"));
	assert_null(cri_told_find(&told.annotations, "app"));
}

/* Named by digest, or by an id alone: an image that came from no registry. */
static void reads_the_image_by_digest(void **state)
{
	static const struct {
		const char *told, *want;
	} row[] = {
		{"example.org/a@sha256:00", "example.org/a@sha256:00"},
		{"sha256:00", ""},
		{"", ""},
	};
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		buf_reset(&status);
		pb_text(&status, 9, row[i].told);
		assert_int_equal(read_told(&e), 0);
		assert_string_equal(told.image_ref, row[i].want);
	}
}

static void tells_nothing_of_what_is_torn_or_too_large(void **state)
{
	struct err e = {0};

	(void)state;
	put_pair(12, "key", "value");
	status.n--;
	assert_int_equal(read_told(&e), -1);
	assert_int_equal(told.labels.n, 0);
	buf_reset(&status);
	for (size_t i = 0; i <= CRI_PAIRS_MAX; i++)
		put_pair(13, "key", "value");
	assert_int_equal(read_told(&e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(told.annotations.n, 0);
	assert_string_equal(told.log_path, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			reads_the_status_of_a_container, setup, teardown),
		cmocka_unit_test_setup_teardown(
			reads_the_image_by_digest, setup, teardown),
		cmocka_unit_test_setup_teardown(
			tells_nothing_of_what_is_torn_or_too_large, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
