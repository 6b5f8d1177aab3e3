/* CRIU image files, made by hand. */
#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void put32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_byte(b, (char)(unsigned char)(v >> (8 * i)));
}

static void file_names_give_kind_and_number(void **state)
{
	enum img_kind kind;
	uint32_t n;

	(void)state;
	assert_true(img_parse_name(STR("fdinfo-12.img"), &kind, &n));
	assert_int_equal(kind, IMG_FDINFO);
	assert_int_equal(n, 12);
	assert_true(img_parse_name(STR("pstree.img"), &kind, &n));
	assert_int_equal(kind, IMG_PSTREE);
	assert_false(img_parse_name(STR("pages-1.img"), &kind, &n));
	assert_false(img_parse_name(STR("core-x.img"), &kind, &n));
	assert_false(img_parse_name(STR("filesystem.img"), &kind, &n));
	assert_false(img_parse_name(STR("core-1"), &kind, &n));
}

static void messages_are_walked_in_order(void **state)
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
	assert_int_equal(img_open(&rest, IMG_PSTREE, NULL), 0);
	assert_int_equal(img_next(&rest, &message, NULL), 1);
	assert_int_equal(message.n, 2);
	assert_int_equal(img_next(&rest, &message, NULL), 1);
	assert_int_equal(message.n, 0);
	assert_int_equal(img_next(&rest, &message, NULL), 0);
	rest = str_sub(buf_view(&b), 0, 13); /* cut */
	assert_int_equal(img_open(&rest, IMG_PSTREE, NULL), 0);
	assert_int_equal(img_next(&rest, &message, NULL), -1);
	rest = buf_view(&b);
	assert_int_equal(img_open(&rest, IMG_CORE, NULL), -1);
}

static void inventories_record_closed_connections(void **state)
{
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));
	struct str whole;

	(void)state;
	put32(&b, 0x58313116);
	put32(&b, 4);
	buf_put(&b, "\x08\x02\x50\x01", 4); /* img_version, tcp_close */
	whole = buf_view(&b);
	assert_true(img_closes_tcp(whole));
	assert_false(img_closes_tcp(str_sub(whole, 0, whole.n - 1)));
	assert_false(img_closes_tcp((struct str){0}));
	room[11] = 0;
	assert_false(img_closes_tcp(whole));
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
	assert_int_equal(img_file_id(buf_view(&m)), 7);
	img_file_put(&out, buf_view(&m));
	return buf_cstr(&out);
}

static void files_are_described(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_names_give_kind_and_number),
		cmocka_unit_test(messages_are_walked_in_order),
		cmocka_unit_test(inventories_record_closed_connections),
		cmocka_unit_test(files_are_described),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
