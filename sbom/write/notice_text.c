/*
 * notice_text - texts are numbered in the order of their first use, so that
 * equal notices give equal bytes.
 */
#include "sbom/write/notice_text.h"

#include "sbom/licence/rule.h"

static const char *notice_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- one document about all ---- */

static size_t notice_number(const struct notice *n, const struct notice_text *t)
{
	for (size_t i = 0; i < n->n_texts; i++)
		if (n->texts[i] == t)
			return i + 1;
	return 0;
}

static void notice_write_group(const struct notice_group *g, struct buf *out)
{
	buf_fmt(out, "\n  %.*s (%zu file%s)\n", STR_ARG(g->licence), g->files,
		notice_plural(g->files));
	for (size_t i = 0; i < g->n_lines; i++)
		buf_fmt(out, "    %.*s\n", STR_ARG(g->lines[i]));
	if (g->n_lines == 0)
		buf_text(out, "    no copyright line is stated\n");
}

static void notice_write_use(
	const struct notice *n, const struct notice_use *u, struct buf *out)
{
	buf_fmt(out, "  used under %.*s", STR_ARG(u->id));
	if (u->text != NULL && u->text_too != NULL)
		buf_fmt(out, ": texts %zu and %zu\n", notice_number(n, u->text),
			notice_number(n, u->text_too));
	else if (u->text != NULL)
		buf_fmt(out, ": text %zu\n", notice_number(n, u->text));
	else
		buf_text(out, (u->duties & DUTY_NOTICE) != 0
				      ? ": its text was not found\n"
				      : ": no text is demanded\n");
}

static void notice_write_part(
	const struct notice *n, const struct notice_part *p, struct buf *out)
{
	buf_fmt(out, "\n%.*s %.*s%s\n", STR_ARG(p->name), STR_ARG(p->version),
		p->host != NULL ? " (of the building machine)" : "");
	for (size_t i = 0; i < p->n_groups; i++)
		notice_write_group(&p->groups[i], out);
	buf_byte(out, '\n');
	for (size_t i = 0; i < p->n_uses; i++)
		notice_write_use(n, &p->uses[i], out);
}

static void notice_write_program(
	const struct notice_program *p, struct buf *out)
{
	const char *whole = rule_whole_name(p->under);

	if (p->under == 0)
		buf_fmt(out, "%.*s: its licences exclude each other\n",
			STR_ARG(p->path));
	else if (whole != NULL)
		buf_fmt(out, "%.*s: as a whole under %s\n", STR_ARG(p->path),
			whole);
}

void notice_text_write(const struct items *items, struct buf *out)
{
	const struct notice *n = items->notice;
	const struct sbom_request *r = n->model->request;

	buf_fmt(out,
		"NOTICE of %s %s\n\nWhat was linked or taken, whose it is, and "
		"under which licences. Each text\nstands once, at the end.\n\n",
		r->image, r->version);
	for (size_t i = 0; i < n->n_programs; i++)
		notice_write_program(&n->programs[i], out);
	for (size_t i = 0; i < n->n_parts; i++)
		if (n->parts[i].n_groups > 0)
			notice_write_part(n, &n->parts[i], out);
	for (size_t i = 0; i < n->n_texts; i++)
		buf_fmt(out, "\n---- text %zu: %.*s, from %.*s\n\n%.*s", i + 1,
			STR_ARG(n->texts[i]->name), STR_ARG(n->texts[i]->from),
			STR_ARG(n->texts[i]->text));
}

/* ---- one part, as debian/copyright ---- */

/* The next text goes on after a line break, as a field. */
static void notice_write_field(struct str text, struct buf *out)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		if (line.n == 0 && text.n == 0)
			return;
		buf_fmt(out, " %.*s\n", STR_ARG(line.n == 0 ? STR(".") : line));
	}
}

/* Operators are lower case there. */
static void notice_write_licence(struct str licence, struct buf *out)
{
	struct str word;
	bool is_first = true;

	while (str_cut(&licence, ' ', &word)) {
		if (!is_first)
			buf_byte(out, ' ');
		is_first = false;
		if (str_is(word, "AND") || str_is(word, "OR") ||
			str_is(word, "WITH"))
			for (size_t i = 0; i < word.n; i++)
				buf_byte(out, (char)(word.p[i] | 0x20));
		else
			buf_str(out, word);
	}
	buf_byte(out, '\n');
}

/* "src/a.c" of "musl-1.2.5/src/a.c". */
static struct str notice_inner(struct str name)
{
	size_t at = str_find(name, '/');

	return str_sub(name, at + 1, name.n);
}

/* Was it taken as a whole, rather than linked, and counts for the group? */
static bool notice_is_taken(const struct model_file *f,
	const struct notice_part *p, const struct notice_group *g)
{
	return f->package == p->package && f->program == NULL &&
	       f->file->origin != SBOM_UNTRACED &&
	       str_eq(f->licence, g->licence);
}

static void notice_write_file(struct str path, bool *is_first, struct buf *out)
{
	buf_fmt(out, "%s%.*s\n", *is_first ? "" : "  ", STR_ARG(path));
	*is_first = false;
}

/* One by one, while all files are of the largest group: the last paragraph that
   matches counts.  What was taken has its path in the image. */
static void notice_write_files(const struct model *m,
	const struct notice_part *p, const struct notice_group *g,
	struct buf *out)
{
	bool is_first = true;

	for (size_t i = 0; i < m->n_sources; i++) {
		const struct model_source *s = &m->sources[i];

		if (s->file->is_source && str_eq(s->licence, g->licence) &&
			s->file->origin.package ==
				(p->package ? p->package->line : NULL))
			notice_write_file(
				notice_inner(s->name), &is_first, out);
	}
	for (size_t i = 0; i < m->n_files; i++)
		if (notice_is_taken(&m->files[i], p, g))
			notice_write_file(
				m->files[i].file->path, &is_first, out);
}

static void notice_write_paragraph(const struct items *items,
	const struct notice_part *p, const struct notice_group *g,
	bool is_largest, struct buf *out)
{
	buf_text(out, "\nFiles: ");
	if (is_largest)
		buf_text(out, "*\n");
	else
		notice_write_files(items->model, p, g, out);
	buf_text(out, "Copyright:\n");
	for (size_t i = 0; i < g->n_lines; i++)
		buf_fmt(out, " %.*s\n", STR_ARG(g->lines[i]));
	if (g->n_lines == 0 && p->package == NULL && items->own.name.n > 0)
		buf_fmt(out, " %.*s\n", STR_ARG(items->own.name));
	else if (g->n_lines == 0)
		buf_text(out, " not stated\n");
	buf_text(out, "License: ");
	notice_write_licence(g->licence, out);
}

static const struct notice_group *notice_largest(const struct notice_part *p)
{
	const struct notice_group *best = &p->groups[0];

	for (size_t i = 1; i < p->n_groups; i++)
		if (p->groups[i].files > best->files)
			best = &p->groups[i];
	return best;
}

static void notice_write_head(
	const struct items *items, const struct notice_part *p, struct buf *out)
{
	const struct item *x =
		p->package == NULL ? NULL
				   : items_of_package(items, p->package->line);

	buf_text(out, "Format: https://www.debian.org/doc/packaging-manuals/"
		      "copyright-format/1.0/\n");
	buf_fmt(out, "Upstream-Name: %.*s\n", STR_ARG(p->name));
	if (x != NULL && x->place.n > 0)
		buf_fmt(out, "Source: %.*s\n", STR_ARG(x->place));
	else if (p->package == NULL && items->project->source.n > 0)
		buf_fmt(out, "Source: %.*s\n", STR_ARG(items->project->source));
	buf_fmt(out, "Comment: What of %.*s %.*s is in this image.\n",
		STR_ARG(p->name), STR_ARG(p->version));
	if (x != NULL && x->sha256.n > 0)
		buf_fmt(out, " sha256 of the source: %.*s\n",
			STR_ARG(x->sha256));
}

void notice_text_write_part(
	const struct items *items, const struct notice_part *p, struct buf *out)
{
	const struct notice_group *most = notice_largest(p);

	notice_write_head(items, p, out);
	notice_write_paragraph(items, p, most, true, out);
	for (size_t i = 0; i < p->n_groups; i++)
		if (&p->groups[i] != most)
			notice_write_paragraph(
				items, p, &p->groups[i], false, out);
	for (size_t i = 0; i < p->n_uses; i++) {
		const struct notice_text *t = p->uses[i].text;

		if (t == NULL)
			continue;
		buf_text(out, "\nLicense: ");
		notice_write_licence(p->uses[i].id, out);
		if (t->is_common)
			buf_fmt(out,
				" The text is in "
				"/" NOTICE_COMMON_DIR "/%.*s.\n",
				STR_ARG(t->name));
		else
			notice_write_field(t->text, out);
		t = p->uses[i].text_too;
		if (t != NULL)
			buf_fmt(out,
				" It adds to the text in "
				"/" NOTICE_COMMON_DIR "/%.*s.\n",
				STR_ARG(t->name));
	}
}
