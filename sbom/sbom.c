/*
 * sbom - the SBOM of an image, from a request to the document.
 *
 * How: the model is made in one arena that is thrown away whole; the document
 * is written from it.  What it refuses: see sbom.h, model.h and trace.h.
 */
#include "sbom/sbom.h"

#include "sbom/spdx.h"

#include <stdio.h>

#define SBOM_ARENA_MAX ((size_t)2 << 30)

enum { SBOM_PATH_BYTES = 2048 };

static int sbom_place(char path[SBOM_PATH_BYTES], const char *root,
	const char *given, const char *usual, struct err *e)
{
	int n = given != NULL
			? snprintf(path, SBOM_PATH_BYTES, "%s", given)
			: snprintf(path, SBOM_PATH_BYTES, "%s/%s", root, usual);

	return n < 0 || n >= SBOM_PATH_BYTES
		       ? err_kind(e, ERR_LIMIT, "%s: path is too long", usual)
		       : 0;
}

static void sbom_sum(const struct model *m, struct sbom_summary *s)
{
	s->files = m->n_files;
	s->programs = m->n_programs;
	s->libraries = m->n_libraries;
	s->sources = m->n_sources;
	s->patches = m->n_patches;
	for (size_t i = 0; i < m->n_programs; i++) {
		const struct trace *t = &m->programs[i].trace;

		for (size_t k = 0; k < t->n_libraries; k++)
			s->members += t->libraries[k]->taken;
		for (size_t k = 0; k < t->n_files; k++)
			s->headers += t->files[k]->is_header;
	}
}

static int sbom_write(const struct sbom_request *r, struct arena *a,
	struct buf *out, struct sbom_summary *summary, struct err *e)
{
	struct model m;
	int rc;

	*summary = (struct sbom_summary){0};
	if (model_make(r, a, &m, e) < 0)
		return -1;
	rc = spdx_write(&m, out, &summary->packages, e);
	sbom_sum(&m, summary);
	model_close(&m);
	return rc;
}

int sbom_write_spdx(const struct sbom_request *r, struct buf *out,
	struct sbom_summary *summary, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(SBOM_ARENA_MAX);
	char lock[SBOM_PATH_BYTES], evidence[SBOM_PATH_BYTES];
	struct sbom_request full = *r;

	if (full.root == NULL)
		full.root = ".";
	if (sbom_place(lock, full.root, r->lock, "static-build/sources.lock",
		    e) < 0 ||
		sbom_place(evidence, full.root, r->evidence, "build/evidence",
			e) < 0)
		return -1;
	full.lock = lock;
	full.evidence = evidence;
	return sbom_write(&full, &a, out, summary, e) < 0
		       ? err_at(e, "sbom of %s", r->image)
		       : 0;
}
