/* Messages of CRI: what is sent, and how replies are read. */
#include "checkpoint-agent/resolve/cri.h"

#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_make(ROOM);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* A Container message of ListContainersResponse. */
static void put_container(struct buf *b, const char *id, const char *name,
	uint64_t state, uint64_t created_ns)
{
	struct buf c = buf_growing(ROOM);
	struct buf m = buf_growing(ROOM);

	pb_text(&m, 1, name);
	pb_text(&c, 1, id);
	pb_text(&c, 2, "sandbox");
	pb_bytes(&c, 3, buf_view(&m));
	buf_reset(&m);
	pb_text(&m, 1, "example.org/image:1");
	pb_bytes(&c, 4, buf_view(&m));
	pb_text(&c, 5, "sha256:ref"); /* one that we pass over */
	pb_whole(&c, 6, state);
	pb_whole(&c, 7, created_ns);
	pb_bytes(b, 1, buf_view(&c));
	buf_free(&m);
	buf_free(&c);
}

static void asks_by_the_labels_of_the_kubelet(void **state)
{
	struct buf b = buf_growing(ROOM);
	static const char want[] =
		"\x0a\x4d" /* filter */
		"\x22\x26\x0a\x1bio.kubernetes.pod.namespace\x12\x07"
		"default\x22\x23\x0a\x16io.kubernetes.pod.name\x12\x09"
		"counter-0";

	(void)state;
	cri_write_list(&b, &(struct cri_pod){"default", "counter-0"});
	assert_int_equal(b.n, sizeof want - 1);
	assert_memory_equal(b.p, want, sizeof want - 1);
	buf_free(&b);
}

static void chooses_the_newest_that_runs(void **state)
{
	static struct cri_list l;
	const struct cri_container *c = NULL;
	struct buf b = buf_growing(ROOM);
	struct err e = {0};

	(void)state;
	put_container(&b, "failed", "main", 2, 1);
	put_container(&b, "old", "main", 1, 2);
	put_container(&b, "now", "main", 1, 4);
	put_container(&b, "other", "main", 1, 3);
	put_container(&b, "ended", "main", 2, 5);
	put_container(&b, "done", "init", 2, 6);
	assert_int_equal(cri_read_list(buf_view(&b), &arena, &l, &e), 0);
	assert_int_equal(l.n, 6);
	assert_int_equal(cri_choose(&l, "main", &c), RESOLVE_FOUND);
	assert_string_equal(c->id, "now");
	assert_string_equal(c->sandbox, "sandbox");
	assert_string_equal(c->image, "example.org/image:1");
	assert_int_equal(cri_choose(&l, "init", &c), RESOLVE_NOT_RUNNING);
	assert_int_equal(cri_choose(&l, "none", &c), RESOLVE_NO_CONTAINER);
	l.n = 0;
	assert_int_equal(cri_choose(&l, "main", &c), RESOLVE_NO_POD);
	buf_free(&b);
}

/* A ContainerStatusResponse whose info map has these two texts. */
static int status(const char *key, const char *value, struct cri_status *out,
	struct err *e)
{
	struct buf b = buf_growing(ROOM);
	struct buf m = buf_growing(ROOM);
	int rc;

	pb_text(&m, 1, key);
	pb_text(&m, 2, value);
	pb_text(&b, 1, "");
	pb_bytes(&b, 2, buf_view(&m));
	rc = cri_read_status(buf_view(&b), &arena, out, e);
	buf_free(&m);
	buf_free(&b);
	return rc;
}

static void reads_pid_and_specification(void **state)
{
	struct err e = {0};
	struct cri_status told;

	(void)state;
	assert_int_equal(status("info",
				 "{\"pid\":4711,\"runtimeSpec\":"
				 "{\"ociVersion\":\"1.1.0\"}}",
				 &told, &e),
		0);
	assert_int_equal(told.pid, 4711);
	assert_false(told.is_crun);
	assert_true(str_is(told.spec, "{\"ociVersion\":\"1.1.0\"}"));
}

static void knows_crun_by_its_program(void **state)
{
	struct err e = {0};
	struct cri_status told;

	(void)state;
	assert_int_equal(status("info",
				 "{\"pid\":1,\"runtimeOptions\":"
				 "{\"binary_name\":\"/usr/bin/crun\"},"
				 "\"runtimeSpec\":{}}",
				 &told, &e),
		0);
	assert_true(told.is_crun);
}

static void refuses_a_status_without_a_process(void **state)
{
	static const char *const info[] = {"{}", "{\"pid\":0}",
		"{\"pid\":\"1\"}", "{\"pid\":-1}", "{\"pid\":4294967296}"};
	struct err e = {0};
	struct cri_status told;

	(void)state;
	for (size_t i = 0; i < sizeof info / sizeof *info; i++) {
		assert_int_equal(status("info", info[i], &told, &e), -1);
		assert_int_equal(e.kind, ERR_ABSENT);
	}
	assert_int_equal(status("info", "{\"pid\":", &told, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(status("other", "{}", &told, &e), -1);
}

static void refuses_torn_messages(void **state)
{
	static struct cri_list l;
	struct buf b = buf_growing(ROOM);
	struct err e = {0};

	(void)state;
	put_container(&b, "now", "main", 1, 1);
	for (size_t n = 1; n < b.n; n++)
		assert_int_equal(cri_read_list(str_sub(buf_view(&b), 0, n),
					 &arena, &l, &e),
			-1);
	buf_reset(&b);
	for (size_t i = 0; i <= CRI_CONTAINERS_MAX; i++)
		put_container(&b, "x", "main", 1, 1);
	assert_int_equal(cri_read_list(buf_view(&b), &arena, &l, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_by_the_labels_of_the_kubelet),
		cmocka_unit_test(chooses_the_newest_that_runs),
		cmocka_unit_test(reads_pid_and_specification),
		cmocka_unit_test(knows_crun_by_its_program),
		cmocka_unit_test(refuses_a_status_without_a_process),
		cmocka_unit_test(refuses_torn_messages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
