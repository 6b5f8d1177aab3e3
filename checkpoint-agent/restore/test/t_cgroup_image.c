/* What an archive says of cgroups is written anew before CRIU reads it. */
#include "checkpoint-agent/restore/cgroup_image.h"

#include "checkpoint-agent/criu/img.h"
#include "lib/base/pb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)
#define HEAD "\x19\x43\x56\x54\x30\x33\x38\x59" /* magic numbers */

/* A hybrid node, with a hierarchy of systemd's. */
#define HIERARCHIES "4:cpu,cpuacct:/a\n3:pids:/a\n1:name=systemd:/a\n0::/a\n"

static const struct cgroup_image_node node = {
	{HIERARCHIES, sizeof(HIERARCHIES) - 1}, {"again", 5}};

static void put_member(struct buf *b, const char *name, const char *path,
	uint64_t prefix_bytes)
{
	AUTO_BUF struct buf m = buf_growing(ROOM);

	pb_text(&m, 1, name);
	pb_text(&m, 2, path);
	if (prefix_bytes)
		pb_whole(&m, 3, prefix_bytes);
	pb_bytes(b, 2, buf_view(&m));
}

/* A directory with a child and a limit. */
static void put_dir(struct buf *b, const char *name)
{
	AUTO_BUF struct buf d = buf_growing(ROOM), p = buf_growing(ROOM);

	pb_text(&p, 1, "pids.max");
	pb_text(&p, 2, "1");
	pb_text(&d, 1, name);
	pb_bytes(&d, 3, buf_view(&p));
	buf_reset(&p);
	pb_text(&p, 1, "below");
	pb_bytes(&d, 2, buf_view(&p));
	pb_bytes(b, 2, buf_view(&d));
}

static void put_controller(
	struct buf *b, const char *name, const char *other, const char *dir)
{
	AUTO_BUF struct buf c = buf_growing(ROOM);

	pb_text(&c, 1, name);
	if (other)
		pb_text(&c, 1, other);
	put_dir(&c, dir);
	put_dir(&c, "victim");
	pb_bytes(b, 2, buf_view(&c));
}

static void put_image(struct buf *image, const struct buf *entry)
{
	buf_put(image, HEAD, 8);
	img_put(image, buf_view(entry));
}

/* The only message of a tame image. */
static struct str tame(const struct buf *entry, struct buf *out)
{
	AUTO_BUF struct buf image = buf_growing(ROOM);
	struct str rest, message;

	put_image(&image, entry);
	assert_int_equal(
		cgroup_image_tame(buf_view(&image), &node, out, NULL), 0);
	rest = buf_view(out);
	assert_int_equal(img_open(&rest, IMG_CGROUP, NULL), 0);
	assert_int_equal(img_next(&rest, &message, NULL), 1);
	assert_int_equal(rest.n, 0);
	return message;
}

static void processes_stay_in_one_cgroup(void **state)
{
	AUTO_BUF struct buf entry = buf_growing(ROOM), set = buf_growing(ROOM);
	AUTO_BUF struct buf out = buf_growing(ROOM), want = buf_growing(ROOM);
	AUTO_BUF struct buf wanted_set = buf_growing(ROOM);

	(void)state;
	pb_whole(&set, 1, 7);
	put_member(&set, "pids", "/../victim", 0);
	put_member(&set, "cpu,cpuacct", "/victim/x", 7);
	put_member(&set, "name=evil", "/", 0); /* the node has none */
	put_member(&set, "memory", "/victim", 0);
	put_member(&set, "", "/victim", 0);
	pb_bytes(&entry, 1, buf_view(&set));

	pb_whole(&wanted_set, 1, 7);
	put_member(&wanted_set, "pids", "/again", 0);
	put_member(&wanted_set, "cpu,cpuacct", "/again", 6);
	put_member(&wanted_set, "", "/again", 0);
	pb_bytes(&want, 1, buf_view(&wanted_set));
	assert_true(str_eq(tame(&entry, &out), buf_view(&want)));
}

static void nothing_else_is_made_and_no_limit_written(void **state)
{
	AUTO_BUF struct buf entry = buf_growing(ROOM), out = buf_growing(ROOM);
	AUTO_BUF struct buf want = buf_growing(ROOM), c = buf_growing(ROOM);
	AUTO_BUF struct buf dir = buf_growing(ROOM);

	(void)state;
	put_controller(&entry, "cpu", "cpuacct", "/victim");
	put_controller(&entry, "cpu", NULL, "victim"); /* no such hierarchy */
	put_controller(&entry, "name=../../evil", NULL, "x");
	pb_text(&dir, 1, "again");
	pb_text(&c, 1, "cpu");
	pb_text(&c, 1, "cpuacct");
	pb_bytes(&c, 2, buf_view(&dir));
	pb_bytes(&want, 2, buf_view(&c));
	assert_true(str_eq(tame(&entry, &out), buf_view(&want)));
}

static void what_is_no_image_is_refused(void **state)
{
	const struct str bad[] = {STR(""), STR("\x19\x43\x56\x54"),
		STR("\x19\x43\x56\x54\x30\x33\x38\x58"),
		STR(HEAD "\x05\0\0\0\x0a"), STR(HEAD "\x02\0\0\0\x0a\x7f")};
	AUTO_BUF struct buf out = buf_growing(ROOM);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (cgroup_image_tame(bad[i], &node, &out, NULL) == 0)
			fail_msg("taken: %zu", i);
	/* of a container without cgroups of its own */
	buf_reset(&out);
	assert_int_equal(cgroup_image_tame(STR(HEAD), &node, &out, NULL), 0);
	assert_true(str_is(buf_view(&out), HEAD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_stay_in_one_cgroup),
		cmocka_unit_test(nothing_else_is_made_and_no_limit_written),
		cmocka_unit_test(what_is_no_image_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
