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
#include "sbom/model/licence.h"
#include "sbom/model/model_file.h"
#include "sbom/model/model_package.h"
#include "sbom/model/model_patch.h"
#include "sbom/model/model_source.h"

enum { MODEL_LOCK_MAX = 1 << 20 };

static int model_read_lock(struct model *m, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MODEL_LOCK_MAX);
	const char *copy;

	if (file_read(m->request->lock, &text, e) < 0)
		return -1;
	copy = arena_copy(m->arena, buf_view(&text));
	if (copy == NULL)
		return model_no_memory(e);
	if (lock_parse(str_of(copy), m->arena, &m->lock, e) < 0)
		return err_at(e, "%s", m->request->lock);
	return 0;
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
	if (model_read_lock(m, e) < 0 || model_list_packages(m, e) < 0)
		return -1;
	if (model_has_programs(m->request) &&
		evidence_open(m->request->evidence, m->request->root, m->arena,
			&m->evidence, e) < 0)
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
	evidence_close(&m->evidence);
}
