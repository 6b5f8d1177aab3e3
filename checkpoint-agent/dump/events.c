/*
 * events - wait in one loop for CRIU's messages, its image pipes, the reader
 * of the changed files and the abort descriptor.
 *
 * CRIU reports its progress:
 *
 *   query-ext-files   all processes are stopped: read the changed files now
 *   post-dump         memory is written: hold CRIU until the files are read
 *   answer            all processes run again
 *
 * To give up we close the pipes and the socket; CRIU then repairs what it
 * stopped and ends.  It is killed only when it does not end by itself.
 */
#include "checkpoint-agent/dump/events.h"

#include "checkpoint-agent/dump/begin.h"
#include "checkpoint-agent/dump/failed_log.h"
#include "checkpoint-agent/dump/metadata.h"
#include "checkpoint-agent/dump/side_files.h"
#include "checkpoint-agent/dump/tcp_repair.h"
#include "checkpoint-agent/node/freezer.h"

#include <sys/epoll.h>
#include <sys/wait.h>

#define HEAL_MS     5000 /* for CRIU to end by itself after we gave up */
#define CAUSE_BYTES 512

/* ---- giving up ---------------------------------------------------------- */

static void on_patience_ended(void *context)
{
	struct dump *d = context;

	criu_kill(&d->criu);
}

static void proceed(struct dump *d);

static void give_up(struct dump *d, const struct err *why)
{
	if (d->has_failed)
		return;
	d->has_failed = true;
	d->why = *why;
	changes_stop(&d->diff);
	capture_stop(&d->capture);
	criu_hang_up(&d->criu);
	d->patience.expired = on_patience_ended;
	d->patience.context = d;
	loop_timer_set(&d->loop, &d->patience, HEAL_MS);
	proceed(d);
}

static void on_abort(void *context, uint32_t events)
{
	struct dump *d = context;
	struct err e = {0};

	(void)events;
	loop_fd_remove(&d->loop, &d->abort);
	err_kind(&e, ERR_TIMEOUT, "aborted by request");
	give_up(d, &e);
}

/* ---- events ------------------------------------------------------------- */

static void go_on(struct dump *d)
{
	struct err e = {0};

	d->is_held = false;
	container_log_mark(&d->output_log);
	if (criu_go_on(&d->criu, true, &e) < 0)
		give_up(d, &e);
}

/* After every event: is it time for the next step? */
static void proceed(struct dump *d)
{
	if (d->has_failed) {
		if (!d->criu.is_running && !d->diff.is_running)
			loop_stop(&d->loop);
		return;
	}
	if (d->is_held && !d->is_reading && !d->diff.is_running)
		go_on(d);
	if (d->is_dumped && !d->criu.is_running && !d->diff.is_running &&
		capture_is_done(&d->capture))
		loop_stop(&d->loop);
}

/*
 * CRIU stops a process by its number.  If the process that we hold still runs
 * now, the number was its own all the time.
 */
static int check_target(const struct dump *d, struct err *e)
{
	if (target_is_running(d->o->target))
		return 0;
	return err_set(e, "container %s has ended meanwhile", d->o->target->id);
}

static int start_reading_changes(struct dump *d, struct err *e)
{
	if (check_target(d, e) < 0)
		return -1;
	if (metadata_put_descriptors(&d->descriptors, d->o->target->pid, e) < 0)
		return -1;
	d->is_reading = true;
	return changes_start(&d->diff, &d->loop, &d->capture,
		&(struct changes_source){.target = d->o->target,
			.host_root = d->o->place->root,
			.layers = survey_layers(&d->survey)},
		e);
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
		proceed(d);
	else
		go_on(d);
}

/* Report the errors in CRIU's log, and where the log is kept. */
static void report_cause(
	struct dump *d, const struct criu_answer *a, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(PATH_MAX);
	char room[CAUSE_BYTES];
	struct buf cause = buf_fixed(room, sizeof(room));

	side_files_find_cause(&d->work, &cause);
	if (cause.n == 0)
		buf_str(&cause,
			a->message.n ? a->message : STR("the dump failed"));
	failed_log_keep(d->o->dir, d->work.fd, d->o->target->id, &path);
	err_set(e, "criu: %.*s%s%.*s", STR_ARG(buf_view(&cause)),
		path.n ? "; log: " : "", STR_ARG(buf_view(&path)));
}

static void on_answered(void *context, const struct criu_answer *a)
{
	struct dump *d = context;
	struct err e = {0};

	if (!a->is_good) {
		if (check_target(d, &e) == 0)
			report_cause(d, a, &e);
		give_up(d, &e);
		return;
	}
	d->is_dumped = true;
	criu_hang_up(&d->criu);
	proceed(d);
}

static void on_criu_ended(void *context, int status)
{
	struct dump *d = context;
	struct err e = {0};

	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		err_set(&e, "cannot run %s", d->o->options->criu);
	else
		err_set(&e, "CRIU ended early (status %d)", status);
	if (!d->is_dumped)
		give_up(d, &e);
	proceed(d);
}

static void on_criu_failed(void *context, const struct err *e)
{
	struct dump *d = context;

	if (d->criu.is_running && !d->has_failed)
		return; /* it is about to end, and its status tells more */
	give_up(d, e);
}

static void on_capture(void *context)
{
	struct dump *d = context;

	if (d->capture.merge.has_failed && !d->has_failed)
		give_up(d, &d->capture.merge.why);
	else
		proceed(d);
}

static void on_changes_read(void *context)
{
	struct dump *d = context;

	d->is_reading = false;
}

static void on_changes_ended(void *context)
{
	struct dump *d = context;
	struct err e = {0};

	if (d->diff.has_failed && !d->has_failed) {
		changes_why(&d->diff, &e);
		give_up(d, &e);
	} else {
		proceed(d);
	}
}

/* ---- the run ------------------------------------------------------------ */

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

static int start_criu(struct dump *d, struct err *e)
{
	d->capture.merge.changed = on_capture;
	d->capture.merge.added_ended = on_changes_read;
	d->capture.merge.context = d;
	d->diff.ended = on_changes_ended;
	d->diff.context = d;
	criu_init(&d->criu); /* what fails before its start hangs up, too */
	d->criu.context = d;
	d->criu.notified = on_notified;
	d->criu.answered = on_answered;
	d->criu.ended = on_criu_ended;
	d->criu.failed = on_criu_failed;
	if (watch_abort(d, e) < 0 || begin_images(d, e) < 0)
		return -1;
	if (check_target(d, e) < 0 || begin_criu(d, e) < 0)
		return -1;
	return begin_request(d, e);
}

/* In any case nothing that we stopped stays stopped. */
static int settle(struct dump *d, struct err *e)
{
	const char *freezer = d->survey.freezer.path;
	size_t mended;

	capture_stop(&d->capture);
	if (freezer[0] == '\0')
		return 0;
	if (!d->survey.freezer.was_frozen && freezer_thaw(freezer, e) < 0)
		return -1;
	return d->has_failed ? tcp_repair_cgroup(freezer, &mended, e) : 0;
}

static int run_loop(struct dump *d, struct err *e)
{
	struct err begun = {0};

	if (start_criu(d, &begun) < 0)
		give_up(d, &begun);
	if (d->criu.is_running || d->diff.is_running)
		d->is_stuck = loop_run(&d->loop, e) < 0;
	if (!d->is_stuck)
		d->is_stuck = settle(d, e) < 0;
	if (d->is_stuck)
		return -1;
	if (!d->has_failed)
		return 0;
	*e = d->why;
	return -1;
}

int events_run_criu(struct dump *d, struct err *e)
{
	int rc;

	if (loop_open(&d->loop, e) < 0)
		return -1;
	rc = run_loop(d, e);
	loop_close(&d->loop);
	return rc;
}
