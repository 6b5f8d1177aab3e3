/*
 * restore - prepare a bundle step by step, then run the OCI runtime on it.
 *
 * bundle unpacks the archive, rootfs mounts the root, config_json rewrites
 * the runtime configuration.  What the runtime has no option for goes into
 * configuration files that CRIU reads itself.
 */
#include "checkpoint-agent/restore/restore.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/restore/bundle.h"
#include "checkpoint-agent/restore/cgroup_image.h"
#include "checkpoint-agent/restore/netns.h"
#include "checkpoint-agent/restore/plan.h"
#include "checkpoint-agent/restore/runtime.h"
#include "checkpoint-agent/restore/unpack.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX    (16u << 20)
#define INVENTORY_MAX 65536
#define CGROUPS_MAX   (16u << 20)
#define RUNTIME_BYTES 64
#define SHM           "/dev/shm"
#define JSON_INDENT   2

struct restore {
	const struct restore_order *o;
	struct bundle bundle;
	struct rootfs rootfs;
	char runtime[RUNTIME_BYTES];
	pid_t asked; /* does the runtime know the name?  0: nobody asks */
};

/* The program that was asked for, else the one that config.dump names. */
static int choose_runtime(struct restore *r, struct err *e)
{
	struct str runtime = node_text(node_get(r->bundle.config, "runtime"));

	if (*r->o->runtime)
		runtime = str_of(r->o->runtime);
	else if (!str_is(runtime, "crun"))
		runtime = STR("runc");
	return str_copy(runtime, r->runtime, sizeof(r->runtime)) < 0
		       ? err_kind(e, ERR_USAGE, "runtime: name too long")
		       : 0;
}

/*
 * podman and pods mount /dev/shm from outside the container; its content is
 * an archive member of its own.  It goes where an option says, nowhere else.
 */
static int fill_shm(struct restore *r, struct err *e)
{
	const struct node *list = node_get(r->bundle.spec, "mounts");
	struct str source;
	char path[PATH_MAX];
	AUTO_FD int dir = -1;

	if (!rule_find_option(r->o->spec.allowed.binds, STR(SHM), &source))
		return 0;
	for (const struct node *n = node_first(list); n; n = n->next)
		if (!source.n &&
			str_is(node_text(node_get(n, "destination")), SHM))
			source = node_text(node_get(n, "source"));
	if (str_copy(source, path, sizeof(path)) < 0)
		return err_kind(e, ERR_USAGE, SHM ": path too long");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, "--bind " SHM ": %s", path);
	return bundle_unpack_member(&r->bundle, MEMBER_SHM, dir, e);
}

/* ---- CRIU's and the runtime's configuration ----------------------------- */

/* Before CRIU makes and enters cgroups that the archive names. */
static int tame_cgroups(const struct restore *r, struct err *e)
{
	AUTO_BUF struct buf image = buf_growing(CGROUPS_MAX);
	AUTO_BUF struct buf tamed = buf_growing(CGROUPS_MAX);
	AUTO_BUF struct buf here = buf_growing(CGROUPS_MAX);
	struct cgroup_image_node node = {.name = str_of(r->o->name)};

	if (bundle_read_bytes(&r->bundle, MEMBER_CGROUPS, &image, e) < 0)
		return -1;
	if (image.n == 0)
		return 0;
	if (file_read("/proc/self/cgroup", &here, e) < 0)
		return -1;
	node.hierarchies = buf_view(&here);
	if (cgroup_image_tame(buf_view(&image), &node, &tamed, e) < 0)
		return err_at(e, MEMBER_CGROUPS);
	return bundle_replace_bytes(
		&r->bundle, MEMBER_CGROUPS, buf_view(&tamed), e);
}

/*
 * Where it can be told so, CRIU leaves cgroups alone altogether: the runtime
 * puts processes into the container's.  Pages in memory it frees as it reads
 * them, so that they are not held twice.  Runtimes pass it the file that an
 * annotation names; older ones of crun do not.
 */
static int write_rpc_conf(const struct bundle *b, const char *path,
	struct config_json *spec, struct err *e)
{
	char text[128];
	struct buf lines = buf_fixed(text, sizeof(text));

	buf_text(&lines, "manage-cgroups=ignore\n");
	if (bundle_frees_pages(b))
		buf_text(&lines, "auto-dedup\n");
	spec->criu_config = path;
	return bundle_write(b, "rpc.conf", buf_view(&lines), e);
}

static int write_config(
	struct restore *r, const struct config_json *wanted, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(CONFIG_MAX);
	struct config_json spec = *wanted;
	char path[BUNDLE_PATH_BYTES];

	bundle_path(&r->bundle, "rpc.conf", path);
	if (write_rpc_conf(&r->bundle, path, &spec, e) < 0 ||
		config_json_put(&text, r->bundle.spec, &spec, e) < 0)
		return -1;
	return bundle_write_config(&r->bundle, buf_view(&text), e);
}

/*
 * Runtimes have no option for tcp-close, but CRIU itself reads the file that
 * CRIU_CONFIG_FILE names.  CRIU requires it for an archive that was dumped
 * without connections.
 */
static int write_criu_conf(const struct restore *r, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(INVENTORY_MAX);
	char path[BUNDLE_PATH_BYTES];

	if (regular_read_at(r->bundle.place.dir, MEMBER_INVENTORY, &b, e) < 0)
		return -1;
	if (!r->o->closes_tcp && !img_closes_tcp(buf_view(&b)))
		return 0;
	bundle_path(&r->bundle, "criu.conf", path);
	if (setenv("CRIU_CONFIG_FILE", path, 1) < 0)
		return err_sys(e, "CRIU_CONFIG_FILE");
	return bundle_write(&r->bundle, "criu.conf", STR("tcp-close\n"), e);
}

/* ---- the runtime -------------------------------------------------------- */

/* A runtime needs 15 ms to say so: it is asked early. */
static void ask_for_name(struct restore *r)
{
	r->asked = runtime_ask(r->runtime, r->o->name);
}

/* The container is new, so what fails leaves nothing of that name. */
static int check_name(struct restore *r, struct err *e)
{
	if (runtime_said_yes(&r->asked))
		return err_kind(e, ERR_BUSY,
			"%s has a container %s: choose another name, or delete "
			"it",
			r->runtime, r->o->name);
	return 0;
}

static bool has_terminal(const struct restore *r)
{
	return node_truth(
		node_path(r->bundle.spec, "process", "terminal", NULL), false);
}

static int check_terminal(const struct restore *r, struct err *e)
{
	if (has_terminal(r) && !*r->o->console)
		return err_kind(e, ERR_USAGE,
			"the container has a terminal: give --console-socket, "
			"a unix socket that takes its other end");
	return 0;
}

static int run_runtime(const struct restore *r, struct err *e)
{
	char images[BUNDLE_PATH_BYTES];
	const struct runtime_restore order = {.program = r->runtime,
		.name = r->o->name,
		.bundle = r->bundle.path,
		.place = &r->bundle.place,
		.images = images,
		.console = has_terminal(r) ? r->o->console : ""};

	bundle_path(&r->bundle, PLACE_NAME "/" MEMBER_IMAGES, images);
	if (bundle_make_dir(&r->bundle, PLACE_NAME, NULL, e) < 0)
		return -1;
	return runtime_restore(&order, r->bundle.dir, e);
}

/* A namespace that the container had joined must exist beforehand. */
static int run_in_new_net(struct restore *r, struct err *e)
{
	struct config_json spec = r->o->spec;
	char net[BUNDLE_PATH_BYTES];
	int rc;

	bundle_path(&r->bundle, "net", net);
	if (netns_make(net, e) < 0)
		return -1;
	spec.allowed.net = net;
	rc = write_config(r, &spec, e);
	if (rc == 0)
		rc = run_runtime(r, e);
	netns_release(net);
	return rc;
}

static int configure_and_run(struct restore *r, struct err *e)
{
	struct spec was;

	if (spec_parse(r->bundle.spec, &was, e) < 0)
		return err_at(e, MEMBER_SPEC);
	if (was.net == SPEC_NET_PATH &&
		strcmp(r->o->spec.allowed.net, "new") == 0)
		return run_in_new_net(r, e);
	if (write_config(r, &r->o->spec, e) < 0)
		return -1;
	return run_runtime(r, e);
}

static int restore_steps(struct restore *r, struct err *e)
{
	const struct restore_order *o = r->o;

	if (rootfs_start(&r->rootfs, &o->base, &r->bundle, e) < 0 ||
		unpack_archive(&r->bundle, &o->archive, o->may_be_plain, e) <
			0 ||
		plan_check(r->bundle.spec, &o->spec.allowed, e) < 0 ||
		choose_runtime(r, e) < 0 || check_terminal(r, e) < 0)
		return -1;
	ask_for_name(r);
	if (rootfs_mount(&r->rootfs, &r->bundle, e) < 0 ||
		rootfs_apply_changes(&r->rootfs, &r->bundle, e) < 0 ||
		fill_shm(r, e) < 0 || tame_cgroups(r, e) < 0 ||
		write_criu_conf(r, e) < 0 || check_name(r, e) < 0)
		return -1;
	return configure_and_run(r, e);
}

/* ---- the plan ----------------------------------------------------------- */

struct restore_planned {
	const struct restore_order *o;
	struct buf *out;
};

static int plan_archive(void *self, struct input *s, struct err *e)
{
	const struct restore_planned *p = self;
	struct json_out o = json_out(p->out, JSON_INDENT);
	struct images c;
	int rc = images_read(&c, s, e);

	if (rc == 0) {
		json_map(&o, NULL);
		plan_put(&o, &c, &p->o->spec.allowed);
		json_map_end(&o);
		buf_byte(p->out, '\n');
	}
	images_free(&c);
	return rc;
}

int restore_plan(const struct restore_order *o, struct buf *out, struct err *e)
{
	struct restore_planned p = {o, out};

	return pod_archive_with(&o->archive, plan_archive, &p, e);
}

/* ------------------------------------------------------------------------- */

int restore_container(const struct restore_order *o, struct err *e)
{
	static struct restore r; /* large */
	int rc;

	r = (struct restore){.o = o, .rootfs = {.dir = -1}};
	rc = bundle_make(&r.bundle, o->bundle, e);
	if (rc == 0 && restore_steps(&r, e) < 0) {
		rc = -1;
		rootfs_unmount(&r.rootfs, &r.bundle);
		bundle_clear(&r.bundle);
	}
	if (rc == 0)
		bundle_drop_archive(&r.bundle);
	runtime_said_yes(&r.asked); /* it has ended, whoever wanted to know */
	rootfs_close(&r.rootfs);
	bundle_close(&r.bundle);
	return rc;
}
