/*
 * changes - fork a child that writes the upper directory and /dev/shm as tars.
 *
 * /dev/shm of a pod, or with podman, is a bind mount whose content CRIU does
 * not dump, so it is written here.  In a root file system that is no overlay
 * changes cannot be told from the rest, and none are written.
 *
 * Both are read where the runtime put them on the node, not through the
 * container's mounts: a container that may mount could show any directory
 * there.  Of a user's container nothing is read for that reason, since the
 * node's directories are then that user's word.
 */
#include "checkpoint-agent/dump/changes.h"

#include "checkpoint-agent/dump/upperdir.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/mountinfo.h"
#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_tree.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHM        "/dev/shm"
#define MOUNTS_MAX (16u << 20) /* a mount table */

enum { OUT_CHANGES, OUT_DELETED, OUT_PATHS, OUT_SHM, OUTS };

static const char *const members[OUTS] = {
	MEMBER_CHANGES, MEMBER_DELETED, MEMBER_DELETED_PATHS, MEMBER_SHM};

/* The overlay's mount on the node; -1 when it is not visible there any more. */
static int open_merged(const struct changes_source *from)
{
	AUTO_FD int fd = -1;
	char path[64];
	struct stat there, root;

	snprintf(path, sizeof(path), "/proc/%u/root", from->target->pid);
	if (hostfs_open(from->host_root, from->layers->at, O_PATH | O_DIRECTORY,
		    &fd, NULL) < 0 ||
		fstat(fd, &there) < 0 || stat(path, &root) < 0 ||
		there.st_dev != root.st_dev)
		return -1;
	return fd_take(&fd);
}

static int write_changes(
	const struct changes_source *from, int out[OUTS], struct err *e)
{
	AUTO_FD int merged = -1;
	struct upperdir r = {.host_root = from->host_root,
		.layers = from->layers,
		.spec = &from->target->spec};
	const struct upperdir_out to = {
		&out[OUT_CHANGES], &out[OUT_DELETED], &out[OUT_PATHS]};

	if (!from->layers)
		return 0;
	merged = open_merged(from);
	r.merged = merged;
	return upperdir_write(&r, &to, e);
}

/* The directory that the runtime mounts at /dev/shm; NULL: none. */
static const char *shm_source(const struct spec *s)
{
	for (const struct node *m = spec_mounts(s); m; m = m->next)
		if (spec_is_bind(m) &&
			str_is(node_text(node_get(m, "destination")), SHM))
			return node_text(node_get(m, "source")).p;
	return NULL;
}

/*
 * Does the container have another file system in memory there?  So it is where
 * the runtime mounts in a namespace of its own: the node's directory is empty.
 * Its mount table is read, since a path of the container's may lead to a file
 * system that waits for a process of it.
 */
static bool is_another(int dir, uint32_t pid)
{
	AUTO_BUF struct buf text = buf_growing(MOUNTS_MAX);
	struct mountinfo m;
	char path[64], device[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/mountinfo", pid);
	if (fstat(dir, &st) < 0 || file_read(path, &text, NULL) < 0 ||
		mountinfo_at(buf_view(&text), STR(SHM), &m, NULL) != 1)
		return false;
	snprintf(device, sizeof(device), "%u:%u", major(st.st_dev),
		minor(st.st_dev));
	return str_is(m.type, "tmpfs") && !str_is(m.device, device);
}

static int write_shm(const struct changes_source *from, int out, struct err *e)
{
	const char *source = shm_source(&from->target->spec);
	AUTO_FD int dir = -1;

	if (!source || from->target->owner_uid)
		return 0;
	if (hostfs_open(from->host_root, source, O_RDONLY | O_DIRECTORY, &dir,
		    e) < 0)
		return err_at(e, "/dev/shm");
	if (is_another(dir, from->target->pid))
		log_event(LOG_WARN,
			"the container's /dev/shm is not the node's (see "
			"--host-root)",
			"container", from->target->id, "node", source, NULL);
	return tarfile_tree(dir, out, TARFILE_PLAIN, e);
}

/*
 * Each pipe is closed once its content is complete: the capture may read the
 * next one only then, and a full pipe would stop us.
 */
static int write_all(
	const struct changes_source *from, int out[OUTS], struct err *e)
{
	if (write_changes(from, out, e) < 0)
		return -1;
	return write_shm(from, out[OUT_SHM], e);
}

static void run_child(struct changes *j, struct loop *loop,
	const struct changes_source *from, int out[OUTS])
{
	loop_signals_restore(loop);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	_exit(write_all(from, out, j->told) < 0 ? 1 : 0);
}

static void on_ended(void *context, int status)
{
	struct changes *j = context;

	j->is_running = false;
	j->has_failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	if (j->has_failed && j->told->kind == ERR_NONE)
		err_set(j->told, "changed files: the reader was killed");
	j->ended(j->context);
}

static int open_pipes(struct capture *to, int out[OUTS], struct err *e)
{
	for (int i = 0; i < OUTS; i++) {
		int pipes[2];

		if (pipe2(pipes, O_CLOEXEC) < 0)
			return err_sys(e, "pipe");
		out[i] = pipes[1];
		if (capture_add(to, members[i], pipes[0], e) < 0)
			return -1;
	}
	return 0;
}

static int spawn_reader(struct changes *j, struct loop *loop,
	const struct changes_source *from, int out[OUTS], struct err *e)
{
	pid_t pid;

	j->told = mmap(NULL, sizeof(*j->told), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (j->told == MAP_FAILED)
		return err_sys(e, "shared memory");
	pid = fork();
	if (pid == 0)
		run_child(j, loop, from, out);
	if (pid < 0)
		return err_sys(e, "fork the reader of changed files");
	j->child.exited = on_ended;
	j->child.context = j;
	if (loop_child_add(loop, &j->child, pid, e) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	j->is_running = true;
	return 0;
}

int changes_start(struct changes *j, struct loop *loop, struct capture *to,
	const struct changes_source *from, struct err *e)
{
	int out[OUTS] = {-1, -1, -1, -1}, rc;

	rc = open_pipes(to, out, e);
	if (rc == 0)
		rc = spawn_reader(j, loop, from, out, e);
	for (int i = 0; i < OUTS; i++)
		fd_close(&out[i]);
	return rc;
}

int changes_why(const struct changes *j, struct err *e)
{
	return err_kind(e, j->told->kind, "%s", j->told->text);
}

void changes_stop(struct changes *j)
{
	if (j->is_running)
		kill(j->child.pid, SIGKILL);
}
