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
#include "checkpoint-agent/dump_in.h"

#include "checkpoint-agent/faillog.h"
#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/predump.h"
#include "checkpoint-agent/process.h"
#include "checkpoint-agent/unrepair.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HEAL_MS     5000 /* for CRIU to end by itself when we give up */
#define CAUSE_BYTES 512

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
	return err_set(e, "container %s has ended meanwhile", d->o->target->id);
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
static void say_cause(
	struct dump *d, const struct criu_answer *a, struct err *e)
{
	AUTO_BUF struct buf log = buf_growing(DUMP_LOG_MAX);
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	char room[CAUSE_BYTES];
	struct buf cause = buf_fixed(room, sizeof(room));

	if (work_read(&d->work, "dump.log", &log, NULL) == 0)
		criumsg_cause(buf_view(&log), &cause);
	if (cause.n == 0)
		buf_str(&cause, a->message.n ? a->message : STR("dump failed"));
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

/* ---- the dump ----------------------------------------------------------- */

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

static int start(struct dump *d, struct err *e)
{
	d->capture.changed = on_capture;
	d->capture.context = d;
	d->diff.ended = on_diff_ended;
	d->diff.context = d;
	d->criu.context = d;
	d->criu.notified = on_notified;
	d->criu.answered = on_answered;
	d->criu.ended = on_criu_ended;
	d->criu.failed = on_criu_failed;
	if (watch_abort(d, e) < 0 || dump_open_images(d, e) < 0)
		return -1;
	if (check_target(d, e) < 0 || dump_start_criu(d, e) < 0)
		return -1;
	return dump_order_criu(d, e);
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

/* One run of CRIU from its start to its end. */
static int run_criu(struct dump *d, struct err *e)
{
	int rc;

	if (loop_open(&d->loop, e) < 0)
		return -1;
	rc = run(d, e);
	loop_close(&d->loop);
	return rc;
}

/*
 * Copy all of memory with one short stop; CRIU's next run copies what has
 * been written since.  Of what is paused nothing would be gained.
 */
static int predump(struct dump *d, struct err *e)
{
	if (!d->o->has_predump || d->survey.was_frozen)
		return 0;
	d->is_predump = true;
	if (run_criu(d, e) < 0 || dump_close_predump(d, e) < 0)
		return err_at(e, "pre-dump");
	d->is_predump = false;
	d->is_dumped = false;
	memset(&d->capture, 0, sizeof(d->capture));
	return 0;
}

/* ---- all of it ---------------------------------------------------------- */

static int dump_locked(struct dump *d, struct dump_result *r, struct err *e)
{
	int rc = -1;

	if (dump_make_ready(d, e) == 0 && predump(d, e) == 0 &&
		run_criu(d, e) == 0)
		rc = dump_close(d, r, e);
	output_drop(&d->output);
	return rc;
}

int dump_container(
	const struct dump_order *o, struct dump_result *r, struct err *e)
{
	static struct dump d; /* large; one in a process */
	uint64_t began = loop_now_ms();
	int rc;

	memset(&d, 0, sizeof(d));
	d.o = o;
	d.output.out.fd = -1;
	d.parent = -1;
	d.time_s = time(NULL);
	d.descriptors = buf_growing(DUMP_SMALL_MAX);
	manifest_start(&d.manifest, -1);
	*r = (struct dump_result){0};
	if (o->has_predump && predump_check(e) < 0)
		return -1;
	if (work_open(&d.work, o->dir, o->target->id, e) < 0)
		return -1;
	rc = dump_locked(&d, r, e);
	work_close(&d.work);
	fd_close(&d.parent);
	buf_free(&d.descriptors);
	manifest_free(&d.manifest);
	survey_free(&d.survey);
	r->total_us = (loop_now_ms() - began) * 1000;
	return rc;
}
