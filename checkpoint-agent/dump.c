/*
 * dump - see dump.h.
 *
 * One loop waits for CRIU's words, its image pipes, the reader of the file
 * changes and the order to give up.  CRIU says when it has come where:
 *
 *   query-ext-files   all is stopped: read the file changes now
 *   post-dump         memory is out, all still stands: wait for the changes
 *   answer            all runs again
 *
 * Giving up closes the pipes and the socket: CRIU heals what it stopped and
 * ends.  Only a CRIU that does not end is killed.
 */
#include "checkpoint-agent/dump.h"

#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/capture.h"
#include "checkpoint-agent/criu.h"
#include "checkpoint-agent/diffjob.h"
#include "checkpoint-agent/faillog.h"
#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/metadata.h"
#include "checkpoint-agent/output.h"
#include "checkpoint-agent/preflight.h"
#include "checkpoint-agent/process.h"
#include "checkpoint-agent/store.h"
#include "checkpoint-agent/survey.h"
#include "checkpoint-agent/unrepair.h"
#include "checkpoint-agent/work.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SMALL_MAX (1u << 20) /* a JSON member we make, stats-dump */
#define LOG_MAX   (64u << 20)
#define HEAL_MS   5000 /* for CRIU to end by itself when we give up */
#define CAUSE_BYTES 512
#define IMAGES    "checkpoint"

struct dump {
	const struct dump_order *o;
	struct loop loop;
	struct work work;
	struct survey survey;
	struct output output;
	struct archive archive;
	struct manifest manifest;
	struct capture capture;
	struct criu criu;
	struct diffjob diff;
	struct buf descriptors;
	struct loop_fd abort;
	struct loop_timer patience;
	int64_t time_s;
	bool is_held;    /* CRIU waits at post-dump for our word */
	bool is_dumped;  /* CRIU has said that all went well */
	bool has_failed;
	struct err why;
};

/* ---- giving up ---------------------------------------------------------- */

static void on_impatience(void *context)
{
	struct dump *d = context;

	criu_kill(&d->criu);
}

static void look(struct dump *d);

static void give_up(struct dump *d, const struct err *why)
{
	if (d->has_failed)
		return;
	d->has_failed = true;
	d->why = *why;
	diffjob_stop(&d->diff);
	capture_stop(&d->capture);
	criu_hang_up(&d->criu);
	d->patience.expired = on_impatience;
	d->patience.context = d;
	loop_timer_set(&d->loop, &d->patience, HEAL_MS);
	look(d);
}

static void on_abort(void *context, uint32_t events)
{
	struct dump *d = context;
	struct err e = {0};

	(void)events;
	loop_fd_remove(&d->loop, &d->abort);
	err_kind(&e, ERR_TIMEOUT, "given up as asked");
	give_up(d, &e);
}

/* ---- what CRIU says ----------------------------------------------------- */

static bool has_changes(const struct dump *d)
{
	return !d->diff.is_running &&
			capture_has_ended(&d->capture, DIFFJOB_CHANGES) &&
			capture_has_ended(&d->capture, DIFFJOB_DELETED) &&
			capture_has_ended(&d->capture, DIFFJOB_SHM);
}

static void go_on(struct dump *d)
{
	struct err e = {0};

	d->is_held = false;
	if (criu_go_on(&d->criu, true, &e) < 0)
		give_up(d, &e);
}

/* After anything has happened: what next? */
static void look(struct dump *d)
{
	if (d->has_failed) {
		if (!d->criu.is_running && !d->diff.is_running)
			loop_stop(&d->loop);
		return;
	}
	if (d->is_held && has_changes(d))
		go_on(d);
	if (d->is_dumped && !d->criu.is_running && !d->diff.is_running &&
			capture_is_done(&d->capture))
		loop_stop(&d->loop);
}

/*
 * What CRIU has stopped it was told by number: a process that still is there
 * now was so all the time, and is the container's.
 */
static int check_target(const struct dump *d, struct err *e)
{
	if (resolve_is_same(d->o->target))
		return 0;
	return err_set(e, "container %s has ended meanwhile",
			d->o->target->id);
}

static int start_reading_changes(struct dump *d, struct err *e)
{
	if (check_target(d, e) < 0)
		return -1;
	if (process_put_descriptors(&d->descriptors, d->o->target->pid, e) < 0)
		return -1;
	return diffjob_start(&d->diff, &d->loop, &d->capture, d->o->target,
			d->o->host_root, e);
}

static void on_notified(void *context, struct str script)
{
	struct dump *d = context;
	struct err e = {0};

	if (str_is(script, "query-ext-files") &&
			start_reading_changes(d, &e) < 0) {
		give_up(d, &e);
		return;
	}
	d->is_held = true;
	if (str_is(script, "post-dump"))
		look(d);
	else
		go_on(d);
}

/* CRIU's own words, from its log, and where that is kept. */
static void say_cause(struct dump *d, const struct criu_answer *a,
		struct err *e)
{
	AUTO_BUF struct buf log = buf_growing(LOG_MAX);
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	char room[CAUSE_BYTES];
	struct buf cause = buf_fixed(room, sizeof(room));

	if (work_read(&d->work, "dump.log", &log, NULL) == 0)
		criumsg_cause(buf_view(&log), &cause);
	if (cause.n == 0)
		buf_str(&cause, a->message.n ? a->message
					     : STR("dump failed"));
	faillog_keep(d->o->dir, d->work.fd, d->o->target->id, &path);
	err_set(e, "criu: %.*s%s%.*s", STR_ARG(buf_view(&cause)),
			path.n ? "; log: " : "", STR_ARG(buf_view(&path)));
}

static void on_answered(void *context, const struct criu_answer *a)
{
	struct dump *d = context;
	struct err e = {0};

	if (!a->is_good) {
		if (check_target(d, &e) == 0)
			say_cause(d, a, &e);
		give_up(d, &e);
		return;
	}
	d->is_dumped = true;
	criu_hang_up(&d->criu);
	look(d);
}

static void on_criu_ended(void *context, int status)
{
	struct dump *d = context;
	struct err e = {0};

	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		err_set(&e, "cannot run %s", d->o->criu);
	else
		err_set(&e, "criu ended early (status %d)", status);
	if (!d->is_dumped)
		give_up(d, &e);
	look(d);
}

static void on_criu_failed(void *context, const struct err *e)
{
	struct dump *d = context;

	if (d->criu.is_running && !d->has_failed)
		return; /* it is about to end: then its status says more */
	give_up(d, e);
}

static void on_capture(void *context)
{
	struct dump *d = context;

	if (d->capture.has_failed && !d->has_failed)
		give_up(d, &d->capture.why);
	else
		look(d);
}

static void on_diff_ended(void *context)
{
	struct dump *d = context;
	struct err e = {0};

	if (d->diff.has_failed && !d->has_failed) {
		diffjob_why(&d->diff, &e);
		give_up(d, &e);
	} else {
		look(d);
	}
}

/* ---- making ready ------------------------------------------------------- */

static int add_metadata(struct dump *d, struct err *e)
{
	AUTO_BUF struct buf config = buf_growing(SMALL_MAX);
	AUTO_BUF struct buf status = buf_growing(SMALL_MAX);
	AUTO_BUF struct buf cri = buf_growing(SMALL_MAX);
	const struct target *t = d->o->target;

	if (process_find_root_group(t->pid, &d->archive.image_gid, e) < 0)
		return -1;
	metadata_put_config(&config, t, &d->survey.image, d->time_s);
	metadata_put_status(&status, t);
	metadata_put_cri_status(&cri, t);
	if (config.full || status.full || cri.full)
		return err_kind(e, ERR_LIMIT, "metadata too large");
	if (archive_add(&d->archive, "config.dump", buf_view(&config), e) < 0)
		return -1;
	if (archive_add(&d->archive, "spec.dump", t->spec_text, e) < 0)
		return -1;
	if (archive_add(&d->archive, "status", buf_view(&status), e) < 0)
		return -1;
	if (archive_add(&d->archive, "status.dump", buf_view(&cri), e) < 0)
		return -1;
	return archive_dir(&d->archive, IMAGES, e);
}

/* What RPC has no field for; and the tar that CRIU runs is this program. */
static int prepare_work(struct dump *d, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(SMALL_MAX);
	char self[64];

	buf_fmt(&b, "stream\nlibdir /proc/%d/fd/%d/lib\n", (int)getpid(),
			d->work.fd);
	snprintf(self, sizeof(self), "/proc/%d/exe", (int)getpid());
	if (mkdirat(d->work.fd, "lib", 0700) < 0)
		return err_sys(e, "%s/lib", d->work.name);
	if (symlinkat(self, d->work.fd, "tar") < 0)
		return err_sys(e, "%s/tar", d->work.name);
	return work_write(&d->work, "criu.conf", buf_view(&b), e);
}

static int note_journal(struct dump *d, struct err *e)
{
	struct work_journal j = {0};

	if (!d->survey.was_frozen) /* what was paused stays paused */
		memcpy(j.freezer, d->survey.freezer, sizeof(j.freezer));
	if (d->criu.is_running) {
		j.criu_pid = (uint32_t)d->criu.child.pid;
		if (process_start(j.criu_pid, &j.criu_start, e) < 0)
			return -1;
	}
	return work_note(&d->work, &j, e);
}

static int start_criu(struct dump *d, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path),
			"/proc/%d/fd/%d:/bin:/usr/bin:/sbin:/usr/sbin",
			(int)getpid(), d->work.fd);
	d->criu.context = d;
	d->criu.notified = on_notified;
	d->criu.answered = on_answered;
	d->criu.ended = on_criu_ended;
	d->criu.failed = on_criu_failed;
	if (criu_start(&d->criu, &d->loop, d->o->criu, path, e) < 0)
		return -1;
	return note_journal(d, e);
}

static int order_dump(struct dump *d, struct err *e)
{
	const struct survey *s = &d->survey;
	char config[64];
	struct criu_dump order = {
			.images_fd = d->work.fd,
			.work_fd = d->work.fd,
			.pid = d->o->target->pid,
			.mounts = s->external.mount,
			.mount_count = s->external.mount_count,
			.externals = s->external.name,
			.external_count = s->external.name_count,
			.controllers = s->external.cgroup,
			.controller_count = s->external.cgroup_count,
			.empties_net = s->external.empties_net,
			.closes_tcp = d->o->closes_tcp,
			.freezer = survey_freezer(s),
			.config_file = config,
	};

	snprintf(config, sizeof(config), "/proc/%d/fd/%d/criu.conf",
			(int)getpid(), d->work.fd);
	return criu_send_dump(&d->criu, &order, e);
}

static int watch_abort(struct dump *d, struct err *e)
{
	if (d->o->abort_fd < 0)
		return 0;
	d->abort = (struct loop_fd){.fd = d->o->abort_fd,
			.events = EPOLLIN,
			.ready = on_abort,
			.context = d};
	return loop_fd_add(&d->loop, &d->abort, e);
}

/* What CRIU would find out only when all stands still. */
static int refuse_early(struct dump *d, struct err *e)
{
	struct preflight p;

	if (preflight_look(&p, d->o->target, &d->survey, e) < 0)
		return -1;
	return p.obstacle_count ? err_set(e, "%s", p.obstacle[0]) : 0;
}

static int prepare(struct dump *d, struct err *e)
{
	const struct dump_order *o = d->o;

	if (survey_make(&d->survey, o->target, o->host_root, o->host_path,
			    e) < 0)
		return -1;
	if (refuse_early(d, e) < 0)
		return -1;
	if (prepare_work(d, e) < 0 || note_journal(d, e) < 0)
		return -1;
	if (output_open(&d->output, o->dir, d->work.name, &o->form, e) < 0)
		return -1;
	archive_start(&d->archive, d->output.top, d->time_s);
	if (o->form.has_manifest)
		archive_note_in(&d->archive, &d->manifest,
				output_plain_file(&d->output));
	return add_metadata(d, e);
}

/* ---- the dump ----------------------------------------------------------- */

static int start(struct dump *d, struct err *e)
{
	d->capture.changed = on_capture;
	d->capture.context = d;
	d->diff.ended = on_diff_ended;
	d->diff.context = d;
	if (watch_abort(d, e) < 0)
		return -1;
	if (capture_start(&d->capture, &d->loop, &d->archive, d->work.fd,
			    d->o->dir, d->output.is_encrypted, e) < 0)
		return -1;
	if (check_target(d, e) < 0 || start_criu(d, e) < 0)
		return -1;
	return order_dump(d, e);
}

/* Whatever happened: nothing of ours stays frozen or running. */
static int settle(struct dump *d, struct err *e)
{
	const char *freezer = d->survey.freezer;
	size_t mended;

	capture_stop(&d->capture);
	if (freezer[0] == '\0')
		return 0;
	if (!d->survey.was_frozen && freeze_thaw(freezer, e) < 0)
		return -1;
	return d->has_failed ? unrepair_cgroup(freezer, &mended, e) : 0;
}

static int run(struct dump *d, struct err *e)
{
	struct err begun = {0};

	if (start(d, &begun) < 0)
		give_up(d, &begun);
	if (d->criu.is_running || d->diff.is_running)
		if (loop_run(&d->loop, e) < 0)
			return -1;
	if (settle(d, e) < 0)
		return -1;
	if (!d->has_failed)
		return 0;
	*e = d->why;
	return -1;
}

/* ---- closing ------------------------------------------------------------ */

static int add_work_file(struct dump *d, const char *name, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(LOG_MAX);

	if (work_read(&d->work, name, &b, e) < 0)
		return -1;
	return archive_add(&d->archive, name, buf_view(&b), e);
}

static int add_stats(struct dump *d, struct dump_result *r, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(SMALL_MAX);
	struct criu_stats s;

	if (work_read(&d->work, "stats-dump", &b, e) < 0)
		return -1;
	if (criumsg_parse_stats(buf_view(&b), &s, e) < 0)
		return -1;
	r->frozen_us = s.frozen_us;
	return archive_add(&d->archive, "stats-dump", buf_view(&b), e);
}

static int give_name(struct dump *d, struct dump_result *r, struct err *e)
{
	const struct spec_names *n = &d->o->target->spec.names;
	struct name name = {.namespace = n->namespace,
			.pod = n->pod,
			.container = n->container,
			.time_s = d->time_s,
			.is_encrypted = d->output.is_encrypted};

	store_mark(d->output.out.fd, n);
	if (!d->o->name)
		return output_name(&d->output, &name, r->name, e);
	snprintf(r->name, sizeof(r->name), "%s", d->o->name);
	return output_link(&d->output, r->name, e);
}

static int finish(struct dump *d, struct dump_result *r, struct err *e)
{
	if (archive_add(&d->archive, IMAGES "/descriptors.json",
			    buf_view(&d->descriptors), e) < 0)
		return -1;
	if (add_stats(d, r, e) < 0 || add_work_file(d, "dump.log", e) < 0)
		return -1;
	if (archive_end(&d->archive, e) < 0)
		return -1;
	r->bytes = output_bytes(&d->output);
	if (give_name(d, r, e) < 0)
		return -1;
	faillog_drop(d->o->dir, d->o->target->id);
	return outfile_finish(&d->output.out, e);
}

static int dump_guarded(struct dump *d, struct dump_result *r, struct err *e)
{
	int rc = -1;

	if (prepare(d, e) == 0 && run(d, e) == 0)
		rc = finish(d, r, e);
	output_drop(&d->output);
	return rc;
}

static int dump_locked(struct dump *d, struct dump_result *r, struct err *e)
{
	int rc;

	if (loop_open(&d->loop, e) < 0)
		return -1;
	rc = dump_guarded(d, r, e);
	loop_close(&d->loop);
	return rc;
}

int dump_container(const struct dump_order *o, struct dump_result *r,
		struct err *e)
{
	static struct dump d; /* large; one in a process */
	uint64_t began = loop_now_ms();
	int rc;

	memset(&d, 0, sizeof(d));
	d.o = o;
	d.output.out.fd = -1;
	d.time_s = time(NULL);
	d.descriptors = buf_growing(SMALL_MAX);
	manifest_start(&d.manifest, -1);
	*r = (struct dump_result){0};
	if (work_open(&d.work, o->dir, o->target->id, e) < 0)
		return -1;
	rc = dump_locked(&d, r, e);
	work_close(&d.work);
	buf_free(&d.descriptors);
	manifest_free(&d.manifest);
	survey_free(&d.survey);
	r->total_us = (loop_now_ms() - began) * 1000;
	return rc;
}
