/*
 * podjob - see podjob.h.
 *
 * Each container gets a guard (work.h) that knows its freezer, so that it is
 * let go whoever dies.  The containers' archives are made in the guard's
 * directory first, since a pod's moment must not last until all are written
 * into one file; then they are copied.  Memory is thus written twice.
 *
 * Refused: a pod with a container whose freezer cannot be found.
 */
#include "checkpoint-agent/podjob.h"

#include "checkpoint-agent/archive.h"
#include "checkpoint-agent/dump.h"
#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/store.h"
#include "checkpoint-agent/work.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MAX    (16u << 20)
#define TEXT_MAX     65536
#define COPY_BYTES   65536
#define STOP_WAIT_MS 5000

struct member {
	struct arena arena; /* what target points into */
	struct target target;
	char freezer[PATH_MAX];
	bool was_frozen;
	bool is_stopped; /* by us */
	bool is_guarded;
	struct work guard;
	char part[NAME_MAX + 1]; /* below the directory of archives */
};

struct pod {
	const struct podjob_order *o;
	struct member *member; /* owned, one for each container */
	size_t n;
	struct output output;
	struct archive archive;
	struct manifest manifest;
	int64_t time_s;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- finding ------------------------------------------------------- */

static int find_member(struct pod *p, const char *id, struct err *e)
{
	struct member *m = &p->member[p->n];
	const struct resolve_query q = {.id = id};
	struct buf freezer = buf_fixed(m->freezer, sizeof(m->freezer));
	enum resolve_result r;

	m->arena = arena_make(ARENA_MAX);
	if (resolve_find(p->o->place, &q, &m->arena, &m->target, &r, e) < 0)
		return -1;
	if (r != RESOLVE_FOUND) { /* it has ended meanwhile */
		arena_free(&m->arena);
		return 0;
	}
	p->n++;
	if (freeze_find(m->target.pid, p->o->host_path, &freezer,
		    &m->was_frozen, e) < 0)
		return -1;
	if (buf_cstr(&freezer)[0] == '\0')
		return err_set(e,
			"container %s: no freezer was found, which "
			"a pod's checkpoint needs",
			m->target.id);
	return 0;
}

static int find_all(struct pod *p, struct err *e)
{
	struct resolve_pod *found = calloc(1, sizeof(*found));
	int result = found == NULL ? err_sys(e, "pod") : 0;

	if (result == 0)
		result = resolve_list(
			p->o->place, p->o->namespace, p->o->pod, found, e);
	if (result == 0 && found->n > 0)
		p->member = calloc(found->n, sizeof(p->member[0]));
	if (result == 0 && found->n > 0 && p->member == NULL)
		result = err_sys(e, "pod");
	for (size_t i = 0; result == 0 && i < found->n; i++)
		result = find_member(p, found->id[i], e);
	free(found);
	if (result == 0 && p->n == 0)
		return err_kind(e, ERR_ABSENT, "no container of it runs");
	return result;
}

/* --- stopping and letting go --------------------------------------- */

static int guard(struct pod *p, struct member *m, struct err *e)
{
	struct work_journal j = {.criu_pid = 0};
	char id[RESOLVE_ID_BYTES + 8];

	snprintf(id, sizeof(id), "pod-%s", m->target.id);
	if (work_open(&m->guard, p->o->dir, id, e) < 0)
		return -1;
	m->is_guarded = true;
	if (m->was_frozen)
		return 0; /* it stays so */
	str_copy(str_of(m->freezer), j.freezer, sizeof(j.freezer));
	return work_note(&m->guard, &j, e);
}

static int stop_all(struct pod *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (guard(p, &p->member[i], e) < 0)
			return -1;
	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		if (m->was_frozen)
			continue;
		m->is_stopped = true;
		if (freeze_stop(m->freezer, STOP_WAIT_MS, e) < 0)
			return -1;
	}
	return 0;
}

/* All of them, even when one cannot be; then with the first failure. */
static int let_go(struct pod *p, struct err *e)
{
	int result = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		if (m->is_stopped &&
			freeze_thaw(m->freezer, result < 0 ? NULL : e) < 0)
			result = -1;
		m->is_stopped = false;
	}
	return result;
}

/* --- dumping ------------------------------------------------------- */

static int dump_member(struct pod *p, struct member *m, struct err *e)
{
	const struct podjob_order *o = p->o;
	struct dump_order d = {.target = &m->target,
		.host_root = o->place->root,
		.host_path = o->host_path,
		.dir = o->dir,
		.name = m->part,
		.criu = o->criu,
		.form = o->form,
		.closes_tcp = o->closes_tcp,
		.abort_fd = o->abort_fd};
	struct dump_result r;
	int n;

	d.form.has_sum = false; /* the pod's archive has one */
	n = snprintf(m->part, sizeof(m->part), "%s/part", m->guard.name);

	if (n < 0 || (size_t)n >= sizeof(m->part))
		return err_kind(e, ERR_LIMIT, "container id too long");
	if (dump_container(&d, &r, e) < 0)
		return err_at(e, "container %.*s",
			STR_ARG(m->target.spec.names.container));
	return 0;
}

static int dump_all(struct pod *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (dump_member(p, &p->member[i], e) < 0)
			return -1;
	return 0;
}

/* --- the archive --------------------------------------------------- */

static void put_part_name(const struct pod *p, const struct member *m,
	bool with_tail, struct buf *b)
{
	const struct args_list *to = p->o->form.recipients;

	buf_str(b, m->target.spec.names.container);
	if (with_tail)
		buf_text(b, to != NULL && to->n > 0 ? ".tar.age" : ".tar");
}

/* {"version":1,"containers":{"NAME":"NAME",...}} */
static int add_options(struct pod *p, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_whole(&o, "version", 1);
	json_map(&o, "containers");
	for (size_t i = 0; i < p->n; i++) {
		char name[NAME_MAX];
		struct buf b = buf_fixed(name, sizeof(name));

		put_part_name(p, &p->member[i], false, &b);
		json_text(&o, buf_cstr(&b), buf_cstr(&b));
	}
	json_map_end(&o);
	json_map_end(&o);
	return archive_add(&p->archive, "pod.options", buf_view(&text), e);
}

static int add_dump(struct pod *p, struct err *e)
{
	const struct node *notes =
		node_get(p->member[0].target.spec.tree, "annotations");
	AUTO_BUF struct buf text = buf_growing(TEXT_MAX);
	struct json_out o = json_out(&text, 0);

	json_map(&o, NULL);
	json_map(&o, "metadata");
	json_text(&o, "name", p->o->pod);
	json_str(&o, "uid",
		node_text(node_get(notes, "io.kubernetes.cri.sandbox-uid")));
	json_text(&o, "namespace", p->o->namespace);
	json_map_end(&o);
	json_str(&o, "hostname",
		node_text(node_get(p->member[0].target.spec.tree, "hostname")));
	json_map_end(&o);
	return archive_add(&p->archive, "pod.dump", buf_view(&text), e);
}

static int copy_part(struct pod *p, int from, struct err *e)
{
	static char piece[COPY_BYTES];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (archive_put(&p->archive, piece, (size_t)n, e) < 0)
			return -1;
	return n < 0 ? err_sys(e, "read a container's archive") : 0;
}

/* Into the pod's archive, and off the disk. */
static int add_part(struct pod *p, struct member *m, struct err *e)
{
	char name[ARCHIVE_NAME_BYTES + 1];
	struct buf b = buf_fixed(name, sizeof(name));
	AUTO_FD int from = openat(p->o->dir, m->part, O_RDONLY | O_CLOEXEC);

	put_part_name(p, m, true, &b);
	if (from < 0)
		return err_sys(e, "%s", m->part);
	if (archive_open(&p->archive, buf_cstr(&b), e) < 0 ||
		copy_part(p, from, e) < 0 || archive_close(&p->archive, e) < 0)
		return -1;
	unlinkat(p->o->dir, m->part, 0);
	return 0;
}

static int open_archive(struct pod *p, struct err *e)
{
	const struct output_form plain = {
		.compress = "none", .has_sum = p->o->form.has_sum};
	const struct spec_names names = {.namespace = str_of(p->o->namespace),
		.pod = str_of(p->o->pod),
		.container = STR("")};

	if (output_open(&p->output, p->o->dir, p->member[0].guard.name, &plain,
		    e) < 0)
		return -1;
	store_mark(p->output.out.fd, &names);
	archive_start(&p->archive, p->output.top, p->time_s);
	if (p->o->form.has_manifest)
		archive_note_in(&p->archive, &p->manifest,
			output_plain_file(&p->output));
	return 0;
}

static int fill_archive(struct pod *p, struct err *e)
{
	if (add_options(p, e) < 0 || add_dump(p, e) < 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (add_part(p, &p->member[i], e) < 0)
			return -1;
	return archive_end(&p->archive, e);
}

/* The kubelet's way of naming, the container left out. */
static int give_name(struct pod *p, struct podjob_result *r, struct err *e)
{
	struct name name = {.namespace = str_of(p->o->namespace),
		.pod = str_of(p->o->pod),
		.container = STR(""),
		.time_s = p->time_s};

	return output_name(&p->output, &name, r->name, e);
}

static int write_archive(struct pod *p, struct podjob_result *r, struct err *e)
{
	if (open_archive(p, e) < 0 || fill_archive(p, e) < 0)
		return -1;
	r->bytes = output_bytes(&p->output);
	if (give_name(p, r, e) < 0)
		return -1;
	return outfile_finish(&p->output.out, e);
}

/* --- all of it ----------------------------------------------------- */

static int dump_together(struct pod *p, struct podjob_result *r, struct err *e)
{
	uint64_t from_us = now_us();
	int result = stop_all(p, e);

	if (result == 0)
		result = dump_all(p, e);
	if (let_go(p, result < 0 ? NULL : e) < 0)
		result = -1;
	r->frozen_us = now_us() - from_us;
	return result;
}

static void free_all(struct pod *p)
{
	output_drop(&p->output);
	manifest_free(&p->manifest);
	for (size_t i = 0; i < p->n; i++) {
		struct member *m = &p->member[i];

		if (m->is_guarded)
			work_close(&m->guard);
		resolve_release(&m->target);
		arena_free(&m->arena);
	}
	free(p->member);
}

int podjob_run(
	const struct podjob_order *o, struct podjob_result *r, struct err *e)
{
	static struct pod p; /* large, and one job a process */
	int result;

	p = (struct pod){.o = o, .time_s = time(NULL)};
	p.output.out.fd = -1;
	manifest_start(&p.manifest, -1);
	result = find_all(&p, e);
	if (result == 0)
		result = dump_together(&p, r, e);
	if (result == 0)
		result = write_archive(&p, r, e);
	free_all(&p);
	return result;
}
