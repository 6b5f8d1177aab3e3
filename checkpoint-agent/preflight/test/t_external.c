/* What CRIU is told to treat as lying outside of a container. */
#include "checkpoint-agent/preflight/external.h"
#include "checkpoint-agent/preflight/preflight_fd.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const char config[] =
	"{\"root\":{\"path\":\"rootfs\"},\"mounts\":["
	"{\"destination\":\"/proc\",\"type\":\"proc\"},"
	"{\"destination\":\"/etc/hosts/\",\"type\":\"bind\"},"
	"{\"destination\":\"/var/run/secrets\",\"options\":[\"rbind\"]},"
	"{\"destination\":\"/with blank\",\"type\":\"bind\"},"
	"{\"destination\":\"/gone\",\"type\":\"bind\"}],"
	"\"linux\":{\"maskedPaths\":[\"/proc/keys\",\"/proc/acpi\","
	"\"/proc/asound\",\"/proc/timer_list\"],"
	"\"namespaces\":[{\"type\":\"network\",\"path\":\"/n\"},"
	"{\"type\":\"pid\",\"path\":\"/p\"}]}}";

static const char mounts[] =
	"1 0 0:1 / / rw - overlay o rw\n"
	"2 1 0:2 / /proc rw - proc proc rw\n"
	"3 1 8:1 /h /etc/hosts rw - ext4 /dev/x rw\n"
	"4 1 0:3 / /run/secrets rw - tmpfs tmpfs rw\n"
	"5 1 8:1 /b /with\\040blank rw - ext4 /dev/x rw\n"
	"6 2 0:6 /null /proc/keys rw - devtmpfs devtmpfs rw\n"
	"7 2 0:7 / /proc/acpi rw - tmpfs tmpfs rw\n"
	"10 2 0:5 /crun/.empty-directory /proc/asound ro - tmpfs tmpfs rw\n"
	/* the container's own /dev/null */
	"11 1 0:9 / /dev rw - tmpfs tmpfs rw\n"
	"12 2 0:9 /null /proc/timer_list rw - tmpfs tmpfs rw\n"
	"9 1 0:6 /zero /dev/zero rw - devtmpfs devtmpfs rw\n"
	"8 1 0:8 /x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n";

static const char *find(void *context, const char *destination)
{
	(void)context;
	return strcmp(destination, "/var/run/secrets") == 0 ? "/run/secrets"
							    : NULL;
}

static void list(const char *text, bool is_crun, struct external *x)
{
	struct external_facts f = {.mountinfo = str_of(mounts),
		.cgroup = STR("6:freezer:/c\n1:name=systemd:/c\n"
			      "3:cpu,cpuacct:/\n0::/\n"),
		.net_inode = 11,
		.pid_inode = 12,
		.is_crun = is_crun,
		.find = find};
	const struct node *n;
	struct spec s;

	assert_int_equal(json_parse(str_of(text), &arena, &n, NULL), 0);
	assert_int_equal(spec_parse(n, &s, NULL), 0);
	assert_int_equal(external_list(&s, &f, &arena, x, NULL), 0);
}

static void has(
	const struct external *x, size_t i, const char *at, const char *name)
{
	assert_true(i < x->mount_count);
	assert_true(str_is(x->mount[i].at, at));
	assert_true(str_is(x->mount[i].name, name));
}

static void mounts_are_named_where_they_are(void **state)
{
	static struct external x;

	(void)state;
	list(config, false, &x);
	has(&x, 0, "/etc/hosts", "/etc/hosts");
	has(&x, 1, "/run/secrets", "/run/secrets");
	has(&x, 2, "/with blank", "/with blank");
	has(&x, 3, "/proc/keys", "/dev/null");
	has(&x, 4, "/proc/asound", "/proc/asound");
	has(&x, 5, "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu");
	assert_int_equal(x.mount_count, 6);
	assert_int_equal(x.name_count, 2);
	assert_true(str_is(x.name[0], "net[11]:extRootNetNS"));
	assert_true(str_is(x.name[1], "pid[12]:extRootPidNS"));
	assert_false(x.empties_net);
	/* not the node's own roots */
	assert_int_equal(x.cgroup_count, 2);
	assert_true(str_is(x.cgroup[0], "freezer"));
	assert_true(str_is(x.cgroup[1], "name=systemd"));
}

/* The node's devices, which a runtime mounts where it cannot make any. */
static void devices_are_named_in_a_user_namespace(void **state)
{
	static struct external x;

	(void)state;
	list("{\"root\":{\"path\":\"r\"},\"linux\":{\"namespaces\":"
	     "[{\"type\":\"user\"}]}}",
		false, &x);
	has(&x, 0, "/dev/zero", "/dev/zero");
	has(&x, 1, "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu");
	assert_int_equal(x.mount_count, 2);
}

static void crun_names_covers_by_their_path(void **state)
{
	static struct external x;

	(void)state;
	list(config, true, &x);
	has(&x, 3, "/proc/keys", "/proc/keys");
}

static void a_network_of_its_own_is_emptied(void **state)
{
	static struct external x;

	(void)state;
	list("{\"root\":{\"path\":\"r\"},\"linux\":{\"namespaces\":["
	     "{\"type\":\"network\"}]}}",
		false, &x);
	assert_true(x.empties_net);
	assert_int_equal(x.name_count, 0);
	list("{\"root\":{\"path\":\"r\"}}", false, &x);
	assert_false(x.empties_net);
}

static void files_from_outside_are_known_by_their_mount(void **state)
{
	uint64_t id;

	(void)state;
	assert_true(preflight_fd_mount_id(STR("pos:\t0\nflags:\t0100001\n"
					      "mnt_id:\t28\nino:\t5\n"),
		&id));
	assert_int_equal(id, 28);
	assert_false(preflight_fd_mount_id(STR("pos:\t0\n"), &id));
	assert_true(preflight_fd_has_mount(str_of(mounts), 8));
	assert_false(preflight_fd_has_mount(str_of(mounts), 28));
	assert_false(preflight_fd_has_mount(STR(""), 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_are_named_where_they_are),
		cmocka_unit_test(devices_are_named_in_a_user_namespace),
		cmocka_unit_test(crun_names_covers_by_their_path),
		cmocka_unit_test(a_network_of_its_own_is_emptied),
		cmocka_unit_test(files_from_outside_are_known_by_their_mount),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
