/*
 * Find, choose and stream the archives of containers in the archive of a pod.
 */
#include "checkpoint-agent/inspect/pod_archive.h"
#include "lib/arc/gzip.h"
#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void put(struct tar *t, const char *name, struct str content)
{
	const struct tar_entry entry = {.type = TAR_FILE,
		.path = str_of(name),
		.mode = 0600,
		.size = content.n};

	assert_int_equal(tar_file(t, &entry, content, NULL), 0);
}

/* A container's archive with `says` as its config.dump. */
static void put_container(struct tar *t, const char *file, const char *says)
{
	AUTO_BUF struct buf inner = buf_growing(1 << 20);
	struct tar part = tar_start(sink_buf(&inner));

	put(&part, "config.dump", str_of(says));
	put(&part, "spec.dump", STR("{}"));
	assert_int_equal(tar_end(&part, NULL), 0);
	put(t, file, buf_view(&inner));
}

#define POD_DUMP                                                               \
	STR("{\"metadata\":{\"name\":\"pair\",\"namespace\":\"default\"}}")

static void fill_pod(struct buf *b)
{
	struct tar t = tar_start(sink_buf(b));

	put(&t, "pod.options", STR("{\"version\":1}"));
	put(&t, "pod.dump", POD_DUMP);
	put_container(&t, "first.tar", "the first");
	put_container(&t, "second.tar", "the second");
	put(&t, "manifest.sha256", STR(""));
	assert_int_equal(tar_end(&t, NULL), 0);
}

/* "/proc/self/fd/N" of a file of these bytes. */
static const char *keep(const struct buf *b)
{
	static char path[64];
	static int fd = -1;

	fd_close(&fd);
	fd = memfd_create("archive", 0);
	assert_int_equal(fd_write(fd, b->p, b->n, NULL), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* The current archive's config.dump is this text. */
static void assert_says(struct pod_archive *u, const char *text)
{
	AUTO_BUF struct buf b = buf_growing(1000);
	struct tarfile_reader *r;
	struct tarfile_entry entry;
	struct err e = {0};

	if (tarfile_read_from(&r, u->now, &e) < 0 ||
		tarfile_read_next(r, &entry, &e) != 1 ||
		tarfile_read_all(r, &b, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(buf_cstr(&b), text);
	assert_int_equal(tarfile_read_next(r, &entry, &e), 1);
	assert_int_equal(tarfile_read_next(r, &entry, &e), 0);
	tarfile_read_close(r);
}

static void assert_both(const char *path)
{
	static struct pod_archive u;
	const struct pod_archive_place p = {path, "", NULL, 0};
	struct err e = {0};

	if (pod_archive_open(&u, &p, &e) < 0 || pod_archive_next(&u, &e) != 1)
		fail_msg("%s", e.text);
	assert_true(u.is_pod);
	assert_string_equal(u.name, "first");
	assert_says(&u, "the first");
	assert_int_equal(pod_archive_next(&u, &e), 1);
	assert_string_equal(u.name, "second");
	assert_says(&u, "the second");
	assert_int_equal(pod_archive_next(&u, &e), 0);
	assert_true(str_is(
		node_text(node_path(u.pod, "metadata", "name", NULL)), "pair"));
	pod_archive_close(&u);
}

static void a_pods_containers_go_by(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	AUTO_BUF struct buf zipped = buf_growing(1 << 20);
	AUTO_GZIP struct gzip *g = gzip_open(sink_buf(&zipped), NULL);

	(void)state;
	fill_pod(&b);
	assert_both(keep(&b));
	/* the pod's archive compressed as a whole */
	assert_int_equal(sink_put(gzip_sink(g), b.p, b.n, NULL), 0);
	assert_int_equal(gzip_end(g, NULL), 0);
	assert_both(keep(&zipped));
}

static void they_stream_from_a_pipe(void **state)
{
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	int ends[2], status;
	pid_t child;

	(void)state;
	fill_pod(&b);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(fd_write(ends[1], b.p, b.n, NULL) < 0);
	}
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	assert_both("-");
	waitpid(child, &status, 0);
}

static void one_is_chosen(void **state)
{
	static struct pod_archive u;
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct pod_archive_place p = {.container = "second"};
	struct err e = {0};

	(void)state;
	fill_pod(&b);
	p.path = keep(&b);
	if (pod_archive_one(&u, &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_says(&u, "the second");
	assert_int_equal(pod_archive_next(&u, &e), 0);
	pod_archive_close(&u);

	p.container = "third";
	assert_int_equal(pod_archive_one(&u, &p, &e), -1);
	assert_int_equal(e.kind, ERR_ABSENT);
	pod_archive_close(&u);

	p.container = "";
	assert_int_equal(pod_archive_one(&u, &p, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.text, "first, second"));
	pod_archive_close(&u);
}

static void a_containers_own_archive_is_itself(void **state)
{
	static struct pod_archive u;
	static struct pod_archive_names names;
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct tar t = tar_start(sink_buf(&b));
	struct pod_archive_place p = {.container = ""};
	struct err e = {0};

	(void)state;
	put(&t, "config.dump", STR("alone"));
	put(&t, "spec.dump", STR("{}"));
	assert_int_equal(tar_end(&t, NULL), 0);
	p.path = keep(&b);
	if (pod_archive_one(&u, &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_false(u.is_pod);
	assert_says(&u, "alone");
	assert_int_equal(pod_archive_next(&u, &e), 0);
	pod_archive_close(&u);
	assert_int_equal(pod_archive_names(&names, &p, &e), 0);
	assert_false(names.is_pod);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.name[0], "");
	p.container = "first";
	assert_int_equal(pod_archive_one(&u, &p, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	pod_archive_close(&u);
}

/* A file of these bytes is refused with this kind of error. */
static void assert_refused(struct buf *b, enum err_kind kind)
{
	static struct pod_archive u;
	const struct pod_archive_place p = {keep(b), "", NULL, 0};
	struct err e = {0};
	int more = pod_archive_open(&u, &p, &e);

	if (more == 0)
		do
			more = pod_archive_next(&u, &e);
		while (more == 1);
	pod_archive_close(&u);
	assert_int_equal(more, -1);
	assert_int_equal(e.kind, kind);
	buf_reset(b);
}

static void malformed_pod_archives_are_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4 << 20);
	struct tar t = tar_start(sink_buf(&b));
	char name[32];

	(void)state;
	put(&t, "pod.options", STR("{}")); /* without containers */
	put(&t, "rogue\033[2J.tar", STR("x"));
	put(&t, "deep/first.tar", STR("x"));
	put(&t, ".tar", STR("x"));
	assert_int_equal(tar_end(&t, NULL), 0);
	assert_refused(&b, ERR_INPUT);

	put(&t, "pod.options", STR("{}")); /* with too many */
	for (int i = 0; i <= POD_ARCHIVE_MAX; i++) {
		snprintf(name, sizeof(name), "c%d.tar", i);
		put(&t, name, STR("x"));
	}
	assert_int_equal(tar_end(&t, NULL), 0);
	assert_refused(&b, ERR_LIMIT);

	put(&t, "pod.dump", STR("{")); /* no document */
	put(&t, "first.tar", STR("x"));
	assert_int_equal(tar_end(&t, NULL), 0);
	assert_refused(&b, ERR_INPUT);

	buf_fill(&b, '\0', 3 << 20); /* nothing but zeros */
	assert_refused(&b, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pods_containers_go_by),
		cmocka_unit_test(they_stream_from_a_pipe),
		cmocka_unit_test(one_is_chosen),
		cmocka_unit_test(a_containers_own_archive_is_itself),
		cmocka_unit_test(malformed_pod_archives_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
