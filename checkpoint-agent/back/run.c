/*
 * run - prepares a task, calls the function of its verb, completes the answer.
 *
 * The process has root's powers and no network.  It checks the job again, as
 * the packet came from the front.
 */
#include "checkpoint-agent/back/run.h"

#include "checkpoint-agent/back/archives.h"
#include "checkpoint-agent/back/check.h"
#include "checkpoint-agent/back/checkpoint.h"
#include "checkpoint-agent/back/task.h"
#include "checkpoint-agent/dump/recover.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/store/census.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)
#define DIR_MODE        0700

static const struct {
	int (*run)(struct task *t, struct err *e);
	bool changes_archives; /* then the answer says how many there are */
} verbs[JOB_VERBS] = {
	[JOB_CHECKPOINT] = {checkpoint_make, true},
	[JOB_CHECK] = {check_container, false},
	[JOB_LIST] = {archives_list, false},
	[JOB_OPEN] = {archives_open, false},
	[JOB_DELETE] = {archives_delete, true},
	[JOB_SWEEP] = {archives_sweep, true},
	[JOB_ABORT] = {NULL, false}, /* the supervisor's */
};

static enum job_status status_of(enum err_kind kind)
{
	switch (kind) {
	case ERR_BUSY:
		return JOB_BUSY;
	case ERR_TIMEOUT:
		return JOB_ABORTED;
	case ERR_NONE:
	case ERR_FAILED:
	case ERR_USAGE:
	case ERR_INPUT:
	case ERR_ABSENT:
	case ERR_DENIED:
	case ERR_LIMIT:
		break;
	}
	return JOB_FAILED;
}

static int open_dir(const char *path, int *dir, struct err *e)
{
	if (dir_make(path, DIR_MODE, e) < 0)
		return -1;
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_sys(e, "%s", path) : 0;
}

static int prepare_task(struct task *t, struct err *e)
{
	t->arena = arena_make(ARENA_BYTES_MAX);
	t->place.root_path = t->config->host_root;
	t->place.roots = &t->config->runtime_roots;
	t->place.cri_endpoint = t->config->cri_endpoint;
	t->place.abort_fd = t->abort_fd;
	if (job_check(t->job, e) < 0)
		return -1;
	if (verbs[t->job->verb].run == NULL)
		return err_set(e, "job: not a verb of the back");
	if (hostfs_open_root(t->config->host_root, &t->place.root, e) < 0)
		return -1;
	return open_dir(t->config->dir, &t->dir, e);
}

static void put_census(struct task *t)
{
	struct census now;

	if (t->job->verb >= JOB_VERBS ||
		!verbs[t->job->verb].changes_archives ||
		census_take(t->config->dir, &now, NULL) < 0)
		return;
	t->answer->has_census = 1;
	t->answer->archives = now.archives;
	t->answer->archive_bytes = now.bytes;
}

static void run_task(struct task *t)
{
	struct err e = {0};

	t->answer->status = JOB_FAILED;
	if (prepare_task(t, &e) == 0 && verbs[t->job->verb].run(t, &e) == 0) {
		t->answer->status = JOB_DONE;
	} else {
		str_copy(str_of(e.text), t->answer->cause,
			sizeof(t->answer->cause));
		if (t->answer->status == JOB_FAILED)
			t->answer->status = status_of(e.kind);
	}
	t->answer->has_fd = t->fd >= 0;
	put_census(t);
}

void run_job(const struct config_jobs *c, const struct job *j, int abort_fd,
	struct job_answer *out, int *fd)
{
	struct task t = {.config = c,
		.job = j,
		.abort_fd = abort_fd,
		.dir = -1,
		.place = {.root = -1},
		.answer = out,
		.fd = -1};

	memset(out, 0, sizeof(*out));
	run_task(&t);
	*fd = t.fd;
	fd_close(&t.dir);
	fd_close(&t.place.root);
	arena_free(&t.arena);
}

int run_recovery(const struct config_jobs *c, struct err *e)
{
	AUTO_FD int dir = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return 0; /* no archive was ever made here */
	return recover_all(dir, e);
}
