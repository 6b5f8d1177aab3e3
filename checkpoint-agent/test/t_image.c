/* CRIU's images, made by hand, and a whole archive looked into. */
#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/image.h"
#include "checkpoint-agent/inspect.h"
#include "checkpoint-agent/pb.h"
#include "lib/base/json.h"

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

static void names_tell_the_kind(void **state)
{
	enum image_kind kind;
	uint32_t n;

	(void)state;
	assert_true(image_of_name(STR("fdinfo-12.img"), &kind, &n));
	assert_int_equal(kind, IMAGE_FDINFO);
	assert_int_equal(n, 12);
	assert_true(image_of_name(STR("pstree.img"), &kind, &n));
	assert_int_equal(kind, IMAGE_PSTREE);
	assert_false(image_of_name(STR("pages-1.img"), &kind, &n));
	assert_false(image_of_name(STR("core-x.img"), &kind, &n));
	assert_false(image_of_name(STR("filesystem.img"), &kind, &n));
	assert_false(image_of_name(STR("core-1"), &kind, &n));
}

static void rows_of_messages_are_walked(void **state)
{
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str rest, message;

	(void)state;
	put32(&b, 0x54564319);
	put32(&b, 0x50273030);
	put32(&b, 2);
	buf_put(&b, "\x08\x01", 2);
	put32(&b, 0);
	rest = buf_view(&b);
	assert_int_equal(image_open(&rest, IMAGE_PSTREE, NULL), 0);
	assert_int_equal(image_next(&rest, &message, NULL), 1);
	assert_int_equal(message.n, 2);
	assert_int_equal(image_next(&rest, &message, NULL), 1);
	assert_int_equal(message.n, 0);
	assert_int_equal(image_next(&rest, &message, NULL), 0);
	rest = str_sub(buf_view(&b), 0, 13); /* cut */
	assert_int_equal(image_open(&rest, IMAGE_PSTREE, NULL), 0);
	assert_int_equal(image_next(&rest, &message, NULL), -1);
	rest = buf_view(&b);
	assert_int_equal(image_open(&rest, IMAGE_CORE, NULL), -1);
}

static void inventories_say_what_was_left_out(void **state)
{
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str whole;

	(void)state;
	put32(&b, 0x58313116);
	put32(&b, 4);
	buf_put(&b, "\x08\x02\x50\x01", 4); /* img_version, tcp_close */
	whole = buf_view(&b);
	assert_true(image_closes_tcp(whole));
	assert_false(image_closes_tcp(str_sub(whole, 0, whole.n - 1)));
	assert_false(image_closes_tcp((struct str){0}));
	room[11] = 0;
	assert_false(image_closes_tcp(whole));
}

static const char *file_text(
	uint32_t type, uint32_t field, const struct buf *inner)
{
	static char text[256];
	char room[256];
	struct buf m = buf_fixed(room, sizeof(room));
	struct buf out = buf_fixed(text, sizeof(text));

	pb_whole(&m, 1, type);
	pb_whole(&m, 2, 7);
	if (inner)
		pb_bytes(&m, field, buf_view(inner));
	assert_int_equal(image_file_id(buf_view(&m)), 7);
	image_put_file(&out, buf_view(&m));
	return buf_cstr(&out);
}

static void files_are_told_in_words(void **state)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	pb_text(&b, 6, "/a b");
	assert_string_equal(file_text(1, 3, &b), "/a b");
	buf_reset(&b);
	pb_whole(&b, 5, 6); /* TCP */
	pb_whole(&b, 6, 1); /* established */
	pb_whole(&b, 7, 80);
	pb_whole(&b, 8, 4321);
	pb_whole(&b, 11, 0x0100007f);
	pb_whole(&b, 12, 0x0200000a);
	assert_string_equal(
		file_text(4, 4, &b), "tcp 127.0.0.1:80 10.0.0.2:4321");
	buf_reset(&b);
	pb_bytes(&b, 11, STR("\0name"));
	assert_string_equal(file_text(5, 16, &b), "unix @name");
	assert_string_equal(file_text(2, 0, NULL), "pipe");
	assert_string_equal(file_text(99, 0, NULL), "unknown");
}

/* ---- a whole archive ---------------------------------------------------- */

static void add_image(struct archive *a, const char *name, uint32_t magic,
	const struct buf *m)
{
	char room[512];
	struct buf b = buf_fixed(room, sizeof(room));

	put32(&b, 0x54564319);
	put32(&b, magic);
	put_message(&b, m);
	assert_int_equal(archive_add(a, name, buf_view(&b), NULL), 0);
}

static void add_images(struct archive *a)
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

static void archives_are_looked_into(void **state)
{
	AUTO_ARENA struct arena arena = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct json_out o = json_out(&out, 0);
	int fd = memfd_create("a", 0);
	static struct source source;
	struct content c;
	struct flow_file file;
	struct archive a;
	const struct node *n, *process;
	struct err e = {0};

	(void)state;
	flow_file_start(&file, fd);
	archive_start(&a, &file.flow, 0);
	archive_add(&a, "config.dump", STR("{\"id\":\"abc\"}"), NULL);
	archive_add(&a, "spec.dump", STR("{\"process\":{\"env\":[\"A=1\"]}}"),
		NULL);
	add_images(&a);
	archive_add(&a, "checkpoint/pages-1.img", STR("12345678"), NULL);
	assert_int_equal(archive_end(&a, NULL), 0);
	lseek(fd, 0, SEEK_SET);
	if (source_open_fd(&source, fd, NULL, &e) < 0 ||
		content_read(&c, &source, &e) < 0)
		fail_msg("%s", e.text);
	json_map(&o, NULL);
	inspect_put(&o, &c);
	json_map_end(&o);
	content_free(&c);
	source_close(&source);
	close(fd);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_the_kind),
		cmocka_unit_test(rows_of_messages_are_walked),
		cmocka_unit_test(inventories_say_what_was_left_out),
		cmocka_unit_test(files_are_told_in_words),
		cmocka_unit_test(archives_are_looked_into),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
