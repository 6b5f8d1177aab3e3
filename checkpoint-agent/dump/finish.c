/*
 * finish - copy CRIU's log and figures and the container's log into the
 * archive, then end it and give it a name.
 */
#include "checkpoint-agent/dump/finish.h"
#include "checkpoint-agent/tar/members.h"

#include "checkpoint-agent/dump/failed_log.h"
#include "checkpoint-agent/dump/side_files.h"
#include "checkpoint-agent/store/owner.h"

#include <stdio.h>

static int add_stats(
	struct dump *d, const char *name, uint64_t *frozen_us, struct err *e)
{
	struct criu_stats s;
	int rc = side_files_add_stats(&d->archive, &d->work, name, &s, e);

	*frozen_us = s.frozen_us;
	return rc;
}

int finish_predump(struct dump *d, struct err *e)
{
	if (add_stats(d, MEMBER_PREDUMP_STATS, &d->predump_frozen_us, e) < 0)
		return -1;
	return side_files_add_log(&d->archive, &d->work, MEMBER_PREDUMP_LOG, e);
}

static int name_archive(struct dump *d, struct dump_result *r, struct err *e)
{
	const struct spec_names *n = &d->o->target->spec.names;
	struct archive_name name = {.namespace = n->namespace,
		.pod = n->pod,
		.container = n->container,
		.time_s = d->time_s,
		.is_encrypted = d->output.is_encrypted};

	if (!d->o->name)
		return output_name(&d->output, &name, r->name, e);
	owner_write(d->output.out.fd, &name);
	snprintf(r->name, sizeof(r->name), "%s", d->o->name);
	return output_link(&d->output, r->name, e);
}

int finish_dump(struct dump *d, struct dump_result *r, struct err *e)
{
	if (tarball_add(&d->archive, MEMBER_DESCRIPTORS,
		    buf_view(&d->descriptors), e) < 0)
		return -1;
	if (add_stats(d, MEMBER_STATS, &r->frozen_us, e) < 0 ||
		side_files_add_log(&d->archive, &d->work, MEMBER_LOG, e) < 0 ||
		container_log_add(&d->output_log, &d->archive, e) < 0)
		return -1;
	r->predump_frozen_us = d->predump_frozen_us;
	if (tarball_end(&d->archive, e) < 0)
		return -1;
	r->bytes = output_bytes(&d->output);
	if (name_archive(d, r, e) < 0)
		return -1;
	failed_log_drop(d->o->dir, d->o->target->id);
	return new_file_finish(&d->output.out, e);
}
