/*
 * backjob - job_run() and job_recover() of job.h: what the back does.
 *
 * Each job runs in a process of its own with root's powers and no network.
 * Names were checked by the front and by the supervisor; here they are only
 * compared with those of running containers, never used as paths.
 */
#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/estimate.h"
#include "checkpoint-agent/job.h"
#include "checkpoint-agent/podjob.h"
#include "checkpoint-agent/preflight.h"
#include "checkpoint-agent/resolve/hostfs.h"
#include "checkpoint-agent/resolve/resolve.h"
#include "checkpoint-agent/store.h"
#include "checkpoint-agent/work.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARENA_MAX (64u << 20)
#define DIR_MODE  0700
#define LIST_MAX  (16u << 20)

/* What an archive holds besides memory: metadata, CRIU's log and images. */
#define SMALL_BYTES (2u << 20)

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
	int n = snprintf(
		a->path, sizeof(a->path), "%s/%s", b->config->dir, r->name);

	a->bytes = r->bytes;
	a->frozen_us = r->frozen_us;
	a->predump_frozen_us = r->predump_frozen_us;
	a->status =
		n > 0 && (size_t)n < sizeof(a->path) ? JOB_DONE : JOB_FAILED;
}

static struct retain_limits limits_of(const struct job_config *c)
{
	return (struct retain_limits){
		.keep = c->keep,
		.keep_namespace = c->keep_namespace,
		.max_bytes = c->max_bytes,
		.min_free_bytes = c->min_free_bytes,
		.max_age_s = c->max_age_ms / 1000,
	};
}

/* Refused while nothing has been stopped yet. */
static bool has_room(struct back *b, const struct target *t)
{
	const struct retain_limits l = limits_of(b->config);
	const uint64_t copies = job_has_predump(b->config, b->job) ? 2 : 1;
	struct estimate x;
	struct err e = {0};

	if (estimate_processes(t->pid, &x, &e) == 0 &&
		store_check_room(b->dir, &l,
			copies * x.memory_bytes + SMALL_BYTES, &e) == 0)
		return true;
	say_error(b->answer, &e);
	if (e.kind == ERR_LIMIT)
		b->answer->status = JOB_NO_ROOM;
	return false;
}

/* The archive is there whatever comes of this. */
static void retain(
	struct back *b, const struct retain_limits *l, const char *made)
{
	struct store_removed r;
	struct err e = {0};

	if (store_retain(b->dir, l, made, &r, &e) < 0)
		log_event(LOG_WARN, "retention failed", "reason", e.text, NULL);
	b->answer->removed = r.archives;
	b->answer->removed_bytes = r.bytes;
}

static void retain_after(struct back *b, const char *made)
{
	const struct retain_limits l = limits_of(b->config);

	retain(b, &l, made);
}

static struct output_form form_of(const struct job_config *c)
{
	return (struct output_form){
		c->compress, &c->recipients, c->has_manifest, c->has_manifest};
}

static void dump_target(struct back *b, const struct target *t)
{
	struct dump_order o = {.target = t,
		.host_root = b->place.root,
		.host_path = b->config->host_root,
		.dir = b->dir,
		.criu = b->config->criu,
		.form = form_of(b->config),
		.closes_tcp = b->config->close_tcp,
		.has_predump = job_has_predump(b->config, b->job),
		.abort_fd = b->abort_fd};
	struct dump_result r;
	struct err e = {0};

	if (!has_room(b, t))
		return;
	if (dump_container(&o, &r, &e) < 0) {
		say_error(b->answer, &e);
		return;
	}
	tell_archive(b, &r);
	retain_after(b, r.name);
}

/* True when it runs; otherwise the answer says what is the matter. */
static bool find_target(struct back *b, struct target *t)
{
	const struct resolve_query q = {.namespace = b->job->namespace,
		.pod = b->job->pod,
		.container = b->job->container};
	enum resolve_result r;
	struct err e = {0};

	if (resolve_find(&b->place, &q, &b->arena, t, &r, &e) < 0) {
		say_error(b->answer, &e);
		return false;
	}
	switch (r) {
	case RESOLVE_NO_POD:
		b->answer->status = JOB_NO_POD;
		return false;
	case RESOLVE_NO_CONTAINER:
		b->answer->status = JOB_NO_CONTAINER;
		return false;
	case RESOLVE_NOT_RUNNING:
		if (!is_timeout_good(b))
			return false;
		b->answer->status = JOB_FAILED;
		snprintf(b->answer->cause, sizeof(b->answer->cause),
			"container %s not found", b->job->container);
		return false;
	case RESOLVE_FOUND:
		break;
	}
	if (is_timeout_good(b))
		return true;
	resolve_release(t);
	return false;
}

static void checkpoint_container(struct back *b)
{
	struct target t;

	if (!find_target(b, &t))
		return;
	dump_target(b, &t);
	resolve_release(&t);
}

/* A pod that is not here is told before a timeout that cannot be read. */
static bool has_pod(struct back *b)
{
	struct resolve_pod *found = arena_alloc(&b->arena, sizeof(*found));
	struct err e = {0};

	if (!found)
		err_kind(&e, ERR_LIMIT, "out of memory");
	if (!found || resolve_list(&b->place, b->job->namespace, b->job->pod,
			      found, &e) < 0) {
		say_error(b->answer, &e);
		return false;
	}
	if (!found->is_known)
		b->answer->status = JOB_NO_POD;
	return found->is_known;
}

static void checkpoint_pod(struct back *b)
{
	struct podjob_order o = {.place = &b->place,
		.namespace = b->job->namespace,
		.pod = b->job->pod,
		.host_path = b->config->host_root,
		.dir = b->dir,
		.criu = b->config->criu,
		.form = form_of(b->config),
		.closes_tcp = b->config->close_tcp,
		.abort_fd = b->abort_fd};
	struct podjob_result r = {.bytes = 0};
	struct dump_result made;
	struct err e = {0};

	if (!has_pod(b) || !is_timeout_good(b))
		return;
	if (job_has_predump(b->config, b->job)) {
		say_cause(b->answer, "pre-dump: of one container, not of a "
				     "pod");
		return;
	}
	if (podjob_run(&o, &r, &e) < 0) {
		say_error(b->answer, &e);
		return;
	}
	made = (struct dump_result){.bytes = r.bytes, .frozen_us = r.frozen_us};
	str_copy(str_of(r.name), made.name, sizeof(made.name));
	tell_archive(b, &made);
	retain_after(b, r.name);
}

static void checkpoint(struct back *b, int *fd)
{
	(void)fd;
	if (b->job->is_pod)
		checkpoint_pod(b);
	else
		checkpoint_container(b);
}

/* ---- could it be done --------------------------------------------------- */

/* The bytes as a descriptor to be read from its start; -1 on failure. */
static int as_descriptor(struct str bytes, struct err *e)
{
	AUTO_FD int fd = memfd_create("answer", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "memory");
	if (fd_write(fd, bytes.p, bytes.n, e) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "memory");
	return fd_take(&fd);
}

static int write_check(
	struct back *b, const struct target *t, int *fd, struct err *e)
{
	static struct survey s; /* large */
	AUTO_BUF struct buf out = buf_growing(PREFLIGHT_TEXT_MAX);
	struct preflight p;
	int rc = -1;

	if (survey_make(&s, t, b->place.root, b->config->host_root, e) == 0 &&
		preflight_look(&p, t, &s, e) == 0) {
		preflight_put(&out, &p, t, &s);
		*fd = as_descriptor(buf_view(&out), e);
		b->answer->bytes = out.n;
		rc = *fd < 0 ? -1 : 0;
	}
	survey_free(&s);
	return rc;
}

static void check(struct back *b, int *fd)
{
	struct target t;
	struct err e = {0};

	if (!find_target(b, &t))
		return;
	if (write_check(b, &t, fd, &e) < 0)
		say_error(b->answer, &e);
	else
		b->answer->status = JOB_DONE;
	resolve_release(&t);
}

/* ---- archives ----------------------------------------------------------- */

static struct store_filter filter_of(const struct job *j)
{
	return (struct store_filter){
		str_of(j->namespace), str_of(j->pod), str_of(j->container)};
}

static void list(struct back *b, int *fd)
{
	AUTO_BUF struct buf out = buf_growing(LIST_MAX);
	const struct store_filter f = filter_of(b->job);
	struct err e = {0};

	if (store_list(b->dir, &f, &out, &e) == 0)
		*fd = as_descriptor(buf_view(&out), &e);
	if (*fd < 0) {
		say_error(b->answer, &e);
		return;
	}
	b->answer->bytes = out.n;
	b->answer->status = JOB_DONE;
}

static void say_archive_error(struct back *b, const struct err *e)
{
	say_error(b->answer, e);
	if (e->kind == ERR_ABSENT)
		b->answer->status = JOB_NO_ARCHIVE;
}

static void open_archive(struct back *b, int *fd)
{
	const struct store_filter f = filter_of(b->job);
	struct store_file file;
	struct err e = {0};

	if (store_open(b->dir, &f, b->job->name, &file, &e) < 0) {
		say_archive_error(b, &e);
		return;
	}
	*fd = file.fd;
	b->answer->bytes = file.bytes;
	b->answer->changed_ns = file.changed_ns;
	b->answer->status = JOB_DONE;
}

static void delete_archive(struct back *b, int *fd)
{
	const struct store_filter f = filter_of(b->job);
	struct err e = {0};

	(void)fd;
	if (store_remove(b->dir, &f, b->job->name, &e) < 0)
		say_archive_error(b, &e);
	else
		b->answer->status = JOB_DONE;
}

/* Age is the one limit that is passed without a new archive. */
static void sweep(struct back *b, int *fd)
{
	const struct retain_limits l = {
		.max_age_s = b->config->max_age_ms / 1000};

	(void)fd;
	retain(b, &l, "");
	b->answer->status = JOB_DONE;
}

static void refuse(struct back *b, int *fd)
{
	(void)fd;
	b->answer->status = JOB_FAILED;
	say_cause(b->answer, "not supported");
}

static void (*const verbs[JOB_VERBS])(struct back *b, int *fd) = {
	[JOB_CHECKPOINT] = checkpoint,
	[JOB_CHECK] = check,
	[JOB_LIST] = list,
	[JOB_OPEN] = open_archive,
	[JOB_DELETE] = delete_archive,
	[JOB_SWEEP] = sweep,
	[JOB_ABORT] = refuse,
};

static int prepare(struct back *b, struct err *e)
{
	b->arena = arena_make(ARENA_MAX);
	b->place.roots = &b->config->runtime_roots;
	b->place.cri_endpoint = b->config->cri_endpoint;
	b->place.abort_fd = b->abort_fd;
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
