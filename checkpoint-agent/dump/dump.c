/*
 * dump - prepare, pre-dump if asked, dump, finish; then release everything.
 *
 * The work directory locks the container: at most one dump of it is under way.
 */
#include "checkpoint-agent/dump/dump.h"

#include "checkpoint-agent/dump/begin.h"
#include "checkpoint-agent/dump/events.h"
#include "checkpoint-agent/dump/finish.h"
#include "checkpoint-agent/preflight/dirty_tracking.h"
#include "lib/base/fd.h"

#include <string.h>
#include <time.h>

static bool has_predump(const struct dump_order *o)
{
	return o->options->has_predump && !o->is_part;
}

/*
 * Copy all memory with one short stop, so that CRIU's next run copies only
 * what was written since.  A paused container would gain nothing by it.
 */
static int predump(struct dump *d, struct err *e)
{
	if (!has_predump(d->o) || d->survey.freezer.was_frozen)
		return 0;
	d->is_predump = true;
	if (events_run_criu(d, e) < 0 || finish_predump(d, e) < 0)
		return err_at(e, "pre-dump");
	d->is_predump = false;
	d->is_dumped = false;
	d->is_reading = false;
	memset(&d->capture, 0, sizeof(d->capture));
	return 0;
}

static int dump_locked(struct dump *d, struct dump_result *r, struct err *e)
{
	int rc = -1;

	if (begin_dump(d, e) == 0 && predump(d, e) == 0 &&
		events_run_criu(d, e) == 0)
		rc = finish_dump(d, r, e);
	output_drop(&d->output);
	return rc;
}

int dump_container(
	const struct dump_order *o, struct dump_result *r, struct err *e)
{
	static struct dump d; /* too large for the stack; one in a process */
	uint64_t began = loop_now_ms();
	int rc;

	memset(&d, 0, sizeof(d));
	d.o = o;
	d.output.out.fd = -1;
	d.parent = -1;
	d.time_s = time(NULL);
	d.descriptors = buf_growing(DUMP_SMALL_MAX);
	d.output_log.fd = -1;
	manifest_start(&d.manifest, -1);
	*r = (struct dump_result){0};
	if (has_predump(o) && dirty_tracking_check(e) < 0)
		return -1;
	if (work_open(&d.work, o->dir, o->target->id, e) < 0)
		return -1;
	rc = dump_locked(&d, r, e);
	if (d.is_stuck)
		work_abandon(&d.work);
	else
		work_close(&d.work);
	fd_close(&d.parent);
	buf_free(&d.descriptors);
	container_log_close(&d.output_log);
	manifest_free(&d.manifest);
	survey_free(&d.survey);
	r->total_us = (loop_now_ms() - began) * 1000;
	return rc;
}
