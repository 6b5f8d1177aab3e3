/*
 * diffjob - see diffjob.h.
 *
 * /dev/shm of a pod or of podman is a bind mount, so CRIU does not dump what
 * lies in it; it is packed here.  A root that is no overlay has no changes
 * that could be told from its base, and none are written.
 */
#include "checkpoint-agent/diffjob.h"

#include "checkpoint-agent/overlay.h"
#include "checkpoint-agent/pack.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/rootdiff.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA_MAX     (8u << 20)
#define MOUNTINFO_MAX (4u << 20)
#define SHM           "/dev/shm"

enum { OUT_CHANGES, OUT_DELETED, OUT_SHM, OUTS };

static const char *const members[OUTS] = {
	DIFFJOB_CHANGES, DIFFJOB_DELETED, DIFFJOB_SHM};

static int open_root(uint32_t pid, int *root, struct err *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/root", pid);
	*root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *root < 0 ? err_sys(e, "%s", path) : 0;
}

static int write_changes(const struct target *t, int host_root, int merged,
	int tar, int deleted, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_MAX);
	AUTO_BUF struct buf text = buf_growing(MOUNTINFO_MAX);
	struct overlay layers;
	struct rootdiff r = {.host_root = host_root,
		.merged = merged,
		.layers = &layers,
		.spec = &t->spec};
	char path[64];
	int found;

	snprintf(path, sizeof(path), "/proc/%u/mountinfo", t->pid);
	if (file_read(path, &text, e) < 0)
		return -1;
	found = overlay_parse(buf_view(&text), &a, &layers, e);
	if (found <= 0)
		return found;
	return rootdiff_write(&r, tar, deleted, e);
}

static bool has_outer_shm(const struct spec *s)
{
	for (const struct node *m = spec_mounts(s); m; m = m->next)
		if (spec_is_bind(m) &&
			str_is(node_text(node_get(m, "destination")), SHM))
			return true;
	return false;
}

static int write_shm(const struct target *t, int merged, int out, struct err *e)
{
	AUTO_FD int dir = -1;

	if (!has_outer_shm(&t->spec))
		return 0;
	if (hostfs_open(merged, SHM, O_RDONLY | O_DIRECTORY, &dir, e) < 0)
		return -1;
	return pack_tree(dir, out, PACK_PLAIN, e);
}

static int write_all(const struct target *t, int host_root, const int out[OUTS],
	struct err *e)
{
	AUTO_FD int merged = -1;

	if (open_root(t->pid, &merged, e) < 0)
		return -1;
	if (write_changes(t, host_root, merged, out[OUT_CHANGES],
		    out[OUT_DELETED], e) < 0)
		return -1;
	return write_shm(t, merged, out[OUT_SHM], e);
}

static void run_child(struct diffjob *j, struct loop *loop,
	const struct target *t, int host_root, const int out[OUTS])
{
	loop_signals_restore(loop);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	_exit(write_all(t, host_root, out, j->told) < 0 ? 1 : 0);
}

static void on_ended(void *context, int status)
{
	struct diffjob *j = context;

	j->is_running = false;
	j->has_failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	if (j->has_failed && j->told->kind == ERR_NONE)
		err_set(j->told, "file changes: the reader was killed");
	j->ended(j->context);
}

static int open_pipes(struct capture *to, int out[OUTS], struct err *e)
{
	for (int i = 0; i < OUTS; i++) {
		int pipes[2];

		if (pipe2(pipes, O_CLOEXEC) < 0)
			return err_sys(e, "pipe");
		out[i] = pipes[1];
		if (capture_add(to, members[i], pipes[0], true, e) < 0)
			return -1;
	}
	return 0;
}

static int spawn(struct diffjob *j, struct loop *loop, const struct target *t,
	int host_root, const int out[OUTS], struct err *e)
{
	pid_t pid;

	j->told = mmap(NULL, sizeof(*j->told), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (j->told == MAP_FAILED)
		return err_sys(e, "memory");
	pid = fork();
	if (pid == 0)
		run_child(j, loop, t, host_root, out);
	if (pid < 0)
		return err_sys(e, "file changes");
	j->child.exited = on_ended;
	j->child.context = j;
	if (loop_child_add(loop, &j->child, pid, e) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	j->is_running = true;
	return 0;
}

int diffjob_start(struct diffjob *j, struct loop *loop, struct capture *to,
	const struct target *t, int host_root, struct err *e)
{
	int out[OUTS] = {-1, -1, -1}, rc;

	rc = open_pipes(to, out, e);
	if (rc == 0)
		rc = spawn(j, loop, t, host_root, out, e);
	for (int i = 0; i < OUTS; i++)
		fd_close(&out[i]);
	return rc;
}

int diffjob_why(const struct diffjob *j, struct err *e)
{
	return err_kind(e, j->told->kind, "%s", j->told->text);
}

void diffjob_stop(struct diffjob *j)
{
	if (j->is_running)
		kill(j->child.pid, SIGKILL);
}
