/*
 * dump_ready - see dump_in.h: all that is done before CRIU is asked to stop
 * anything.
 */
#include "checkpoint-agent/dump_in.h"

#include "checkpoint-agent/memdir.h"
#include "checkpoint-agent/metadata.h"
#include "checkpoint-agent/preflight.h"
#include "checkpoint-agent/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Page maps take some 25 bytes for each run of pages. */
#define PARENT_BYTES_MAX (64u << 20)

static int add_metadata(struct dump *d, struct err *e)
{
	AUTO_BUF struct buf config = buf_growing(DUMP_SMALL_MAX);
	AUTO_BUF struct buf status = buf_growing(DUMP_SMALL_MAX);
	AUTO_BUF struct buf cri = buf_growing(DUMP_SMALL_MAX);
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
	return archive_dir(&d->archive, CAPTURE_IMAGES, e);
}

/* What RPC has no field for; and the tar that CRIU runs is this program. */
static int prepare_work(struct dump *d, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(DUMP_SMALL_MAX);
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

int dump_start_criu(struct dump *d, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path),
		"/proc/%d/fd/%d:/bin:/usr/bin:/sbin:/usr/sbin", (int)getpid(),
		d->work.fd);
	if (criu_start(&d->criu, &d->loop, d->o->criu, path, e) < 0)
		return -1;
	return note_journal(d, e);
}

/* This is the run that a pre-dump came before. */
static bool has_parent(const struct dump *d)
{
	return d->parent >= 0 && !d->is_predump;
}

/* CRIU will look into this one's page maps when it runs again. */
static int open_predump(struct dump *d, struct err *e)
{
	if (memdir_open(PARENT_BYTES_MAX, &d->parent, e) < 0)
		return -1;
	d->capture.keep_dir = d->parent;
	return archive_dir(&d->archive, CAPTURE_PREDUMP, e);
}

int dump_open_images(struct dump *d, struct err *e)
{
	d->capture.images = d->is_predump ? CAPTURE_PREDUMP : CAPTURE_IMAGES;
	d->capture.keep_dir = -1;
	if (d->is_predump && open_predump(d, e) < 0)
		return -1;
	return capture_start(&d->capture, &d->loop, &d->archive, d->work.fd,
		d->o->dir, d->output.is_encrypted, e);
}

int dump_order_criu(struct dump *d, struct err *e)
{
	const struct survey *s = &d->survey;
	char config[64], parent[64];
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
		.is_predump = d->is_predump,
		.parent = has_parent(d) ? parent : NULL,
	};

	snprintf(config, sizeof(config), "/proc/%d/fd/%d/criu.conf",
		(int)getpid(), d->work.fd);
	snprintf(parent, sizeof(parent), "/proc/%d/fd/%d", (int)getpid(),
		d->parent);
	return criu_send_dump(&d->criu, &order, e);
}

/* What CRIU would find out only when all stands still. */
static int refuse_early(struct dump *d, struct err *e)
{
	struct preflight p;

	if (preflight_look(&p, d->o->target, &d->survey, e) < 0)
		return -1;
	return p.obstacle_count ? err_set(e, "%s", p.obstacle[0]) : 0;
}

int dump_make_ready(struct dump *d, struct err *e)
{
	const struct dump_order *o = d->o;

	if (survey_make(&d->survey, o->target, o->host_root, o->host_path, e) <
		0)
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
