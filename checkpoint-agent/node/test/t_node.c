/* Parse texts of /proc as kernels really write them. */
#include "checkpoint-agent/node/cgroup.h"
#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/mountinfo.h"
#include "checkpoint-agent/node/overlay.h"
#include "checkpoint-agent/node/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

/* ---- processes ---------------------------------------------------------- */

static void the_start_time_is_behind_any_name(void **state)
{
	uint64_t ticks;

	(void)state;
	assert_int_equal(
		process_parse_start(STR("12 (a) b) (c) S 1 12 12 0 -1 4 "
					"1 2 3 4 5 6 7 8 20 0 1 0 8877 "
					"1 2\n"),
			&ticks, NULL),
		0);
	assert_int_equal(ticks, 8877);
	assert_int_equal(
		process_parse_start(STR("12 (a) S 1"), &ticks, NULL), -1);
	assert_int_equal(process_parse_start(STR(""), &ticks, NULL), -1);
}

static void a_field_is_found_by_its_name(void **state)
{
	struct str text = STR("Name:\tcat\nState:\tT (stopped)\nPPid:\t7\n");

	(void)state;
	assert_true(str_is(process_find_field(text, "State"), "T (stopped)"));
	assert_true(str_is(process_find_field(text, "PPid"), "7"));
	assert_int_equal(process_find_field(text, "Pid").n, 0);
}

static void lines_without_three_fields_are_skipped(void **state)
{
	struct str text = STR("junk\n3:cpu,freezer:/a:b\n0::/\n");
	struct cgroup c;

	(void)state;
	assert_true(cgroup_next(&text, &c));
	assert_true(str_is(c.controllers, "cpu,freezer"));
	assert_true(str_is(c.path, "/a:b"));
	assert_true(cgroup_next(&text, &c));
	assert_int_equal(c.controllers.n, 0);
	assert_true(str_is(c.path, "/"));
	assert_false(cgroup_next(&text, &c));
}

static void control_groups_name_a_container(void **state)
{
	struct str v1 = STR("5:freezer:/kubepods/pod1/abcd\n0::/\n");
	struct str v2 = STR("0::/a.slice/cri-containerd-abcd.scope/child\n");

	(void)state;
	assert_true(cgroup_has_name(v1, STR("abcd")));
	assert_true(cgroup_has_name(v2, STR("abcd")));
	assert_false(cgroup_has_name(v1, STR("bcd")));
	assert_false(cgroup_has_name(v2, STR("bcd")));
	assert_false(cgroup_has_name(v2, STR("")));
	assert_true(cgroup_is_same(v1, v1));
	assert_false(cgroup_is_same(v1, v2));
	/* the root is where everybody is */
	assert_false(cgroup_is_same(STR("0::/\n"), STR("0::/\n")));
}

/* ---- mounts ------------------------------------------------------------- */

static void lines_of_mountinfo_are_cut(void **state)
{
	struct str text = STR("120 59 0:54 / / rw,relatime - overlay overlay "
			      "rw,lowerdir=/l,upperdir=/u\n"
			      "121 120 0:57 /a /m\\040n rw shared:3 master:1 "
			      "- ext4 /dev/x rw\n");
	struct mountinfo m;

	(void)state;
	assert_int_equal(mountinfo_next(&text, &m, NULL), 1);
	assert_true(str_is(m.at, "/"));
	assert_true(str_is(m.type, "overlay"));
	assert_int_equal(mountinfo_next(&text, &m, NULL), 1);
	assert_true(str_is(m.root, "/a"));
	assert_true(str_is(m.type, "ext4"));
	assert_string_equal(mountinfo_decode(&arena, m.at), "/m n");
	assert_int_equal(mountinfo_next(&text, &m, NULL), 0);
}

static void odd_lines_are_refused_and_odd_escapes_kept(void **state)
{
	struct str text = STR("120 59 0:54 / / rw,relatime overlay\n");
	struct mountinfo m;

	(void)state;
	assert_int_equal(mountinfo_next(&text, &m, NULL), -1);
	text = STR("1 2 3\n");
	assert_int_equal(mountinfo_next(&text, &m, NULL), -1);
	assert_string_equal(mountinfo_decode(&arena, STR("a\\04")), "a\\04");
	assert_string_equal(
		mountinfo_decode(&arena, STR("a\\0498")), "a\\0498");
	assert_string_equal(mountinfo_decode(&arena, STR("\\134x")), "\\x");
}

/* The layers in a table of one line with these options. */
static int find(const char *options, struct overlay *l)
{
	AUTO_BUF struct buf b = buf_growing(65536);

	buf_fmt(&b, "1 2 0:9 / /s/m\\040p rw - overlay o %s\n", options);
	return overlay_find(buf_view(&b), STR("0:9"), &arena, l, NULL);
}

static void layers_are_found(void **state)
{
	static struct overlay l;

	(void)state;
	assert_int_equal(find("rw,lowerdir=/a:l/B:/c\\040d,"
			      "upperdir=/s/overlay/ID/diff,workdir=/w",
				 &l),
		1);
	assert_string_equal(l.at, "/s/m p");
	assert_string_equal(l.upper, "/s/overlay/ID/diff");
	assert_int_equal(l.lower_count, 3);
	assert_string_equal(l.lower[0], "/a");
	assert_string_equal(l.lower[1], "/s/overlay/l/B");
	assert_string_equal(l.lower[2], "/c d");
	assert_false(l.has_user_marks);
	assert_int_equal(find("ro,lowerdir=/a:/b", &l), 0);
	assert_int_equal(find("rw,lowerdir=/a,upperdir=/u,userxattr", &l), 1);
	assert_true(l.has_user_marks);
}

/* As Linux prints what mount(2) and fsconfig(2) were given. */
static void every_spelling_of_layers_is_understood(void **state)
{
	static const struct {
		const char *options, *upper, *lower[3];
	} row[] = {
		{"rw,lowerdir+=/a,lowerdir+=/b:c,datadir+=/d,upperdir=/u", "/u",
			{"/a", "/b:c"}},
		{"rw,lowerdir=/a\\134:b:/c\\134\\054d,upperdir=/u\\134\\054v",
			"/u,v", {"/a:b", "/c,d"}},
		{"rw,lowerdir=/a\\134\\134b,upperdir=/u\\134\\134v", "/u\\v",
			{"/a\\b"}},
		{"rw,lowerdir+=/a\\134b,upperdir=/u", "/u", {"/a\\b"}},
		{"rw,lowerdir=/a:/b::/data::/more,upperdir=/u", "/u",
			{"/a", "/b"}},
		{"rw,lowerdir=/a\\012b,upperdir=/u", "/u", {"/a\nb"}},
	};
	static struct overlay l;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		size_t n = 0;

		assert_int_equal(find(row[i].options, &l), 1);
		assert_string_equal(l.upper, row[i].upper);
		for (; n < 3 && row[i].lower[n]; n++)
			assert_string_equal(l.lower[n], row[i].lower[n]);
		assert_int_equal(l.lower_count, n);
	}
	/* layers that are not understood are never taken for none */
	assert_int_equal(find("rw,upperdir=/u", &l), -1);
	assert_int_equal(find("rw,lowerdir=,upperdir=/u", &l), -1);
	assert_int_equal(find("rw,lower=/a,upperdir=/u", &l), -1);
}

/* docker, when there are many layers, and containerd. */
static void relative_layers_lie_beside_the_upper_one(void **state)
{
	static struct overlay l;

	(void)state;
	assert_int_equal(overlay_find(STR("1 2 0:9 / /d/overlay2/ID/merged rw "
					  "- overlay o rw,lowerdir=l/A:l/B,"
					  "upperdir=ID/diff,workdir=ID/work\n"),
				 STR("0:9"), &arena, &l, NULL),
		1);
	assert_string_equal(l.upper, "/d/overlay2/ID/diff");
	assert_string_equal(l.lower[1], "/d/overlay2/l/B");
	assert_int_equal(
		find("rw,lowerdir=2/fs:1/fs,upperdir=/s/snapshots/3/fs", &l),
		1);
	assert_string_equal(l.lower[0], "/s/snapshots/2/fs");
}

/* A root that the container has mounted has a device that the node's have not.
 */
static void only_the_overlay_of_the_device_counts(void **state)
{
	static struct overlay l;
	struct str table = STR(
		"1 2 0:1 / /one rw - overlay o rw,lowerdir=/l,upperdir=/u1\n"
		"2 2 0:22 /sub /two rw - overlay o "
		"rw,lowerdir=/l,upperdir=/u2\n"
		"3 2 0:2 / /three rw - overlay o rw,lowerdir=/l,upperdir=/u3\n"
		"4 2 0:4 / /four rw - ext4 /dev/x rw,upperdir=/u4\n");

	(void)state;
	assert_int_equal(overlay_find(table, STR("0:2"), &arena, &l, NULL), 1);
	assert_string_equal(l.upper, "/u3");
	assert_int_equal(overlay_find(table, STR("0:22"), &arena, &l, NULL), 0);
	assert_int_equal(overlay_find(table, STR("0:4"), &arena, &l, NULL), 0);
	assert_int_equal(overlay_find(table, STR("0:7"), &arena, &l, NULL), 0);
	assert_int_equal(
		overlay_find(STR("odd"), STR("0:7"), &arena, &l, NULL), -1);
}

static void the_node_has_a_table_of_mounts(void **state)
{
	char room[64];

	(void)state;
	assert_string_equal(
		hostfs_mount_table("", room), "/proc/self/mountinfo");
	assert_string_equal(hostfs_mount_table("/proc/77/root/", room),
		"/proc/77/mountinfo");
	assert_string_equal(
		hostfs_mount_table("/host", room), "/proc/1/mountinfo");
}

/* ---- freezer ------------------------------------------------------------ */

#define V1     "1 2 0:1 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
#define V2     "1 2 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
#define HYBRID V1 "1 2 0:1 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

static void the_freezer_is_located(void **state)
{
	static const struct {
		const char *cgroup, *mounts, *path;
	} row[] = {
		{"6:freezer:/ab\n0::/\n", HYBRID, "/sys/fs/cgroup/freezer/ab"},
		{"0::/kubepods/x\n", V2, "/sys/fs/cgroup/kubepods/x"},
		{"3:cpu,freezer:/q\n", V1, "/sys/fs/cgroup/freezer/q"},
		/* the root is the whole node */
		{"6:freezer:/\n0::/\n", HYBRID, ""},
		{"0::/\n", V2, ""},
		/* not visible from here */
		{"0::/../../x\n", V2, ""},
		{"0::/x\n", "", ""},
		/* a mount of a part, and of the part above ours */
		{"0::/a/b\n", "1 2 0:1 /a /m rw - cgroup2 c rw\n", "/m/b"},
		{"0::/../../x\n",
			"1 2 0:1 /../.. /m rw - cgroup2 c "
			"rw\n",
			"/m/x"},
		{"0::/c\n", "1 2 0:1 /a /m rw - cgroup2 c rw\n" V2,
			"/sys/fs/cgroup/c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		char room[256];
		struct buf b = buf_fixed(room, sizeof(room));

		assert_int_equal(
			freezer_locate(str_of(row[i].cgroup),
				str_of(row[i].mounts), STR(""), &b, NULL),
			0);
		assert_string_equal(buf_cstr(&b), row[i].path);
	}
}

/* systemd or docker in a container put themselves into groups below it. */
static void the_cgroup_is_the_one_that_the_runtime_made(void **state)
{
	static const struct {
		const char *path, *made, *above;
	} row[] = {
		{"/k/id/init.scope", "/k/id", "/k/id"},
		{"/k/id/a/b", "/sys/fs/cgroup/freezer/k/id", "/k/id"},
		{"/k/id/a/b", "/sys/fs/cgroup/k/id", "/k/id"},
		{"/k/id/a", "/sys/fs/cgroup/unified/k/id", "/k/id"},
		{"/k/id", "/k/id", "/k/id"},
		/* not above it, or not told */
		{"/k/id/a", "", "/k/id/a"},
		{"/other", "/k/id", "/other"},
		{"/id/a", "/sys/fs/cgroup/k/id", "/id/a"},
		{"/id/a", "/sys/fs/cgroup/freezer/k/id", "/id/a"},
		{"/k/identical", "/k/id", "/k/identical"},
		{"/", "/", "/"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_true(str_is(
			freezer_above(str_of(row[i].path), str_of(row[i].made)),
			row[i].above));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_start_time_is_behind_any_name),
		cmocka_unit_test(a_field_is_found_by_its_name),
		cmocka_unit_test(lines_of_mountinfo_are_cut),
		cmocka_unit_test(odd_lines_are_refused_and_odd_escapes_kept),
		cmocka_unit_test(layers_are_found),
		cmocka_unit_test(every_spelling_of_layers_is_understood),
		cmocka_unit_test(relative_layers_lie_beside_the_upper_one),
		cmocka_unit_test(only_the_overlay_of_the_device_counts),
		cmocka_unit_test(the_node_has_a_table_of_mounts),
		cmocka_unit_test(the_freezer_is_located),
		cmocka_unit_test(the_cgroup_is_the_one_that_the_runtime_made),
		cmocka_unit_test(control_groups_name_a_container),
		cmocka_unit_test(lines_without_three_fields_are_skipped),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
