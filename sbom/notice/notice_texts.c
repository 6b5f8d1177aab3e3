/*
 * notice_texts - several places are asked in turn, the one nearest to the
 * files first.
 *
 * A part's debian/copyright is that of its example, since all files of a source
 * share it.  It is passed over where it only points to the machine's
 * /usr/share/common-licenses.
 */
#include "sbom/notice/notice_texts.h"

#include "sbom/evidence/built.h"
#include "sbom/licence/rule.h"
#include "sbom/licence/wording.h"
#include "sbom/model/dep5.h"
#include "sbom/notice/notice_dep5.h"
#include "sbom/notice/notice_read.h"

#include <stdlib.h>

/* ---- the shelf ---- */

static int notice_file_order(const void *a, const void *b)
{
	const struct evidence_file *x = *(const struct evidence_file *const *)a;
	const struct evidence_file *y = *(const struct evidence_file *const *)b;

	return str_cmp(x->path, y->path);
}

/* The directory of a source: "build/work/zlib/zlib/"; outside "". */
static struct str notice_dir(struct str path)
{
	return str_sub(path, 0, path.n - str_base_name(path).n);
}

/* Is it in the root of an unpacked source?  The sources of a recorded build lie
   anywhere below its directory. */
static bool notice_is_in_root(const struct notice *n, struct str path)
{
	struct str dir, rest;

	return n->model->evidence.is_outside ||
	       (built_is_source(path, &dir, &rest) &&
		       str_find(rest, '/') == rest.n);
}

int notice_shelf_open(
	const struct notice *n, struct notice_shelf *out, struct err *e)
{
	const struct evidence *ev = &n->model->evidence;

	*out = (struct notice_shelf){0};
	if (notice_read_own(n->model, &out->own_name, &out->own, e) < 0)
		return -1;
	out->files = arena_alloc(
		n->model->arena, (ev->n_files + 1) * sizeof(*out->files));
	out->texts = arena_alloc(
		n->model->arena, (ev->n_files + 1) * sizeof(*out->texts));
	if (out->files == NULL || out->texts == NULL)
		return model_no_memory(e);
	for (size_t i = 0; i < ev->n_files; i++)
		if (ev->files[i].list == EVIDENCE_MANIFEST &&
			notice_is_in_root(n, ev->files[i].path) &&
			notice_is_licence_file(
				str_base_name(ev->files[i].path)))
			out->files[out->n++] = &ev->files[i];
	if (out->n > 1)
		qsort(out->files, out->n, sizeof(struct evidence_file *),
			notice_file_order);
	return 0;
}

static int notice_shelf_text(const struct notice *n, struct notice_shelf *shelf,
	size_t i, struct str *out, struct err *e)
{
	if (shelf->texts[i].p == NULL &&
		notice_read_manifest(
			n->model, shelf->files[i], &shelf->texts[i], e) < 0)
		return -1;
	*out = shelf->texts[i];
	return 0;
}

/* ---- texts that were found ---- */

static struct str notice_trim(struct str text)
{
	while (text.n > 0 && (text.p[0] == '\n' || text.p[0] == '\f'))
		text = str_sub(text, 1, text.n);
	while (text.n > 0 &&
		(text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\f'))
		text.n--;
	return text;
}

/* A text, and the file that it was found in. */
struct notice_found {
	struct str text, from;
};

/* Keep a text unless it is there. 0 or -1. */
static int notice_keep_text(struct notice *n, const struct notice_wanted *w,
	struct notice_found found, const struct notice_text **out,
	struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);
	struct notice_text *new, **list;

	buf_fmt(&b, "%.*s\n", STR_ARG(notice_trim(found.text)));
	for (size_t i = 0; i < n->n_texts; i++)
		if (str_eq(n->texts[i]->text, buf_view(&b))) {
			*out = n->texts[i];
			return 0;
		}
	new = arena_alloc(n->model->arena, sizeof(*new));
	list = arena_grow(n->model->arena, n->texts, n->n_texts, &n->texts_room,
		sizeof(*list));
	if (new == NULL || list == NULL)
		return model_no_memory(e);
	n->texts = list;
	list[n->n_texts++] = new;
	*new = (struct notice_text){
		.name = w->common != NULL ? str_of(w->common) : w->id,
		.is_common = w->common != NULL,
		.from = found.from};
	*out = new;
	return notice_keep(n, &b, &new->text, e);
}

static const struct notice_text *notice_common(
	const struct notice *n, const char *name)
{
	for (size_t i = 0; i < n->n_texts; i++)
		if (n->texts[i]->is_common && str_is(n->texts[i]->name, name))
			return n->texts[i];
	return NULL;
}

/* ---- places ---- */

/* One that another text follows lacks what stands behind its terms, such as
   how to apply them. */
static bool notice_is_whole(struct str found, struct str file)
{
	return found.n > 0 && found.p + found.n == file.p + file.n;
}

/* The first file of the shelf with a common text, whole or cut. 0 or -1. */
static int notice_search_common(struct notice *n, struct notice_shelf *shelf,
	const char *name, struct notice_found *out, struct err *e)
{
	struct str text, found;

	*out = (struct notice_found){0};
	for (size_t i = 0; i < shelf->n; i++) {
		if (notice_shelf_text(n, shelf, i, &text, e) < 0)
			return -1;
		found = wording_cut(name, text);
		if (found.n == 0 ||
			(out->text.n > 0 && !notice_is_whole(found, text)))
			continue;
		*out = (struct notice_found){found, shelf->files[i]->path};
		if (notice_is_whole(found, text))
			return 0;
	}
	return 0;
}

/* The project's own file, then those of all sources in their order, so that
   every part gets the same one. */
static int notice_find_common(struct notice *n, struct notice_shelf *shelf,
	const struct notice_wanted *w, const struct notice_text **out,
	struct err *e)
{
	struct notice_found found = {
		wording_cut(w->common, shelf->own), str_of(shelf->own_name)};

	*out = notice_common(n, w->common);
	if (*out != NULL)
		return 0;
	if (found.text.n == 0 &&
		notice_search_common(n, shelf, w->common, &found, e) < 0)
		return -1;
	return found.text.n == 0 ? 0 : notice_keep_text(n, w, found, out, e);
}

/* "debian/copyright of musl 1.2.5-3" */
static int notice_say_dep5(const struct notice *n, const struct notice_part *p,
	struct str *out, struct err *e)
{
	char memory[NOTICE_LINE_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "debian/copyright of %.*s %.*s", STR_ARG(p->name),
		STR_ARG(p->version));
	return notice_keep(n, &b, out, e);
}

static int notice_find_dep5(struct notice *n, const struct notice_wanted *w,
	const struct notice_text **out, struct err *e)
{
	struct licence_book *book =
		(struct licence_book *)(uintptr_t)&n->model->licences;
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);
	const struct model_package *p = w->part->package;
	struct str text = {0}, path = {0}, own;
	struct notice_found found;

	if (w->group->example != NULL &&
		file_licence_dep5(
			book, w->group->example->file, &text, &path, e) < 0)
		return -1;
	if (w->group->example == NULL && p != NULL &&
		notice_read_binary(n->model, p->line, &text, e) < 0)
		return -1;
	own = dep5_file(text, path).licence;
	wording_write_field(notice_dep5_text(text, w->id, own), &b);
	found.text = buf_view(&b);
	if (w->common != NULL) /* not just a few lines that point to it */
		found.text = wording_cut(w->common, found.text);
	if (found.text.n == 0)
		return 0;
	if (notice_say_dep5(n, w->part, &found.from, e) < 0)
		return -1;
	return notice_keep_text(n, w, found, out, e);
}

/* May a licence file speak for the group: does it lie in a directory above its
   example, or is it of the same archive? */
static bool notice_is_above(
	const struct notice_wanted *w, const struct evidence_file *f)
{
	const struct model_source *s = w->group->example;

	if (s == NULL)
		return str_eq(f->archive, w->part->package->line->name);
	return str_has_prefix(s->file->file.path, notice_dir(f->path));
}

/* Does a file read like the licence?  One whose words are not known is taken to
   be there as a whole, unless the file begins with the text of another. */
static bool notice_reads_like(const struct notice_wanted *w, struct str text)
{
	struct rule rule = rule_of(w->id, (struct str){0});

	if (wording_knows(w->id) || !rule.is_known || w->common != NULL ||
		(rule.duties & DUTY_NOTICE) == 0)
		return wording_is(w->id, text);
	return !wording_is_common(text) && str_trim(text).n > 0;
}

/* The nearest of these that reads like the licence. */
static int notice_find_root(struct notice *n, struct notice_shelf *shelf,
	const struct notice_wanted *w, const struct notice_text **out,
	struct err *e)
{
	const struct notice_part *p = w->part;
	struct notice_found best = {0};
	struct str text;
	size_t depth = 0;

	if (p->package == NULL && p->host == NULL &&
		notice_reads_like(w, shelf->own))
		best = (struct notice_found){
			shelf->own, str_of(shelf->own_name)};
	for (size_t i = 0; p->package != NULL && i < shelf->n; i++) {
		struct str from = shelf->files[i]->path;

		if (!notice_is_above(w, shelf->files[i]) ||
			(best.text.n > 0 && notice_dir(from).n <= depth))
			continue;
		if (notice_shelf_text(n, shelf, i, &text, e) < 0)
			return -1;
		if (!notice_reads_like(w, text))
			continue;
		best = (struct notice_found){text, from};
		depth = notice_dir(from).n;
	}
	return best.text.n == 0 ? 0 : notice_keep_text(n, w, best, out, e);
}

static bool notice_is_of_group(
	const struct notice_wanted *w, const struct model_source *s)
{
	const struct trace_file *f = w->group->example->file;

	return s->file->is_source &&
	       s->file->origin.package == f->origin.package &&
	       str_eq(s->licence, w->group->licence);
}

/* The comment on top of any file of the group. */
static int notice_find_comment(struct notice *n, const struct notice_wanted *w,
	const struct notice_text **out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(NOTICE_TEXT_MAX);
	const struct model *m = n->model;
	struct str head, comment = {0};

	for (size_t i = 0; w->group->example != NULL && i < m->n_sources; i++) {
		if (!notice_is_of_group(w, &m->sources[i]))
			continue;
		if (notice_read_head(m, &m->sources[i], &head, e) < 0)
			return -1;
		comment = wording_comment(w->id, head);
		if (comment.n == 0)
			continue;
		wording_write_comment(comment, &b);
		return notice_keep_text(n, w,
			(struct notice_found){buf_view(&b), m->sources[i].name},
			out, e);
	}
	return 0;
}

/* All of a binary package's copyright file, of whatever form it is. */
static int notice_find_binary(struct notice *n, const struct notice_wanted *w,
	const struct notice_text **out, struct err *e)
{
	const struct model_package *p = w->part->package;
	struct str text;

	if (w->group->example != NULL || p == NULL || w->common != NULL)
		return 0;
	if (notice_read_binary(n->model, p->line, &text, e) < 0)
		return -1;
	if (text.n == 0)
		return 0;
	return notice_keep_text(
		n, w, (struct notice_found){text, p->line->name}, out, e);
}

int notice_find_text(struct notice *n, struct notice_shelf *shelf,
	const struct notice_wanted *w, const struct notice_text **out,
	struct err *e)
{
	*out = NULL;
	if (w->common != NULL && notice_find_common(n, shelf, w, out, e) < 0)
		return -1;
	if (*out == NULL && notice_find_dep5(n, w, out, e) < 0)
		return -1;
	if (*out == NULL && notice_find_root(n, shelf, w, out, e) < 0)
		return -1;
	if (*out == NULL && notice_find_comment(n, w, out, e) < 0)
		return -1;
	if (*out == NULL && notice_find_binary(n, w, out, e) < 0)
		return -1;
	return 0;
}
