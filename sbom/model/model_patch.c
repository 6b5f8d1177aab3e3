/*
 * model_patch - manifests name, for each file of an unpacked source, the
 * patches that touch it: Debian's by their name in the series, this project's
 * own by their path.
 */
#include "sbom/model/model_patch.h"

#include "lib/base/buf.h"
#include "sbom/evidence/patch_file.h"
#include "sbom/fix/patch_text.h"

#include <stdlib.h>
#include <string.h>

enum { MODEL_PATCH_MAX = 64 << 20 };

static bool model_has_patch(
	const struct model *m, const struct model_package *p, struct str name)
{
	for (size_t i = 0; i < m->n_patches; i++)
		if (m->patches[i].package == p &&
			str_eq(m->patches[i].name, name))
			return true;
	return false;
}

/* "CVE-2024-1" at the beginning of s; empty when there is none. */
static struct str model_cve_at(struct str s)
{
	size_t n = 4, year = 0, number = 0;

	if (!str_ieq(str_sub(s, 0, n), STR("CVE-")))
		return (struct str){0};
	for (; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++)
		year++;
	if (year != 4 || n == s.n || s.p[n] != '-')
		return (struct str){0};
	for (n++; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++)
		number++;
	return str_sub(s, 0, number < 4 ? 0 : n);
}

static int model_keep_cve(
	struct model *m, struct model_patch *p, struct str cve, size_t *room)
{
	char *copy;

	for (size_t i = 0; i < p->n_cves; i++)
		if (str_ieq(p->cves[i], cve))
			return 0;
	p->cves = arena_grow(
		m->arena, p->cves, p->n_cves, room, sizeof(*p->cves));
	copy = arena_copy(m->arena, cve);
	if (p->cves == NULL || copy == NULL)
		return -1;
	memcpy(copy, "CVE", 3); /* a file may be called cve-... */
	p->cves[p->n_cves++] = (struct str){copy, cve.n};
	return 0;
}

/* What a patch says of itself, in its name and before its first file. */
static int model_find_cves(
	struct model *m, struct model_patch *p, struct str text, struct err *e)
{
	const struct str parts[] = {p->name, patch_text_head(text)};
	size_t room = 0;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < parts[k].n; i++) {
			struct str cve =
				model_cve_at(str_sub(parts[k], i, parts[k].n));

			if (cve.n > 0 && model_keep_cve(m, p, cve, &room) < 0)
				return model_no_memory(e);
		}
	return 0;
}

static int model_read_patch(
	struct model *m, struct model_patch *p, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(MODEL_PATCH_MAX);

	if (model_read(m, &p->file, &text, e) < 0)
		return -1;
	sha1_hex(buf_view(&text), p->sha1);
	return model_find_cves(m, p, buf_view(&text), e);
}

static int model_add_patch(struct model *m, const struct model_package *p,
	const struct evidence_file *patched, struct str name, struct err *e)
{
	struct model_patch new = {.package = p, .name = name};
	char memory[MODEL_ID_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct model_patch *list;

	if (model_has_patch(m, p, name))
		return 0;
	new.is_ours = str_has_prefix(name, STR("static-build/"));
	buf_fmt(&b, "%.*s-%.*s", STR_ARG(p->line->package),
		STR_ARG(str_base_name(name)));
	if (evidence_patch(&m->evidence, patched, name, &new.file, e) < 0 ||
		model_read_patch(m, &new, e) < 0 ||
		model_id(m, "Patch", buf_view(&b), &new.id, e) < 0)
		return -1;
	list = arena_grow(m->arena, m->patches, m->n_patches, &m->patches_room,
		sizeof(*list));
	if (list == NULL)
		return model_no_memory(e);
	m->patches = list;
	list[m->n_patches++] = new;
	return 0;
}

static int model_patch_order(const void *a, const void *b)
{
	const struct model_patch *x = a, *y = b;
	int order =
		str_cmp(x->package->line->package, y->package->line->package);

	return order != 0 ? order : str_cmp(x->name, y->name);
}

static bool model_is_patched_by(const struct evidence_file *f, struct str name)
{
	for (size_t i = 0; f != NULL && i < f->n_patches; i++)
		if (str_eq(f->patches[i], name))
			return true;
	return false;
}

/* A compiled file is counted at each patch that touches it. */
static void model_count_patched(struct model *m, const struct trace_file *f)
{
	for (size_t i = 0; i < m->n_patches; i++) {
		struct model_patch *p = &m->patches[i];

		if (p->package->line != f->origin.package ||
			!model_is_patched_by(f->origin.record, p->name))
			continue;
		p->sources += f->is_source;
		p->headers += !f->is_source;
	}
}

/* Every compiled file once, whichever programs it reached. */
static int model_count_all(struct model *m, const struct trace *t,
	struct table *seen, struct err *e)
{
	for (size_t i = 0; i < t->n_files; i++) {
		const struct trace_file *f = t->files[i];

		if (f->origin.record == NULL ||
			f->origin.record->n_patches == 0 ||
			table_find(seen, f->origin.record->path) != NULL)
			continue;
		if (table_add(seen, f->origin.record->path, 0) < 0)
			return model_no_memory(e);
		model_count_patched(m, f);
	}
	return 0;
}

int model_add_patches(struct model *m, struct err *e)
{
	struct table seen = table_make(m->arena);

	for (size_t i = 0; i < m->evidence.n_files; i++) {
		const struct evidence_file *f = &m->evidence.files[i];
		const struct model_package *p = NULL;
		const struct lock_line *line;

		if (f->n_patches == 0)
			continue;
		line = lock_file(&m->lock, f->archive);
		if (line != NULL)
			p = model_package(
				m, lock_main(&m->lock, line->package));
		for (size_t k = 0; p != NULL && k < f->n_patches; k++)
			if (model_add_patch(m, p, f, f->patches[k], e) < 0)
				return -1;
	}
	if (m->n_patches > 1)
		qsort(m->patches, m->n_patches, sizeof(*m->patches),
			model_patch_order);
	for (size_t i = 0; i < m->n_programs; i++)
		if (model_count_all(m, &m->programs[i].trace, &seen, e) < 0)
			return -1;
	return 0;
}
