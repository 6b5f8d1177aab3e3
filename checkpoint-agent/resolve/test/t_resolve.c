/* Parse state files and specifications as runtimes really write them. */
#include "checkpoint-agent/resolve/engine.h"
#include "checkpoint-agent/resolve/naming.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/resolve/state.h"
#include "checkpoint-agent/resolve/storage.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
		assert_int_equal(spec_find_names(parsed(good[i]), &n), 1);
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
		assert_int_equal(spec_find_names(parsed(sandbox[i]), &n), 1);
		assert_true(n.is_sandbox);
	}
	assert_int_equal(spec_find_names(parsed("{}"), &n), 0);
	assert_int_equal(
		spec_find_names(
			parsed("{\"io.kubernetes.pod.name\":\"p\"}"), &n),
		0);
	assert_int_equal(spec_find_names(NULL, &n), 0);
}

/* ---- naming ------------------------------------------------------------- */

#define BY_CONTAINERD(ns)                                                      \
	"\"io.kubernetes.cri.sandbox-namespace\":\"" ns "\","                  \
	"\"io.kubernetes.cri.sandbox-name\":\"p\","                            \
	"\"io.kubernetes.cri.container-name\":\"c\""
#define BY_CRIO(ns)                                                            \
	"\"io.kubernetes.pod.namespace\":\"" ns "\","                          \
	"\"io.kubernetes.pod.name\":\"p\","                                    \
	"\"io.kubernetes.container.name\":\"c\""

/* The names of a container of this node. */
static const char *names_on(int host_root, const char *rootfs,
	const char *bundle, const char *annotations)
{
	static char text[256];
	struct spec spec;
	const struct naming c = {.host_root = host_root,
		.arena = &arena,
		.id = "ab12",
		.runtime = "runc",
		.bundle = str_of(bundle),
		.spec = &spec};
	struct buf b = buf_fixed(text, sizeof(text));
	char json[1024];
	const struct spec_names *n = &spec.names;

	snprintf(json, sizeof(json),
		"{\"root\":{\"path\":\"%s\"},\"annotations\":{%s}}", rootfs,
		annotations);
	assert_int_equal(spec_parse(parsed(json), &spec, NULL), 0);
	assert_int_equal(naming_find(&c, NULL), 0);
	buf_fmt(&b, "%.*s/%.*s/%.*s%s", STR_ARG(n->namespace), STR_ARG(n->pod),
		STR_ARG(n->container), n->is_pod ? " of a pod" : "");
	return buf_cstr(&b);
}

/* The names of a container with these annotations and this bundle. */
static const char *names_by(const char *bundle, const char *annotations)
{
	return names_on(-1, "r", bundle, annotations);
}

#define CONTAINERD_TASK "/run/containerd/io.containerd.runtime.v2.task/"

static void a_manager_has_one_place_for_names(void **state)
{
	(void)state;
	/* containerd's own keys, whatever else a pod's annotations say */
	assert_string_equal(names_by(CONTAINERD_TASK "k8s.io/ab12",
				    BY_CONTAINERD("n") "," BY_CRIO("other")),
		"n/p/c of a pod");
	assert_string_equal(
		names_by(CONTAINERD_TASK "k8s.io/ab12", BY_CRIO("other")),
		"runc/ab12/ab12");
	assert_string_equal(
		names_by(CONTAINERD_TASK "default/ab12", BY_CONTAINERD("n")),
		"runc/ab12/ab12");
	/* docker and containers/storage are asked, and know nothing of it */
	assert_string_equal(
		names_by(CONTAINERD_TASK "moby/ab12", BY_CONTAINERD("n")),
		"runc/ab12/ab12");
	assert_string_equal(
		names_by("/c/overlay-containers/ab12/userdata", BY_CRIO("n")),
		"runc/ab12/ab12");
	/* a bundle of nobody known */
	assert_string_equal(names_by("/b", BY_CRIO("n")), "n/p/c of a pod");
}

/* CRI-O's store of a container, below the directory `root`. */
static void make_store(int root)
{
	static const char list[] =
		"[{\"id\":\"ab12\",\"names\":[\"k8s_c_p_n_uid_0\"],"
		"\"metadata\":\"{\\\"pod-name\\\":\\\"k8s_p\\\"}\"}]";
	int dir, file;

	assert_int_equal(mkdirat(root, "s", 0700), 0);
	assert_int_equal(mkdirat(root, "s/overlay-containers", 0700), 0);
	dir = openat(root, "s/overlay-containers", O_RDONLY | O_DIRECTORY);
	assert_true(dir >= 0);
	file = openat(dir, "containers.json", O_WRONLY | O_CREAT, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, list, sizeof(list) - 1), sizeof(list) - 1);
	close(file);
	close(dir);
}

static void crio_keeps_bundles_outside_of_the_store(void **state)
{
	static const char run[] = "/run/overlay-containers/ab12/userdata";
	char path[] = "/tmp/t_resolve.XXXXXX";
	int root;

	(void)state;
	assert_non_null(mkdtemp(path));
	root = open(path, O_RDONLY | O_DIRECTORY);
	assert_true(root >= 0);
	make_store(root);
	assert_string_equal(
		names_on(root, "/s/overlay/1/merged", run, BY_CRIO("n")),
		"n/p/c of a pod");
	/* the store knows it by other names, or there is no such store */
	assert_string_equal(
		names_on(root, "/s/overlay/1/merged", run, BY_CRIO("other")),
		"runc/ab12/ab12");
	assert_string_equal(
		names_on(root, "/t/overlay/1/merged", run, BY_CRIO("n")),
		"runc/ab12/ab12");
	assert_int_equal(
		unlinkat(root, "s/overlay-containers/containers.json", 0), 0);
	assert_int_equal(
		unlinkat(root, "s/overlay-containers", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(root, "s", AT_REMOVEDIR), 0);
	close(root);
	assert_int_equal(rmdir(path), 0);
}

static void two_claims_are_none(void **state)
{
	(void)state;
	assert_string_equal(
		names_by("/b", BY_CONTAINERD("n") "," BY_CRIO("other")),
		"runc/ab12/ab12");
	assert_string_equal(names_by("/b", BY_CONTAINERD("n") "," BY_CRIO("n")),
		"n/p/c of a pod");
}

static void only_names_of_pods_leave_the_resolver(void **state)
{
	static const struct {
		const char *namespace;
		bool is_good;
	} row[] = {{"a-0", true}, {"../../etc", false}, {"a/b", false},
		{"A", false}, {"-a", false}, {"a-", false}, {"a_b", false},
		{"a.b", false}, {"", false}, {".", false}, {"a\nb", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct spec_names n = {.namespace = str_of(row[i].namespace),
			.pod = STR("a.b-0.c"),
			.container = STR("c"),
			.is_pod = true};

		assert_int_equal(naming_is_good(&n), row[i].is_good);
		n.container = n.namespace;
		n.namespace = STR("n");
		assert_int_equal(naming_is_good(&n), row[i].is_good);
	}
	assert_string_equal(
		names_by("/b", BY_CRIO("../../etc/cron.d")), "runc/ab12/ab12");
	assert_false(naming_is_good(&(struct spec_names){.namespace = STR("n"),
		.pod = STR("a..b"),
		.container = STR("c"),
		.is_pod = true}));
	assert_true(
		naming_is_good(&(struct spec_names){.namespace = STR("docker"),
			.pod = STR("My_App.1"),
			.container = STR("My_App.1")}));
	assert_false(
		naming_is_good(&(struct spec_names){.namespace = STR("docker"),
			.pod = STR(".."),
			.container = STR("a/b")}));
}

static void names_of_the_kubelet_are_taken_apart(void **state)
{
	struct spec_names n;

	(void)state;
	assert_true(
		naming_parse_kubelet(STR("k8s_c_p.0_n_1234-uid_0_again"), &n));
	assert_true(str_is(n.container, "c"));
	assert_true(str_is(n.pod, "p.0"));
	assert_true(str_is(n.namespace, "n"));
	assert_false(n.is_sandbox);
	assert_true(naming_parse_kubelet(STR("k8s_POD_p_n_u_0"), &n));
	assert_true(n.is_sandbox);
	assert_false(naming_parse_kubelet(STR("k8s_c_p_n_u"), &n));
	assert_false(naming_parse_kubelet(STR("k9s_c_p_n_u_0"), &n));
	assert_false(naming_parse_kubelet(STR("web"), &n));
	assert_int_equal(n.namespace.n, 0);
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

static void docker_tells_name_image_and_labels(void **state)
{
	struct engine_docker d;

	(void)state;
	assert_true(engine_parse_docker(
		parsed("{\"Name\":\"/web\",\"Config\":{\"Image\":\"i:1\","
		       "\"Labels\":{\"a\":\"b\"}}}"),
		&d));
	assert_true(str_is(d.name, "web"));
	assert_true(str_is(d.image, "i:1"));
	assert_true(str_is(node_text(node_get(d.labels, "a")), "b"));
	assert_false(engine_parse_docker(parsed("{\"Name\":\"\"}"), &d));
	assert_false(engine_parse_docker(parsed("[]"), &d));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runc_state_is_understood),
		cmocka_unit_test(crun_status_is_understood),
		cmocka_unit_test(states_without_a_process_are_refused),
		cmocka_unit_test(every_dialect_names_the_pod),
		cmocka_unit_test(sandboxes_are_not_containers),
		cmocka_unit_test(a_manager_has_one_place_for_names),
		cmocka_unit_test(crio_keeps_bundles_outside_of_the_store),
		cmocka_unit_test(two_claims_are_none),
		cmocka_unit_test(only_names_of_pods_leave_the_resolver),
		cmocka_unit_test(names_of_the_kubelet_are_taken_apart),
		cmocka_unit_test(namespaces_decide_on_the_network),
		cmocka_unit_test(binds_are_known_by_type_or_option),
		cmocka_unit_test(the_store_knows_the_image),
		cmocka_unit_test(docker_tells_name_image_and_labels),
		cmocka_unit_test(docker_files_are_beside_what_it_mounts),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
