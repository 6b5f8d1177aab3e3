/*
 * begin - survey and preflight, the work directory, the first members, and
 * CRIU's process and request.
 *
 * Options that CRIU's RPC has no field for are in a configuration file in the
 * work directory.  CRIU's PATH begins with that directory, where `tar` is a
 * link to this program.
 */
#include "checkpoint-agent/dump/begin.h"
#include "checkpoint-agent/tar/members.h"

#include "checkpoint-agent/dump/metadata.h"
#include "checkpoint-agent/node/process.h"
#include "checkpoint-agent/node/tmpdir.h"
#include "checkpoint-agent/preflight/preflight.h"
#include "checkpoint-agent/store/archive_name.h"
#include "lib/base/log.h"
#include "lib/base/whole.h"

#include <fcntl.h>
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
	AUTO_BUF struct buf cri = buf_growing(DUMP_CRI_MAX);
	const struct target *t = d->o->target;

	if (process_find_root_group(t->pid, &d->archive.image_gid, e) < 0)
		return -1;
	metadata_put_config(&config, t, &d->survey.image, d->time_s);
	metadata_put_status(&status, t);
	metadata_put_cri_status(&cri, t);
	if (config.full || status.full || cri.full)
		return err_kind(e, ERR_LIMIT, "metadata too large");
	if (tarball_add(&d->archive, MEMBER_CONFIG, buf_view(&config), e) < 0)
		return -1;
	if (tarball_add(&d->archive, MEMBER_SPEC, t->spec_text, e) < 0)
		return -1;
	if (tarball_add(&d->archive, MEMBER_STATUS, buf_view(&status), e) < 0)
		return -1;
	if (tarball_add(&d->archive, MEMBER_CRI_STATUS, buf_view(&cri), e) < 0)
		return -1;
	return tarball_dir(&d->archive, MEMBER_IMAGES, e);
}

static int fill_work_dir(struct dump *d, struct err *e)
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
	if (whole_check(&b, "criu.conf", e) < 0)
		return -1;
	return work_write(&d->work, "criu.conf", buf_view(&b), e);
}

static int write_journal(struct dump *d, struct err *e)
{
	struct journal j = {0};

	/* What was paused stays paused.  CRIU freezes again what it found
	 * frozen, so what we have stopped is thawed once CRIU has ended. */
	if (!d->survey.freezer.was_frozen || d->o->is_stopped)
		memcpy(j.freezer, d->survey.freezer.path, sizeof(j.freezer));
	if (d->criu.is_running) {
		j.criu_pid = (uint32_t)d->criu.child.pid;
		if (process_start(j.criu_pid, &j.criu_start, e) < 0)
			return -1;
	}
	return work_note(&d->work, &j, e);
}

int begin_criu(struct dump *d, struct err *e)
{
	char path[128];

	snprintf(path, sizeof(path),
		"/proc/%d/fd/%d:/bin:/usr/bin:/sbin:/usr/sbin", (int)getpid(),
		d->work.fd);
	if (criu_start(&d->criu, &d->loop, d->o->options->criu, path, e) < 0)
		return -1;
	return write_journal(d, e);
}

static bool follows_predump(const struct dump *d)
{
	return d->parent >= 0 && !d->is_predump;
}

/* The page maps are kept, because CRIU reads them in the dump that follows. */
static int open_predump(struct dump *d, struct err *e)
{
	if (tmpdir_open(PARENT_BYTES_MAX, &d->parent, e) < 0)
		return -1;
	d->capture.keep_dir = d->parent;
	return tarball_dir(&d->archive, MEMBER_PREDUMP, e);
}

int begin_images(struct dump *d, struct err *e)
{
	d->capture.merge.loop = &d->loop;
	d->capture.merge.to = &d->archive;
	d->capture.dir = d->work.fd;
	d->capture.merge.is_secret = d->output.is_encrypted;
	d->capture.is_plain = output_plain_file(&d->output) != NULL;
	d->capture.images = d->is_predump ? MEMBER_PREDUMP : MEMBER_IMAGES;
	d->capture.keep_dir = -1;
	if (d->is_predump && open_predump(d, e) < 0)
		return -1;
	return capture_start(&d->capture, d->work.fd, e);
}

int begin_request(struct dump *d, struct err *e)
{
	const struct survey *s = &d->survey;
	char config[64], parent[64];
	struct criu_dump order = {
		.options = d->o->options,
		.images_fd = d->work.fd,
		.work_fd = d->work.fd,
		.pid = d->o->target->pid,
		.mounts = s->external.mount,
		.mount_count = s->external.mount_count,
		.externals = s->external.name,
		.external_count = s->external.name_count,
		.controllers = s->external.cgroup,
		.controller_count = s->external.cgroup_count,
		.watched = s->watches.path,
		.watched_count = s->watches.path_count,
		.empties_net = s->external.empties_net,
		.freezer = survey_freezer(s),
		.config_file = config,
		.is_predump = d->is_predump,
		.parent = follows_predump(d) ? parent : NULL,
	};

	snprintf(config, sizeof(config), "/proc/%d/fd/%d/criu.conf",
		(int)getpid(), d->work.fd);
	snprintf(parent, sizeof(parent), "/proc/%d/fd/%d", (int)getpid(),
		d->parent);
	return criu_send_dump(&d->criu, &order, e);
}

/* Refuse what CRIU would refuse only after it has stopped the container. */
static int refuse_early(struct dump *d, struct err *e)
{
	const struct spec_names *n = &d->o->target->spec.names;
	const struct archive_name name = {.namespace = n->namespace,
		.pod = n->pod,
		.container = n->container,
		.is_encrypted = d->o->options->recipients.n > 0};
	struct preflight p;

	if (!d->o->name && archive_name_check(&name, e) < 0)
		return -1;
	if (preflight_check(&p, d->o->target, &d->survey, e) < 0)
		return -1;
	for (size_t i = 0; i < p.findings.loss_count; i++)
		if (strncmp(p.findings.loss[i], "process ", 8) == 0)
			log_event(LOG_WARN, "not in the archive", "container",
				d->o->target->id, "what", p.findings.loss[i],
				NULL);
	return p.findings.obstacle_count
		       ? err_set(e, "%s", p.findings.obstacle[0])
		       : 0;
}

/* Where files need a name, it is in the work directory, which is recovered. */
static int open_output(struct dump *d, struct err *e)
{
	char tag[NAME_MAX + 16];

	snprintf(tag, sizeof(tag), "%s/archive", d->work.name);
	return output_open(&d->output, d->o->dir, tag, d->o->options, e);
}

/* A name that is taken is found out while the container runs. */
static int check_name(const struct dump_order *o, struct err *e)
{
	if (!o->name || o->is_part ||
		faccessat(o->dir, o->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return err_kind(e, ERR_BUSY, "%s exists already", o->name);
}

int begin_dump(struct dump *d, struct err *e)
{
	const struct dump_order *o = d->o;

	if (check_name(o, e) < 0)
		return -1;
	if (survey_make(&d->survey, o->target, o->place, o->freezer, e) < 0)
		return -1;
	if (refuse_early(d, e) < 0)
		return -1;
	if (d->survey.why_no_layers)
		log_event(LOG_WARN, "changed files are not in the archive",
			"container", o->target->id, "why",
			d->survey.why_no_layers, NULL);
	if (fill_work_dir(d, e) < 0 || write_journal(d, e) < 0)
		return -1;
	if (open_output(d, e) < 0)
		return -1;
	d->output.has_sum = o->options->has_manifest && !o->is_part;
	tarball_start(&d->archive, d->output.top, d->time_s);
	if (o->options->has_manifest)
		tarball_use_manifest(&d->archive, &d->manifest,
			output_plain_file(&d->output));
	container_log_open(
		&d->output_log, o->place->root, o->target->told.log_path);
	return add_metadata(d, e);
}
