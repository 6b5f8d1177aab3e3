/*
 * archives - the verbs over the store: each filters by the names in the job.
 *
 * Retention runs after every checkpoint with all limits, and in a sweep with
 * the limit on age alone, which is the only one that can be exceeded without a
 * new archive.
 */
#include "checkpoint-agent/back/archives.h"

#include "checkpoint-agent/store/room.h"
#include "checkpoint-agent/store/store.h"
#include "lib/base/log.h"

#define LIST_BYTES_MAX (16u << 20)

static struct catalogue_filter filter_of(const struct job *j)
{
	return (struct catalogue_filter){
		str_of(j->namespace), str_of(j->pod), str_of(j->container)};
}

int archives_list(struct task *t, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(LIST_BYTES_MAX);
	const struct catalogue_filter f = filter_of(t->job);

	if (store_list(t->dir, &f, &out, e) < 0)
		return -1;
	return task_answer_bytes(t, buf_view(&out), e);
}

static int fail_absent(struct task *t, const struct err *e)
{
	return e->kind == ERR_ABSENT ? task_fail(t, JOB_NO_ARCHIVE) : -1;
}

int archives_open(struct task *t, struct err *e)
{
	const struct catalogue_filter f = filter_of(t->job);
	struct store_file file;

	if (store_open(t->dir, &f, t->job->name, &file, e) < 0)
		return fail_absent(t, e);
	t->fd = file.fd;
	t->answer->fd_bytes = file.bytes;
	t->answer->changed_ns = file.changed_ns;
	return 0;
}

int archives_delete(struct task *t, struct err *e)
{
	const struct catalogue_filter f = filter_of(t->job);

	if (store_remove(t->dir, &f, t->job->name, e) < 0)
		return fail_absent(t, e);
	return 0;
}

struct retain_limits archives_limits(const struct config_jobs *c)
{
	return (struct retain_limits){
		.keep = c->keep,
		.keep_namespace = c->keep_namespace,
		.max_bytes = c->max_bytes,
		.min_free_bytes = c->min_free_bytes,
		.max_age_s = c->max_age_ms / 1000,
	};
}

static void apply(
	struct task *t, const struct retain_limits *limits, const char *made)
{
	struct room_removed removed;
	struct err e = {0};

	if (room_make(t->dir, limits, made, &removed, &e) < 0)
		log_event(LOG_WARN, "retention failed", "reason", e.text, NULL);
	t->answer->removed = removed.archives;
	t->answer->removed_bytes = removed.bytes;
}

void archives_retain(struct task *t, const char *made)
{
	const struct retain_limits limits = archives_limits(t->config);

	apply(t, &limits, made);
}

int archives_sweep(struct task *t, struct err *e)
{
	const struct retain_limits limits = {
		.max_age_s = t->config->max_age_ms / 1000};

	(void)e;
	apply(t, &limits, "");
	return 0;
}
