/*
 * restore - see restore.h.
 *
 * The archive is foreign: it is unpacked below the bundle only (pack.h), and
 * what it wants deleted is removed below the root file system only
 * (beneath.h).
 */
#include "checkpoint-agent/restore.h"

#include "checkpoint-agent/baseimage.h"
#include "checkpoint-agent/beneath.h"
#include "checkpoint-agent/image.h"
#include "checkpoint-agent/netns.h"
#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/rootmode.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)
#define TEXT_MAX  (16u << 20)
#define SHM       "/dev/shm"

#define INVENTORY_MAX 65536

struct restore {
	const struct restore_order *o;
	struct arena arena;
	int bundle;  /* directory */
	int content; /* the archive, unpacked: bundle/archive */
	int rootfs;
	const struct node *spec;
	char base[PATH_MAX]; /* absolute: unpacking changes directory */
	char path[PATH_MAX]; /* of the bundle, absolute */
	char runtime[64];
	bool is_mounted;
};

static int make_dir_at(int dir, const char *name, int *out, struct err *e)
{
	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "make %s", name);
	if (!out)
		return 0;
	*out = openat(
		dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out < 0 ? err_sys(e, "%s", name) : 0;
}

static int find_places(struct restore *r, struct err *e)
{
	if (dir_make(r->o->bundle, 0700, e) < 0)
		return -1;
	if (!realpath(r->o->bundle, r->path))
		return err_sys(e, "%s", r->o->bundle);
	if (!realpath(r->o->base, r->base))
		return err_sys(e, "%s", r->o->base);
	if (strpbrk(r->path, ",:") || strpbrk(r->base, ",:"))
		return err_kind(e, ERR_USAGE,
			"paths of bundle and base cannot hold ',' or "
			"':'");
	r->bundle = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->bundle < 0)
		return err_sys(e, "%s", r->path);
	if (faccessat(r->bundle, "config.json", F_OK, 0) == 0)
		return err_kind(e, ERR_BUSY, "%s is a bundle already", r->path);
	return make_dir_at(r->bundle, "archive", &r->content, e);
}

static int unpack_archive(struct restore *r, struct err *e)
{
	static struct unwrap u; /* large; one in a process */
	int rc = unwrap_one(&u, &r->o->archive, e);

	if (rc == 0 && pack_extract_from(u.now, r->content, e) < 0)
		rc = err_at(e, "%s", r->o->archive.path);
	unwrap_close(&u);
	return rc;
}

/* A JSON member of the archive; *tree stays NULL when it is not there. */
static int read_json(struct restore *r, const char *name,
	const struct node **tree, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(TEXT_MAX);
	char *copy;

	*tree = NULL;
	if (faccessat(r->content, name, F_OK, 0) < 0)
		return 0;
	if (file_read_at(r->content, name, &b, e) < 0)
		return -1;
	copy = arena_copy(&r->arena, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "%s: too large", name);
	if (json_parse((struct str){copy, b.n}, &r->arena, tree, e) < 0)
		return err_at(e, "%s", name);
	return 0;
}

static int read_archive(struct restore *r, struct err *e)
{
	const struct node *config;
	struct str runtime;

	if (read_json(r, "spec.dump", &r->spec, e) < 0 ||
		read_json(r, "config.dump", &config, e) < 0)
		return -1;
	if (!r->spec)
		return err_kind(e, ERR_INPUT,
			"%s: no checkpoint: it has no spec.dump",
			r->o->archive.path);
	runtime = node_text(node_get(config, "runtime"));
	if (*r->o->runtime)
		runtime = str_of(r->o->runtime);
	else if (!str_is(runtime, "crun"))
		runtime = STR("runc");
	return str_copy(runtime, r->runtime, sizeof(r->runtime)) < 0
		       ? err_kind(e, ERR_USAGE, "runtime: name too long")
		       : 0;
}

/* ---- root file system --------------------------------------------------- */

/* An image becomes a directory: bundle/base, new for each bundle. */
static int unpack_base(struct restore *r, struct err *e)
{
	AUTO_FD int to = -1;
	char layout[PATH_MAX];
	int n;

	if (!baseimage_is_layout(r->base))
		return 0;
	snprintf(layout, sizeof(layout), "%s", r->base);
	n = snprintf(r->base, sizeof(r->base), "%s/base", r->path);
	if (n < 0 || (size_t)n >= sizeof(r->base))
		return err_kind(e, ERR_USAGE, "bundle: path too long");
	if (mkdir(r->base, 0700) < 0)
		return err_sys(e, "make %s", r->base);
	to = open(r->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return err_sys(e, "%s", r->base);
	return baseimage_unpack(layout, r->o->base_tag, to, e);
}

/* CRIU wants the root directory to be as it was: upper's is what is seen. */
static int make_upper(struct restore *r, struct err *e)
{
	AUTO_FD int upper = -1, images = -1;
	struct stat st;

	if (make_dir_at(r->bundle, "upper", &upper, e) < 0)
		return -1;
	if (stat(r->base, &st) < 0)
		return err_sys(e, "%s", r->base);
	images = openat(r->content, "checkpoint",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (images < 0)
		return err_sys(e, "checkpoint");
	if (rootmode_find(images, &st.st_mode, e) < 0)
		return -1;
	if (fchown(upper, st.st_uid, st.st_gid) < 0 ||
		fchmod(upper, st.st_mode & 07777) < 0)
		return err_sys(e, "upper");
	return 0;
}

static int mount_root(struct restore *r, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(3 * PATH_MAX);
	char at[PATH_MAX + 16];

	if (make_upper(r, e) < 0 ||
		make_dir_at(r->bundle, "work", NULL, e) < 0 ||
		make_dir_at(r->bundle, "rootfs", NULL, e) < 0)
		return -1;
	buf_fmt(&b, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work", r->base,
		r->path, r->path);
	snprintf(at, sizeof(at), "%s/rootfs", r->path);
	if (mount("overlay", at, "overlay", 0, buf_cstr(&b)) < 0)
		return err_sys(e, "mount root file system");
	r->is_mounted = true;
	r->rootfs = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->rootfs < 0 ? err_sys(e, "%s", at) : 0;
}

static void unmount_root(struct restore *r)
{
	char at[PATH_MAX + 16];

	fd_close(&r->rootfs);
	snprintf(at, sizeof(at), "%s/rootfs", r->path);
	if (r->is_mounted)
		umount2(at, MNT_DETACH);
}

/* Unpack a tar of the archive, if it has it. */
static int unpack_member(
	struct restore *r, const char *name, int to, struct err *e)
{
	AUTO_FD int fd =
		openat(r->content, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "%s", name);
	return pack_extract(fd, to, e) < 0 ? err_at(e, "%s", name) : 0;
}

static int apply_changes(struct restore *r, struct err *e)
{
	const struct node *deleted;

	if (unpack_member(r, "rootfs-diff.tar", r->rootfs, e) < 0)
		return -1;
	if (read_json(r, "deleted.files", &deleted, e) < 0)
		return -1;
	for (const struct node *n = node_first(deleted); n; n = n->next)
		if (beneath_remove(r->rootfs, node_text(n), e) < 0)
			return err_at(e, "deleted.files");
	return 0;
}

/* /dev/shm of podman and of pods lies outside; so does what was in it. */
static int fill_shm(struct restore *r, struct err *e)
{
	struct str source = respec_source(r->spec, &r->o->spec, STR(SHM));
	char path[PATH_MAX];
	AUTO_FD int dir = -1;

	if (source.n == 0 || source.p[0] != '/' ||
		str_copy(source, path, sizeof(path)) < 0)
		return 0;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? 0 : unpack_member(r, "devshm-checkpoint.tar", dir, e);
}

/*
 * On a node of version 2 runc puts CRIU into the new cgroup, and CRIU moves
 * what it brings back to where that was.  Told to leave cgroups alone it does
 * not; for that, runtimes hand it the file which an annotation names.
 */
static int leave_cgroups(const char *at, struct respec *spec, struct err *e)
{
	if (access("/sys/fs/cgroup/cgroup.controllers", F_OK) < 0)
		return 0;
	spec->criu_config = at;
	return file_write(at, STR("manage-cgroups=ignore\n"), 0600, e);
}

static int write_config(
	struct restore *r, const struct respec *wanted, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(TEXT_MAX);
	struct respec spec = *wanted;
	char at[PATH_MAX + 16];

	snprintf(at, sizeof(at), "%s/cgroups.conf", r->path);
	if (leave_cgroups(at, &spec, e) < 0 ||
		respec_put(&b, r->spec, &spec, e) < 0)
		return -1;
	snprintf(at, sizeof(at), "%s/config.json", r->path);
	return file_write(at, buf_view(&b), 0600, e);
}

/* ---- the runtime -------------------------------------------------------- */

/*
 * Runtimes have no option for it, but CRIU itself looks for a file that this
 * variable names.  It insists on it where connections were left out.
 */
static int close_tcp(const struct restore *r, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(INVENTORY_MAX);
	char at[PATH_MAX + 16];

	if (file_read_at(r->content, "checkpoint/inventory.img", &b, e) < 0)
		return -1;
	if (!r->o->closes_tcp && !image_closes_tcp(buf_view(&b)))
		return 0;
	snprintf(at, sizeof(at), "%s/criu.conf", r->path);
	if (setenv("CRIU_CONFIG_FILE", at, 1) < 0)
		return err_sys(e, "CRIU_CONFIG_FILE");
	return file_write(at, STR("tcp-close\n"), 0600, e);
}

static void become_runtime(const struct restore *r)
{
	char images[PATH_MAX + 32];

	snprintf(images, sizeof(images), "%s/archive/checkpoint", r->path);
	execlp(r->runtime, r->runtime, "restore", "--detach", "--bundle",
		r->path, "--image-path", images, "--work-path", r->path,
		"--tcp-established", "--ext-unix-sk", "--file-locks",
		r->o->name, (char *)NULL);
	_exit(127);
}

static int run_runtime(const struct restore *r, struct err *e)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		become_runtime(r);
	if (pid < 0)
		return err_sys(e, "start %s", r->runtime);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, "cannot run %s", r->runtime);
	return err_set(e, "%s restore failed; CRIU's log is %s/restore.log",
		r->runtime, r->path);
}

/* A namespace that it was put into is made new by us, others by runc. */
static int run_in_new_net(struct restore *r, struct err *e)
{
	struct respec spec = r->o->spec;
	char net[PATH_MAX + 16];
	int rc;

	snprintf(net, sizeof(net), "%s/net", r->path);
	if (netns_make(net, e) < 0)
		return -1;
	spec.net = net;
	rc = write_config(r, &spec, e);
	if (rc == 0)
		rc = run_runtime(r, e);
	netns_forget(net);
	return rc;
}

static int run_in_net(struct restore *r, struct err *e)
{
	struct spec was;

	if (spec_parse(r->spec, &was, e) < 0)
		return err_at(e, "spec.dump");
	if (was.net == SPEC_NET_PATH && strcmp(r->o->spec.net, "new") == 0)
		return run_in_new_net(r, e);
	if (write_config(r, &r->o->spec, e) < 0)
		return -1;
	return run_runtime(r, e);
}

static int restore_all(struct restore *r, struct err *e)
{
	if (find_places(r, e) < 0 || unpack_archive(r, e) < 0)
		return -1;
	if (read_archive(r, e) < 0 || unpack_base(r, e) < 0 ||
		mount_root(r, e) < 0)
		return -1;
	if (apply_changes(r, e) < 0 || fill_shm(r, e) < 0 ||
		close_tcp(r, e) < 0)
		return -1;
	return run_in_net(r, e);
}

int restore_container(const struct restore_order *o, struct err *e)
{
	static struct restore r; /* large; one in a process */
	int rc;

	r = (struct restore){.o = o, .bundle = -1, .content = -1, .rootfs = -1};
	r.arena = arena_make(ARENA_MAX);
	rc = restore_all(&r, e);
	if (rc < 0)
		unmount_root(&r);
	fd_close(&r.rootfs);
	fd_close(&r.content);
	fd_close(&r.bundle);
	arena_free(&r.arena);
	return rc;
}
