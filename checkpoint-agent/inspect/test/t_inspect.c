/* Inspect a whole archive whose CRIU images are made by hand. */
#include "checkpoint-agent/archive/tarball.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/inspect.h"
#include "lib/base/json.h"
#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void put32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_byte(b, (char)(unsigned char)(v >> (8 * i)));
}

static void put_message(struct buf *b, const struct buf *m)
{
	put32(b, (uint32_t)m->n);
	buf_str(b, buf_view(m));
}

static void add_image(struct tarball *a, const char *name, uint32_t magic,
	const struct buf *m)
{
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));

	put32(&b, 0x54564319);
	put32(&b, magic);
	put_message(&b, m);
	assert_int_equal(tarball_add(a, name, buf_view(&b), NULL), 0);
}

static void add_images(struct tarball *a)
{
	char room[256], inner_room[128];
	struct buf m = buf_fixed(room, sizeof(room));
	struct buf inner = buf_fixed(inner_room, sizeof(inner_room));

	pb_whole(&m, 1, 1);
	pb_whole(&m, 2, 0);
	pb_whole(&m, 5, 1);
	pb_whole(&m, 5, 9);
	add_image(a, "checkpoint/pstree.img", 0x50273030, &m);
	buf_reset(&m);
	pb_text(&inner, 6, "program");
	pb_bytes(&m, 3, buf_view(&inner));
	add_image(a, "checkpoint/core-1.img", 0x55053847, &m);
	buf_reset(&m);
	pb_whole(&m, 2, 5);
	add_image(a, "checkpoint/ids-1.img", 0x54432030, &m);
	buf_reset(&m);
	pb_whole(&m, 1, 7);
	pb_whole(&m, 4, 3);
	add_image(a, "checkpoint/fdinfo-5.img", 0x56213732, &m);
	buf_reset(&m);
	buf_reset(&inner);
	pb_text(&inner, 6, "/data/x");
	pb_whole(&m, 1, 1);
	pb_whole(&m, 2, 7);
	pb_bytes(&m, 3, buf_view(&inner));
	add_image(a, "checkpoint/files.img", 0x56303138, &m);
}

/* An archive in memory, and what is read of it. */
struct made {
	int fd;
	struct flow_file file;
	struct tarball archive;
	struct images images;
};

static void begin_archive(struct made *m)
{
	m->fd = memfd_create("a", 0);
	flow_file_start(&m->file, m->fd);
	tarball_start(&m->archive, &m->file.flow, 0);
	tarball_add(&m->archive, "config.dump", STR("{\"id\":\"abc\"}"), NULL);
	tarball_add(&m->archive, "spec.dump",
		STR("{\"process\":{\"env\":[\"A=1\"]}}"), NULL);
}

static int end_and_read(struct made *m, struct err *e)
{
	static struct input source;
	int rc;

	assert_int_equal(tarball_end(&m->archive, NULL), 0);
	lseek(m->fd, 0, SEEK_SET);
	rc = input_open_fd(&source, m->fd, NULL, e);
	if (rc == 0)
		rc = images_read(&m->images, &source, e);
	input_close(&source);
	close(m->fd);
	return rc;
}

static void put_all(struct made *m, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	inspect_put(&o, &m->images);
	json_map_end(&o);
}

static void a_whole_archive_is_inspected(void **state)
{
	AUTO_ARENA struct arena arena = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct made m;
	const struct node *n, *process;
	struct err e = {0};

	(void)state;
	begin_archive(&m);
	add_images(&m.archive);
	tarball_add(
		&m.archive, "checkpoint/pages-1.img", STR("12345678"), NULL);
	if (end_and_read(&m, &e) < 0)
		fail_msg("%s", e.text);
	put_all(&m, &out);
	images_free(&m.images);
	assert_int_equal(json_parse(buf_view(&out), &arena, &n, NULL), 0);
	assert_true(str_is(
		node_text(node_path(n, "container", "id", NULL)), "abc"));
	assert_int_equal(
		node_whole(node_path(n, "statistics", "memoryBytes", NULL), 0),
		8);
	process = node_first(node_get(n, "processes"));
	assert_int_equal(node_whole(node_get(process, "threads"), 0), 2);
	assert_true(str_is(node_text(node_get(process, "command")), "program"));
	process = node_first(node_get(process, "files"));
	assert_int_equal(node_whole(node_get(process, "fd"), -1), 3);
	assert_true(str_is(node_text(node_get(process, "what")), "/data/x"));
}

/* ---- archives made to be costly ----------------------------------------- */

#define MANY 20000u

/* An image of n messages. */
static void add_many(struct tarball *a, const char *name, uint32_t magic,
	void (*put)(struct buf *m, uint32_t i), uint32_t n)
{
	AUTO_BUF struct buf b = buf_growing(64 << 20);
	char room[64];
	struct buf m = buf_fixed(room, sizeof(room));

	put32(&b, 0x54564319);
	put32(&b, magic);
	for (uint32_t i = 0; i < n; i++) {
		buf_reset(&m);
		put(&m, i);
		put_message(&b, &m);
	}
	assert_int_equal(tarball_add(a, name, buf_view(&b), NULL), 0);
}

static void put_descriptor(struct buf *m, uint32_t i)
{
	pb_whole(m, 1, MANY - i);
	pb_whole(m, 4, i);
}

static void put_file(struct buf *m, uint32_t i)
{
	pb_whole(m, 1, 4);
	pb_whole(m, 2, i + 1);
}

static void put_one_process(struct buf *m, uint32_t i)
{
	pb_whole(m, 1, 1 + i / 2);
	pb_whole(m, 2, 0);
}

static void put_ids(struct buf *m, uint32_t i)
{
	pb_whole(m, 2, 5 + i);
}

/* Every descriptor names another file: with a walk for each, 400 million. */
static void look_ups_do_not_walk(void **state)
{
	AUTO_BUF struct buf out = buf_growing(64 << 20);
	struct made m;
	struct err e = {0};

	(void)state;
	begin_archive(&m);
	add_many(&m.archive, "checkpoint/pstree.img", 0x50273030,
		put_one_process, 1);
	add_many(&m.archive, "checkpoint/ids-1.img", 0x54432030, put_ids, 1);
	add_many(&m.archive, "checkpoint/fdinfo-5.img", 0x56213732,
		put_descriptor, MANY);
	add_many(
		&m.archive, "checkpoint/files.img", 0x56303138, put_file, MANY);
	if (end_and_read(&m, &e) < 0)
		fail_msg("%s", e.text);
	put_all(&m, &out);
	assert_false(out.full);
	assert_in_range(m.images.indexes->steps, MANY, 20 * MANY);
	images_free(&m.images);
}

static void what_is_shown_with_all_it_has_is_there_once(void **state)
{
	struct made m;
	struct err e = {0};

	(void)state;
	begin_archive(&m);
	add_many(&m.archive, "checkpoint/pstree.img", 0x50273030,
		put_one_process, 2);
	assert_int_equal(end_and_read(&m, &e), -1);
	assert_non_null(strstr(e.text, "process 1 occurs twice"));
	images_free(&m.images);
	err_clear(&e);
	begin_archive(&m);
	add_many(&m.archive, "checkpoint/ids-1.img", 0x54432030, put_ids, 1);
	add_many(&m.archive, "checkpoint/ids-1.img", 0x54432030, put_ids, 1);
	assert_int_equal(end_and_read(&m, &e), -1);
	assert_non_null(strstr(e.text, "occurs twice"));
	images_free(&m.images);
	err_clear(&e);
	begin_archive(&m);
	tarball_add(&m.archive, "spec.dump", STR("{}"), NULL);
	assert_int_equal(end_and_read(&m, &e), -1);
	assert_non_null(strstr(e.text, "spec.dump: occurs twice"));
	images_free(&m.images);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_archive_is_inspected),
		cmocka_unit_test(look_ups_do_not_walk),
		cmocka_unit_test(what_is_shown_with_all_it_has_is_there_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
