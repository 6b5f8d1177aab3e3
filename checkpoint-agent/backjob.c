/*
 * backjob - job_run() and job_recover() of job.h: what the back does.
 *
 * Each job runs in a process of its own with root's powers and no network.
 * Names were checked by the front and by the supervisor; here they are only
 * compared with those of running containers, never used as paths.
 */
#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/job.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "checkpoint-agent/work.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)
#define DIR_MODE  0700

/* What all verbs need. */
struct back {
	const struct job_config *config;
	const struct job *job;
	int abort_fd;
	int dir; /* of archives */
	struct arena arena;
	struct resolve_place place;
	struct job_answer *answer;
};

static void say_cause(struct job_answer *a, const char *text)
{
	snprintf(a->cause, sizeof(a->cause), "%s", text);
}

/* A failure becomes the status that belongs to its kind. */
static void say_error(struct job_answer *a, const struct err *e)
{
	switch (e->kind) {
	case ERR_BUSY:
		a->status = JOB_BUSY;
		break;
	case ERR_TIMEOUT:
		a->status = JOB_ABORTED;
		break;
	case ERR_NONE:
	case ERR_FAILED:
	case ERR_USAGE:
	case ERR_INPUT:
	case ERR_ABSENT:
	case ERR_DENIED:
	case ERR_LIMIT:
		a->status = JOB_FAILED;
		break;
	}
	say_cause(a, e->text);
}

static int open_dir(const char *path, int *dir, struct err *e)
{
	if (dir_make(path, DIR_MODE, e) < 0)
		return -1;
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_sys(e, "%s", path) : 0;
}

/* Pod and container come first, then the timeout, as the kubelet does it. */
static bool is_timeout_good(struct back *b)
{
	struct job_answer *a = b->answer;

	if (b->job->timeout == JOB_TIMEOUT_UNREADABLE) {
		a->status = JOB_BAD_TIMEOUT;
		return false;
	}
	if (b->job->timeout == JOB_TIMEOUT_NEGATIVE) {
		a->status = JOB_FAILED;
		say_cause(a, "CheckpointContainer requires the timeout value "
			     "to be > 0");
		return false;
	}
	return true;
}

static void tell_archive(struct back *b, const struct dump_result *r)
{
	struct job_answer *a = b->answer;
	int n = snprintf(a->path, sizeof(a->path), "%s/%s", b->config->dir,
			r->name);

	a->bytes = r->bytes;
	a->frozen_us = r->frozen_us;
	a->status = n > 0 && (size_t)n < sizeof(a->path) ? JOB_DONE
							 : JOB_FAILED;
}

static void dump_target(struct back *b, const struct target *t)
{
	struct dump_order o = {.target = t,
			.host_root = b->place.root,
			.host_path = b->config->host_root,
			.dir = b->dir,
			.criu = b->config->criu,
			.form = {b->config->compress, &b->config->recipients},
			.closes_tcp = b->config->close_tcp,
			.abort_fd = b->abort_fd};
	struct dump_result r;
	struct err e = {0};

	if (dump_container(&o, &r, &e) < 0)
		say_error(b->answer, &e);
	else
		tell_archive(b, &r);
}

static void checkpoint_container(struct back *b)
{
	const struct resolve_query q = {.namespace = b->job->namespace,
			.pod = b->job->pod,
			.container = b->job->container};
	struct target t;
	enum resolve_result r;
	struct err e = {0};

	if (resolve_find(&b->place, &q, &b->arena, &t, &r, &e) < 0) {
		say_error(b->answer, &e);
		return;
	}
	switch (r) {
	case RESOLVE_NO_POD:
		b->answer->status = JOB_NO_POD;
		return;
	case RESOLVE_NO_CONTAINER:
		b->answer->status = JOB_NO_CONTAINER;
		return;
	case RESOLVE_NOT_RUNNING:
		if (!is_timeout_good(b))
			return;
		b->answer->status = JOB_FAILED;
		snprintf(b->answer->cause, sizeof(b->answer->cause),
				"container %s not found", b->job->container);
		return;
	case RESOLVE_FOUND:
		break;
	}
	if (is_timeout_good(b))
		dump_target(b, &t);
	resolve_release(&t);
}

static void checkpoint(struct back *b, int *fd)
{
	(void)fd;
	if (b->job->is_pod) {
		b->answer->status = JOB_FAILED;
		say_cause(b->answer, "pod checkpoints are not supported");
		return;
	}
	checkpoint_container(b);
}

static void refuse(struct back *b, int *fd)
{
	(void)fd;
	b->answer->status = JOB_FAILED;
	say_cause(b->answer, "not supported");
}

static void (*const verbs[JOB_VERBS])(struct back *b, int *fd) = {
		[JOB_CHECKPOINT] = checkpoint,
		[JOB_CHECK] = refuse,
		[JOB_LIST] = refuse,
		[JOB_OPEN] = refuse,
		[JOB_DELETE] = refuse,
		[JOB_ABORT] = refuse,
};

static int prepare(struct back *b, struct err *e)
{
	b->arena = arena_make(ARENA_MAX);
	b->place.roots = &b->config->runtime_roots;
	b->place.cri_endpoint = b->config->cri_endpoint;
	if (job_check(b->job, e) < 0)
		return -1;
	if (hostfs_open_root(b->config->host_root, &b->place.root, e) < 0)
		return -1;
	return open_dir(b->config->dir, &b->dir, e);
}

void job_run(const struct job_config *c, const struct job *j, int abort_fd,
		struct job_answer *out, int *fd)
{
	struct back b = {.config = c,
			.job = j,
			.abort_fd = abort_fd,
			.dir = -1,
			.place = {.root = -1},
			.answer = out};
	struct err e = {0};

	memset(out, 0, sizeof(*out));
	out->status = JOB_FAILED;
	*fd = -1;
	if (prepare(&b, &e) < 0)
		say_error(out, &e);
	else
		verbs[j->verb](&b, fd);
	out->has_fd = *fd >= 0;
	fd_close(&b.dir);
	fd_close(&b.place.root);
	arena_free(&b.arena);
}

int job_recover(const struct job_config *c, uint64_t id, struct err *e)
{
	AUTO_FD int dir = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)id; /* whatever nobody holds is what it left */
	if (dir < 0)
		return 0; /* no archive was ever made here */
	return work_recover(dir, e);
}
