/*
 * model_make - read lock and evidence, trace the programs one after the
 * other, then fill each list from all traces in their sorted order.
 *
 * Sources and patches are read once more: SPDX requires their SHA-1, and their
 * SHA-256 must be the recorded one.
 */
#include "sbom/model/model_make.h"

#include "lib/base/fd.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/evidence/recorded.h"
#include "sbom/index/vendored.h"
#include "sbom/model/licence.h"
#include "sbom/model/model_file.h"
#include "sbom/model/model_package.h"
#include "sbom/model/model_patch.h"
#include "sbom/model/model_source.h"

#include <errno.h>
#include <unistd.h>

enum { MODEL_LOCK_MAX = 1 << 20 };

/* A text that lives as long as the model. */
static int model_read_text(
	struct model *m, const char *path, struct str *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MODEL_LOCK_MAX);

	if (file_read(path, &text, e) < 0)
		return -1;
	*out = (struct str){arena_copy(m->arena, buf_view(&text)), text.n};
	return out->p == NULL ? model_no_memory(e) : 0;
}

static int model_read_lock(struct model *m, struct err *e)
{
	struct str text;

	if (m->request->opened_lock != NULL) {
		m->lock = *m->request->opened_lock;
		return 0;
	}
	if (access(m->request->lock, F_OK) < 0 && errno == ENOENT)
		return 0; /* a project that pins nothing */
	if (model_read_text(m, m->request->lock, &text, e) < 0)
		return -1;
	if (lock_parse(text, m->arena, &m->lock, e) < 0)
		return err_at(e, "%s", m->request->lock);
	return 0;
}

/* The table lies beside the lock; a project need not have it. */
static int model_read_upstreams(struct model *m, struct err *e)
{
	char path[MODEL_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	struct str text;

	buf_text(&b, m->request->lock);
	b.n -= str_base_name(buf_view(&b)).n;
	buf_text(&b, "upstreams");
	if (b.full || access(buf_cstr(&b), F_OK) < 0)
		return 0;
	if (model_read_text(m, path, &text, e) < 0)
		return -1;
	if (upstreams_parse(text, m->arena, &m->upstreams, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

/*
 * Evidence that `keelson record` made: its source is the first line of the
 * lock (origin.c), before those that the project pins.  1, 0 when the
 * evidence is of another kind, or -1.
 */
static int model_add_recorded(
	struct model *m, struct recorded *recorded, struct err *e)
{
	const struct sbom_project *project = m->request->project;
	int found = recorded_read(m->request->evidence, m->arena, recorded, e);
	struct lock_line *lines;

	if (found <= 0)
		return found;
	if (recorded_name(recorded, project->name, m->arena, e) < 0)
		return -1;
	lines = arena_alloc(m->arena, (m->lock.n + 1) * sizeof(*lines));
	if (lines == NULL)
		return model_no_memory(e);
	lines[0] = recorded->lock.lines[0];
	if (lines[0].is_own)
		lines[0].licence = project->licence;
	if (lines[0].is_own && lines[0].version.n == 0)
		lines[0].version = project->version;
	for (size_t i = 0; i < m->lock.n; i++)
		lines[i + 1] = m->lock.lines[i];
	m->lock = (struct lock){lines, m->lock.n + 1};
	return 1;
}

static int model_open_evidence(struct model *m, struct err *e)
{
	const struct sbom_request *r = m->request;
	struct recorded recorded;
	int found;

	if (r->opened_evidence != NULL) {
		m->evidence = *r->opened_evidence;
		return 0;
	}
	found = model_add_recorded(m, &recorded, e);
	if (found < 0 ||
		evidence_open(r->evidence, found > 0 ? recorded.root : r->root,
			m->arena, &m->evidence, e) < 0)
		return -1;
	m->evidence.is_outside = found > 0;
	m->evidence.project = r->project->name;
	m->evidence.licence = r->project->licence;
	return found > 0 ? vendored_find_beside(
				   &m->evidence, &m->lock, m->arena, e)
			 : 0;
}

static bool model_has_programs(const struct sbom_request *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].origin == SBOM_PROGRAM)
			return true;
	return false;
}

static int model_sum_licences(struct model *m, struct err *e)
{
	struct licence_set set = {0};

	for (size_t i = 0; i < m->n_files; i++)
		if (licence_add(&set, m->files[i].licence, e) < 0)
			return -1;
	return licence_text(&set, m->arena, &m->licence, e);
}

static int model_fill(struct model *m, struct err *e)
{
	if (model_read_lock(m, e) < 0 || model_read_upstreams(m, e) < 0)
		return -1;
	if (model_has_programs(m->request) && model_open_evidence(m, e) < 0)
		return -1;
	if (model_list_packages(m, e) < 0)
		return -1;
	if (model_add_files(m, e) < 0 || model_keep_packages(m, e) < 0)
		return -1;
	model_point_files(m);
	for (size_t i = 0; i < m->n_programs; i++)
		if (model_add_trace(m, &m->programs[i].trace, e) < 0)
			return -1;
	if (model_conclude_licences(m, e) < 0 || model_add_patches(m, e) < 0)
		return -1;
	return model_sum_licences(m, e);
}

int model_make(const struct sbom_request *r, struct arena *a, struct model *out,
	struct err *e)
{
	*out = (struct model){
		.arena = a,
		.request = r,
		.ids = table_make(a),
		.by_source = table_make(a),
	};
	out->licences = licence_book(&out->evidence, a);
	if (model_fill(out, e) == 0)
		return 0;
	model_close(out);
	return -1;
}

void model_close(struct model *m)
{
	if (m->request->opened_evidence == NULL)
		evidence_close(&m->evidence);
}
