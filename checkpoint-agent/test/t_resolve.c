/* State files, specifications and mounts as runtimes really write them. */
#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/overlay.h"
#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/kin.h"
#include "checkpoint-agent/resolve/mountinfo.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "checkpoint-agent/resolve/storage.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const struct node *parsed(const char *json)
{
	const struct node *n = NULL;

	assert_int_equal(json_parse(str_of(json), &arena, &n, NULL), 0);
	return n;
}

/* ---- state -------------------------------------------------------------- */

static void runc_state_is_understood(void **state)
{
	struct state s;

	(void)state;
	assert_int_equal(state_parse("state.json",
				 parsed("{\"id\":\"x\","
					"\"init_process_pid\":324,"
					"\"init_process_start\":1350,"
					"\"created\":\"2026\","
					"\"config\":{\"labels\":["
					"\"a=b\",\"bundle=/run/b\"]}}"),
				 &s, NULL),
		0);
	assert_int_equal(s.pid, 324);
	assert_int_equal(s.start_ticks, 1350);
	assert_true(str_is(s.bundle, "/run/b"));
	assert_string_equal(s.runtime, "runc");
}

static void crun_status_is_understood(void **state)
{
	struct state s;

	(void)state;
	assert_int_equal(state_parse("status",
				 parsed("{\"pid\":77,\"process-start-"
					"time\":5,\"bundle\":\"/b\","
					"\"created\":\"2026\"}"),
				 &s, NULL),
		0);
	assert_int_equal(s.pid, 77);
	assert_true(str_is(s.bundle, "/b"));
	assert_string_equal(s.runtime, "crun");
}

static void states_without_a_process_are_refused(void **state)
{
	struct state s;

	(void)state;
	assert_int_equal(
		state_parse("status", parsed("{\"pid\":0,\"bundle\":\"/b\"}"),
			&s, NULL),
		-1);
	assert_int_equal(
		state_parse("status", parsed("{\"pid\":3}"), &s, NULL), -1);
	assert_int_equal(state_parse("state.json",
				 parsed("{\"init_process_pid\":3}"), &s, NULL),
		-1);
	assert_int_equal(state_parse("status",
				 parsed("{\"pid\":99999999999,"
					"\"bundle\":\"/b\"}"),
				 &s, NULL),
		-1);
}

static void the_start_time_is_behind_any_name(void **state)
{
	uint64_t ticks;

	(void)state;
	assert_int_equal(state_start_ticks(STR("12 (a) b) (c) S 1 12 12 0 -1 4 "
					       "1 2 3 4 5 6 7 8 20 0 1 0 8877 "
					       "1 2\n"),
				 &ticks, NULL),
		0);
	assert_int_equal(ticks, 8877);
	assert_int_equal(
		state_start_ticks(STR("12 (a) S 1"), &ticks, NULL), -1);
	assert_int_equal(state_start_ticks(STR(""), &ticks, NULL), -1);
}

/* ---- spec --------------------------------------------------------------- */

static void every_dialect_names_the_pod(void **state)
{
	static const char *const good[] = {
		"{\"io.kubernetes.cri.sandbox-namespace\":\"n\","
		"\"io.kubernetes.cri.sandbox-name\":\"p\","
		"\"io.kubernetes.cri.container-name\":\"c\","
		"\"io.kubernetes.cri.container-type\":\"container\"}",
		"{\"io.kubernetes.pod.namespace\":\"n\","
		"\"io.kubernetes.pod.name\":\"p\","
		"\"io.kubernetes.container.name\":\"c\","
		"\"io.kubernetes.cri-o.ContainerType\":\"container\"}",
	};
	struct spec_names n;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(spec_find_names(parsed(good[i]), &n));
		assert_true(str_is(n.namespace, "n"));
		assert_true(str_is(n.pod, "p"));
		assert_true(str_is(n.container, "c"));
		assert_false(n.is_sandbox);
	}
}

static void sandboxes_are_not_containers(void **state)
{
	static const char *const sandbox[] = {
		"{\"io.kubernetes.cri.sandbox-namespace\":\"n\","
		"\"io.kubernetes.cri.sandbox-name\":\"p\","
		"\"io.kubernetes.cri.container-type\":\"sandbox\"}",
		"{\"io.kubernetes.pod.namespace\":\"n\","
		"\"io.kubernetes.pod.name\":\"p\","
		"\"io.kubernetes.container.name\":\"POD\"}",
		"{\"io.kubernetes.pod.namespace\":\"n\","
		"\"io.kubernetes.pod.name\":\"p\","
		"\"io.kubernetes.cri-o.ContainerType\":\"sandbox\"}",
	};
	struct spec_names n;

	(void)state;
	for (size_t i = 0; i < sizeof(sandbox) / sizeof(*sandbox); i++) {
		assert_true(spec_find_names(parsed(sandbox[i]), &n));
		assert_true(n.is_sandbox);
	}
	assert_false(spec_find_names(parsed("{}"), &n));
	assert_false(spec_find_names(
		parsed("{\"io.kubernetes.pod.name\":\"p\"}"), &n));
	assert_false(spec_find_names(NULL, &n));
}

static void namespaces_decide_on_the_network(void **state)
{
	struct spec s;

	(void)state;
	assert_int_equal(spec_parse(parsed("{\"root\":{\"path\":\"rootfs\"}}"),
				 &s, NULL),
		0);
	assert_int_equal(s.net, SPEC_NET_HOST);
	assert_int_equal(spec_parse(parsed("{\"root\":{\"path\":\"r\"},"
					   "\"linux\":{\"namespaces\":["
					   "{\"type\":\"network\"}]}}"),
				 &s, NULL),
		0);
	assert_int_equal(s.net, SPEC_NET_NEW);
	assert_int_equal(spec_parse(parsed("{\"root\":{\"path\":\"r\"},"
					   "\"linux\":{\"namespaces\":["
					   "{\"type\":\"pid\",\"path\":\"/q\"},"
					   "{\"type\":\"network\","
					   "\"path\":\"/p\"}]}}"),
				 &s, NULL),
		0);
	assert_int_equal(s.net, SPEC_NET_PATH);
	assert_true(s.joins_pid);
	assert_int_equal(spec_parse(parsed("{}"), &s, NULL), -1);
	assert_int_equal(spec_parse(parsed("{\"root\":{}}"), &s, NULL), -1);
	assert_int_equal(spec_parse(parsed("[]"), &s, NULL), -1);
}

static void binds_are_known_by_type_or_option(void **state)
{
	(void)state;
	assert_true(spec_is_bind(parsed("{\"type\":\"bind\"}")));
	assert_true(spec_is_bind(
		parsed("{\"type\":\"none\",\"options\":[\"rbind\"]}")));
	assert_true(spec_is_bind(parsed("{\"options\":[\"ro\",\"bind\"]}")));
	assert_false(spec_is_bind(
		parsed("{\"type\":\"tmpfs\",\"options\":[\"rw\"]}")));
	assert_false(spec_is_bind(parsed("{}")));
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

static void layers_are_found(void **state)
{
	struct overlay l;

	(void)state;
	assert_int_equal(overlay_parse(STR("1 2 0:1 / / rw - overlay o rw,"
					   "lowerdir=/a:l/B:/c\\040d,"
					   "upperdir=/s/overlay/ID/diff,"
					   "workdir=/w\n"),
				 &arena, &l, NULL),
		1);
	assert_string_equal(l.upper, "/s/overlay/ID/diff");
	assert_int_equal(l.lower_count, 3);
	assert_string_equal(l.lower[0], "/a");
	assert_string_equal(l.lower[1], "/s/overlay/l/B");
	assert_string_equal(l.lower[2], "/c d");
	assert_int_equal(overlay_parse(STR("1 2 0:1 / / rw - ext4 x rw\n"),
				 &arena, &l, NULL),
		0);
	assert_int_equal(overlay_parse(STR("1 2 0:1 / / ro - overlay x "
					   "ro,lowerdir=/a:/b\n"),
				 &arena, &l, NULL),
		0);
	assert_int_equal(overlay_parse(STR(""), &arena, &l, NULL), 0);
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

		assert_int_equal(freeze_locate(str_of(row[i].cgroup),
					 str_of(row[i].mounts), &b, NULL),
			0);
		assert_string_equal(buf_cstr(&b), row[i].path);
	}
}

/* ---- containers/storage ------------------------------------------------- */

static void the_store_knows_the_image(void **state)
{
	const struct node *list =
		parsed("[{\"id\":\"aa\",\"names\":[\"web\"],\"image\":\"73\","
		       "\"metadata\":\"{\\\"image-name\\\":\\\"l/b:1\\\"}\"},"
		       "{\"id\":\"bb\",\"metadata\":\"not json\"}]");
	struct storage_image i;

	(void)state;
	assert_true(storage_parse(list, STR("aa"), &arena, &i));
	assert_true(str_is(i.name, "l/b:1"));
	assert_true(str_is(i.id, "73"));
	assert_true(str_is(i.container, "web"));
	assert_true(storage_parse(list, STR("bb"), &arena, &i));
	assert_true(i.name.n == 0);
	assert_false(storage_parse(list, STR("cc"), &arena, &i));
	assert_false(storage_parse(NULL, STR("aa"), &arena, &i));
}

/* ---- docker ------------------------------------------------------------- */

static void docker_names_by_labels_or_by_itself(void **state)
{
	struct spec s = {0};

	(void)state;
	assert_true(engine_parse_docker(
		parsed("{\"Name\":\"/k8s_c_p_n_u_0\",\"Config\":{"
		       "\"Image\":\"i:1\",\"Labels\":{"
		       "\"io.kubernetes.pod.namespace\":\"n\","
		       "\"io.kubernetes.pod.name\":\"p\","
		       "\"io.kubernetes.container.name\":\"c\"}}}"),
		&s));
	assert_true(str_is(s.names.namespace, "n"));
	assert_true(str_is(s.names.container, "c"));
	assert_true(str_is(s.image, "i:1"));
	assert_true(engine_parse_docker(parsed("{\"Name\":\"/web\"}"), &s));
	assert_true(str_is(s.names.namespace, "docker"));
	assert_true(str_is(s.names.pod, "web"));
	assert_true(str_is(s.names.container, "web"));
	assert_false(engine_parse_docker(parsed("{\"Name\":\"\"}"), &s));
	assert_false(engine_parse_docker(parsed("[]"), &s));
}

static void docker_files_are_beside_what_it_mounts(void **state)
{
	struct spec s = {
		.tree = parsed("{\"mounts\":[{\"source\":\"proc\"},"
			       "{\"source\":\"/d/containers/ab/hostname\"}]}")};

	(void)state;
	assert_string_equal(
		engine_docker_dir(&s, "ab", &arena), "/d/containers/ab");
	assert_null(engine_docker_dir(&s, "cd", &arena));
}

/* ---- processes ---------------------------------------------------------- */

static void control_groups_name_a_container(void **state)
{
	struct str v1 = STR("5:freezer:/kubepods/pod1/abcd\n0::/\n");
	struct str v2 = STR("0::/a.slice/cri-containerd-abcd.scope/child\n");

	(void)state;
	assert_true(kin_is_named(v1, STR("abcd")));
	assert_true(kin_is_named(v2, STR("abcd")));
	assert_false(kin_is_named(v1, STR("bcd")));
	assert_false(kin_is_named(v2, STR("bcd")));
	assert_false(kin_is_named(v2, STR("")));
	assert_true(kin_is_same_group(v1, v1));
	assert_false(kin_is_same_group(v1, v2));
	/* the root is where everybody is */
	assert_false(kin_is_same_group(STR("0::/\n"), STR("0::/\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runc_state_is_understood),
		cmocka_unit_test(crun_status_is_understood),
		cmocka_unit_test(states_without_a_process_are_refused),
		cmocka_unit_test(the_start_time_is_behind_any_name),
		cmocka_unit_test(every_dialect_names_the_pod),
		cmocka_unit_test(sandboxes_are_not_containers),
		cmocka_unit_test(namespaces_decide_on_the_network),
		cmocka_unit_test(binds_are_known_by_type_or_option),
		cmocka_unit_test(lines_of_mountinfo_are_cut),
		cmocka_unit_test(odd_lines_are_refused_and_odd_escapes_kept),
		cmocka_unit_test(layers_are_found),
		cmocka_unit_test(the_freezer_is_located),
		cmocka_unit_test(the_store_knows_the_image),
		cmocka_unit_test(docker_names_by_labels_or_by_itself),
		cmocka_unit_test(docker_files_are_beside_what_it_mounts),
		cmocka_unit_test(control_groups_name_a_container),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
