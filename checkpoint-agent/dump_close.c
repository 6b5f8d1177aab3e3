/*
 * dump_close - see dump_in.h: what remains to be written when the container
 * runs again.
 */
#include "checkpoint-agent/dump_in.h"

#include "checkpoint-agent/faillog.h"
#include "checkpoint-agent/store.h"

#include <stdio.h>

/* A file of CRIU's, under the name that it shall have in the archive. */
static int add_work_file(
	struct dump *d, const char *file, const char *name, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(DUMP_LOG_MAX);

	if (work_read(&d->work, file, &b, e) < 0)
		return -1;
	return archive_add(&d->archive, name, buf_view(&b), e);
}

static int add_stats(
	struct dump *d, const char *name, uint64_t *frozen_us, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(DUMP_SMALL_MAX);
	struct criu_stats s;

	if (work_read(&d->work, "stats-dump", &b, e) < 0)
		return -1;
	if (criumsg_parse_stats(buf_view(&b), &s, e) < 0)
		return -1;
	*frozen_us = s.frozen_us;
	return archive_add(&d->archive, name, buf_view(&b), e);
}

int dump_close_predump(struct dump *d, struct err *e)
{
	if (add_stats(d, CAPTURE_PREDUMP "/stats-dump", &d->predump_frozen_us,
		    e) < 0)
		return -1;
	return add_work_file(d, "dump.log", CAPTURE_PREDUMP "/dump.log", e);
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

int dump_close(struct dump *d, struct dump_result *r, struct err *e)
{
	if (archive_add(&d->archive, CAPTURE_IMAGES "/descriptors.json",
		    buf_view(&d->descriptors), e) < 0)
		return -1;
	if (add_stats(d, "stats-dump", &r->frozen_us, e) < 0 ||
		add_work_file(d, "dump.log", "dump.log", e) < 0)
		return -1;
	r->predump_frozen_us = d->predump_frozen_us;
	if (archive_end(&d->archive, e) < 0)
		return -1;
	r->bytes = output_bytes(&d->output);
	if (give_name(d, r, e) < 0)
		return -1;
	faillog_drop(d->o->dir, d->o->target->id);
	return outfile_finish(&d->output.out, e);
}
