/*
 * Messages to CRIU are compared byte for byte; of its messages, which are
 * accepted and which refused.
 */
#include "checkpoint-agent/criu/criumsg.h"
#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) ((struct str){literal, sizeof(literal) - 1})

static void numbers_take_the_bytes_they_need(void **state)
{
	char room[64];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	pb_whole(&b, 1, 0);
	pb_whole(&b, 2, 300);
	pb_whole(&b, 16, UINT64_MAX);
	pb_text(&b, 3, "ab");
	assert_false(b.full);
	assert_int_equal(b.n, 2 + 3 + 12 + 4);
	assert_memory_equal(b.p,
		"\x08\x00\x10\xac\x02\x80\x01"
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a\x02"
		"ab",
		b.n);
}

static void fields_come_back(void **state)
{
	struct str m = BYTES("\x08\x00\x10\xac\x02\x1a\x02"
			     "ab\x25\x01\x02\x03\x04\x29"
			     "\x01\x00\x00\x00\x00\x00\x00\x80");
	struct pb_field f;

	(void)state;
	assert_int_equal(pb_next(&m, &f, NULL), 1);
	assert_int_equal(f.whole, 0);
	assert_int_equal(pb_next(&m, &f, NULL), 1);
	assert_int_equal(f.number, 2);
	assert_int_equal(f.whole, 300);
	assert_int_equal(pb_next(&m, &f, NULL), 1);
	assert_true(str_is(f.bytes, "ab"));
	assert_int_equal(pb_next(&m, &f, NULL), 1);
	assert_int_equal(f.whole, 0x04030201);
	assert_int_equal(pb_next(&m, &f, NULL), 1);
	assert_true(f.whole == 0x8000000000000001u);
	assert_int_equal(pb_next(&m, &f, NULL), 0);
}

static void broken_messages_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{"\x08", 1},     /* no value */
		{"\x08\xff", 2}, /* number without end */
		{"\x1a\x05"
		 "ab",
			4},              /* text beyond the end */
		{"\x00\x01", 2},         /* field 0 */
		{"\x0b", 1},             /* a group */
		{"\x25\x01\x02\x03", 4}, /* three of four bytes */
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11},
		{"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str m = {bad[i].bytes, bad[i].n};
		struct pb_field f;
		struct err e = {0};

		assert_int_equal(pb_next(&m, &f, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

/* The options of one field number, decoded again from a request. */
static struct str options_in(const struct buf *b, enum criu_verb verb)
{
	struct pb_field f;

	assert_int_equal(pb_find(buf_view(b), 1, &f), 1);
	assert_int_equal(f.whole, verb);
	assert_int_equal(pb_find(buf_view(b), 2, &f), 1);
	return f.bytes;
}

static struct str options_of(const struct buf *b)
{
	return options_in(b, CRIU_DUMP);
}

static uint64_t option(struct str opts, uint32_t number)
{
	struct pb_field f;

	return pb_find(opts, number, &f) ? f.whole : UINT64_MAX;
}

static const struct dump_options usual = {.closes_tcp = false};

static void a_dump_asks_for_all_it_needs(void **state)
{
	const struct criu_mount mounts[] = {
		{STR("/etc/hosts"), STR("/etc/hosts")},
		{STR("/run/secrets"), STR("/var/run/secrets")}};
	const struct str externals[] = {STR("net[4026531840]:extRootNetNS")};
	struct criu_dump d = {.images_fd = 7,
		.work_fd = 8,
		.options = &usual,
		.pid = 4711,
		.mounts = mounts,
		.mount_count = 2,
		.externals = externals,
		.external_count = 1,
		.freezer = "/sys/fs/cgroup/freezer/x",
		.config_file = "/proc/1/fd/8/criu.conf"};
	AUTO_BUF struct buf b = buf_growing(1 << 16);
	struct str opts;
	struct pb_field f, key;

	(void)state;
	criumsg_put_dump(&b, &d);
	opts = options_of(&b);
	assert_int_equal(option(opts, 1), 7); /* images_dir_fd */
	assert_int_equal(option(opts, 2), 4711);
	assert_int_equal(option(opts, 3), 1);  /* leave_running */
	assert_int_equal(option(opts, 5), 1);  /* tcp_established */
	assert_int_equal(option(opts, 12), 1); /* notify_scripts */
	assert_int_equal(option(opts, 50), 1); /* orphan_pts_master */
	assert_int_equal(option(opts, 64), 3); /* network lock: skip */
	assert_true(option(opts, 52) == UINT64_MAX);
	assert_true(option(opts, 38) == UINT64_MAX);
	assert_int_equal(pb_find(opts, 23, &f), 1); /* the last ext_mnt */
	assert_int_equal(pb_find(f.bytes, 1, &key), 1);
	assert_true(str_is(key.bytes, "/run/secrets"));
	assert_int_equal(pb_find(f.bytes, 2, &key), 1);
	assert_true(str_is(key.bytes, "/var/run/secrets"));
	assert_int_equal(pb_find(opts, 37, &f), 1);
	assert_true(str_eq(f.bytes, externals[0]));
}

static void tcp_can_be_closed_and_the_net_emptied(void **state)
{
	const struct dump_options closes = {.closes_tcp = true};
	struct criu_dump d = {
		.options = &closes, .config_file = "x", .empties_net = true};
	AUTO_BUF struct buf b = buf_growing(1 << 16);
	struct str opts;

	(void)state;
	criumsg_put_dump(&b, &d);
	opts = options_of(&b);
	assert_int_equal(option(opts, 52), 1);
	assert_true(option(opts, 5) == UINT64_MAX);
	assert_int_equal(option(opts, 38), 0x40000000);
	assert_true(option(opts, 44) == UINT64_MAX);
}

static void a_predump_and_what_follows_it_are_tracked(void **state)
{
	struct criu_dump first = {
		.options = &usual, .config_file = "x", .is_predump = true};
	struct criu_dump second = {
		.options = &usual, .config_file = "x", .parent = "/before"};
	struct criu_dump alone = {.options = &usual, .config_file = "x"};
	AUTO_BUF struct buf b = buf_growing(1 << 16);
	struct pb_field f;
	struct str opts;

	(void)state;
	criumsg_put_dump(&b, &first);
	opts = options_in(&b, CRIU_PREDUMP);
	assert_int_equal(option(opts, 15), 1); /* track_mem */
	assert_true(option(opts, 14) == UINT64_MAX);
	buf_reset(&b);
	criumsg_put_dump(&b, &second);
	opts = options_of(&b);
	assert_int_equal(option(opts, 15), 1);
	assert_int_equal(pb_find(opts, 14, &f), 1); /* parent_img */
	assert_true(str_is(f.bytes, "/before"));
	buf_reset(&b);
	criumsg_put_dump(&b, &alone);
	assert_true(option(options_of(&b), 15) == UINT64_MAX);
}

static void answers_are_told_apart(void **state)
{
	struct criu_answer a;

	(void)state;
	assert_int_equal(criumsg_parse_answer(BYTES("\x08\x06\x10\x01\x2a\x0b"
						    "\x0a\x09post-dump"),
				 &a, NULL),
		0);
	assert_int_equal(a.verb, CRIU_NOTIFY);
	assert_true(str_is(a.script, "post-dump"));
	assert_int_equal(criumsg_parse_answer(BYTES("\x08\x01\x10\x00\x38\x03"
						    "\x4a\x03sad"),
				 &a, NULL),
		0);
	assert_int_equal(a.verb, CRIU_DUMP);
	assert_false(a.is_good);
	assert_true(str_is(a.message, "sad"));
	assert_int_equal(criumsg_parse_answer(BYTES("\x08"), &a, NULL), -1);
}

static void images_are_plain_file_names(void **state)
{
	struct str name;

	(void)state;
	assert_int_equal(
		criumsg_parse_image(BYTES("\x0a\x0bpages-1.img"), &name, NULL),
		0);
	assert_true(str_is(name, "pages-1.img"));
	assert_int_equal(
		criumsg_parse_image(BYTES("\x0a\x02.."), &name, NULL), -1);
	assert_int_equal(criumsg_parse_image(BYTES("\x0a\x03"
						   "a/b"),
				 &name, NULL),
		-1);
	assert_int_equal(
		criumsg_parse_image(BYTES("\x0a\x00"), &name, NULL), -1);
	assert_int_equal(criumsg_parse_image(BYTES(""), &name, NULL), -1);
	assert_int_equal(criumsg_parse_image(BYTES("\x0a\x03"
						   "a\nb"),
				 &name, NULL),
		-1);
}

static void statistics_are_read(void **state)
{
	static const char file[] = "\x40\x59\x10\x55\x06\x33\x09\x57"
				   "\x0e\x00\x00\x00"
				   "\x0a\x0c\x08\x64\x10\xe8\x07\x18\x05"
				   "\x20\x06\x28\x30\x30";
	struct criu_stats s;

	(void)state;
	/* freezing 100, frozen 1000, memdump 5, pages scanned 48 */
	assert_int_equal(
		criumsg_parse_stats((struct str){file, 26}, &s, NULL), 0);
	assert_int_equal(s.freezing_us, 100);
	assert_int_equal(s.frozen_us, 1000);
	assert_int_equal(s.pages_scanned, 48);
	assert_int_equal(
		criumsg_parse_stats((struct str){file, 11}, &s, NULL), -1);
	assert_int_equal(
		criumsg_parse_stats(BYTES("nothing of the kind"), &s, NULL),
		-1);
}

static void the_cause_is_what_criu_called_an_error(void **state)
{
	const struct str log =
		STR("(00.1) Dumping processes\n"
		    "(00.2) Error (criu/util.c:9): rlimit: Can't setup "
		    "RLIMIT_NOFILE for self: Operation not permitted\n"
		    "(00.3)      1: Error (criu/sk.c:1): no such socket\n"
		    "(00.4) Warn  (criu/x.c:1): careful\n"
		    "(00.5) Error (criu/cr-dump.c:2): Dump files failed\n"
		    "(00.6) Error (criu/cr-dump.c:3): Dumping FAILED.\n");
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));

	(void)state;
	criumsg_cause(log, &b);
	assert_string_equal(buf_cstr(&b), "no such socket; Dump files failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_take_the_bytes_they_need),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(broken_messages_are_refused),
		cmocka_unit_test(a_dump_asks_for_all_it_needs),
		cmocka_unit_test(tcp_can_be_closed_and_the_net_emptied),
		cmocka_unit_test(a_predump_and_what_follows_it_are_tracked),
		cmocka_unit_test(answers_are_told_apart),
		cmocka_unit_test(images_are_plain_file_names),
		cmocka_unit_test(statistics_are_read),
		cmocka_unit_test(the_cause_is_what_criu_called_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
