/*
 * file_licence - tags stand in the first lines of a file; debian/copyright is
 * read once for each package and must be as it was unpacked.
 *
 * A tag counts only if it is an expression of plain characters, so that what
 * a file says cannot break the document.  Answers are kept by path, because
 * programs share sources.
 */
#include "sbom/model/file_licence.h"

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "sbom/evidence/built.h"
#include "sbom/model/dep5.h"
#include "sbom/model/licence.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	LICENCE_HEAD_BYTES = 3072, /* of a file, where a tag may be */
	LICENCE_TAG_MAX = 200,
	LICENCE_NAME_MAX = 1024,
	LICENCE_DEP5_MAX = 1 << 20,
	LICENCE_PATH_BYTES = 4096,
};

static int licence_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the licences");
}

struct licence_book licence_book(
	const struct evidence *evidence, struct arena *a)
{
	return (struct licence_book){
		.evidence = evidence, .arena = a, .by_path = table_make(a)};
}

static int licence_keep(
	struct licence_book *b, struct str text, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(b->arena, text), text.n};
	return out->p == NULL ? licence_no_memory(e) : 0;
}

static const struct str licence_tag = {"SPDX-License-Identifier:", 24};

/* ---- tags ---- */

static bool licence_is_expression(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_plain =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '.' || c == '-' ||
			c == '+' || c == ' ' || c == '(' || c == ')';

		if (!is_plain)
			return false;
	}
	return s.n > 0 && s.n <= LICENCE_TAG_MAX;
}

/* The expression of a tag in a text; empty without one. */
static struct str licence_tagged(struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		for (size_t i = 0; i + licence_tag.n <= line.n; i++) {
			struct str s = str_sub(line, i, line.n);

			if (!str_has_prefix(s, licence_tag))
				continue;
			s = str_trim(str_sub(s, licence_tag.n, s.n));
			if (str_has_suffix(s, STR("*/")))
				s = str_trim(str_sub(s, 0, s.n - 2));
			return licence_is_expression(s) ? s : (struct str){0};
		}
	return (struct str){0};
}

/* Does the text contain these words, whatever their case? */
static bool licence_has_words(struct str text, struct str words)
{
	for (size_t i = 0; i + words.n <= text.n; i++) {
		size_t k = 0;

		while (k < words.n &&
			(text.p[i + k] | 0x20) == (words.p[k] | 0x20))
			k++;
		if (k == words.n)
			return true;
	}
	return false;
}

/* A file may say so itself where debian/copyright only has its "*". */
static bool licence_is_given_away(struct str text)
{
	return licence_has_words(
		       text, STR("this code is in the public domain")) ||
	       licence_has_words(text, STR("100% public domain"));
}

static int licence_read_tag(struct licence_book *book,
	const struct trace_file *f, struct str *out, struct err *e)
{
	char path[LICENCE_PATH_BYTES], head[LICENCE_HEAD_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));
	struct str tag;
	ssize_t n;

	if (!str_has_prefix(f->file.path, STR("/")))
		buf_fmt(&b, "%s/", book->evidence->root);
	buf_str(&b, f->file.path);
	AUTO_FD int fd = open(buf_cstr(&b), O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	if (n < 0)
		return err_sys(e, "read %s", path);
	tag = licence_tagged((struct str){head, (size_t)n});
	if (tag.n == 0 && licence_is_given_away((struct str){head, (size_t)n}))
		tag = STR("LicenseRef-public-domain");
	return licence_keep(book, tag, out, e);
}

/* ---- debian/copyright ---- */

/* The text of a package's debian/copyright; empty when it has none. */
static int licence_read_dep5(struct licence_book *book, struct str dir,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(LICENCE_DEP5_MAX);
	char path[LICENCE_PATH_BYTES], hex[SHA256_HEX + 1];
	const struct evidence *ev = book->evidence;
	struct buf b = buf_fixed(path, sizeof(path));
	const struct evidence_file *f;
	const struct table_entry *t;

	*out = (struct str){0};
	buf_fmt(&b, "%.*sdebian/copyright", STR_ARG(dir));
	t = table_find(&ev->by_path, buf_view(&b));
	if (t == NULL)
		return 0;
	f = &ev->files[t->value];
	buf_reset(&b);
	buf_fmt(&b, "%s/%.*s", ev->root, STR_ARG(f->path));
	if (file_read(buf_cstr(&b), &text, e) < 0)
		return -1;
	sha256_hex(buf_view(&text), hex);
	if (!str_is(f->sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s has changed since it was unpacked: sha256 is "
			"%s, was %.*s",
			STR_ARG(f->path), hex, STR_ARG(f->sha256));
	return licence_keep(book, buf_view(&text), out, e);
}

/* The same, read once. */
static int licence_dep5(struct licence_book *book, struct str dir,
	struct str *out, struct err *e)
{
	for (const struct licence_dep5 *d = book->dep5; d != NULL; d = d->next)
		if (str_eq(d->dir, dir)) {
			*out = d->text;
			return 0;
		}
	struct licence_dep5 *new = arena_alloc(book->arena, sizeof(*new));

	if (new == NULL)
		return licence_no_memory(e);
	if (licence_read_dep5(book, dir, &new->text, e) < 0)
		return -1;
	new->dir = dir;
	new->next = book->dep5;
	book->dep5 = new;
	*out = new->text;
	return 0;
}

int file_licence_dep5(struct licence_book *book, const struct trace_file *f,
	struct str *text, struct str *path, struct err *e)
{
	struct str dir;

	*text = *path = (struct str){0};
	if (f->origin.kind != ORIGIN_PINNED)
		return 0;
	if (book->evidence->is_outside) { /* paths start from the source */
		dir = STR("");
		*path = f->file.path;
	} else if (!built_is_source(f->file.path, &dir, path)) {
		return 0;
	}
	return licence_dep5(book, dir, text, e);
}

static int licence_of_paragraph(struct licence_book *book,
	const struct trace_file *f, struct str *out, struct err *e)
{
	char memory[LICENCE_NAME_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str text, path;

	if (file_licence_dep5(book, f, &text, &path, e) < 0)
		return -1;
	dep5_to_spdx(dep5_licence(text, path), &b);
	return b.full ? 0 : licence_keep(book, buf_view(&b), out, e);
}

/* ---- the answer ---- */

/* In builds of others, files that they made may be gone. */
static bool licence_is_gone(
	const struct licence_book *book, const struct trace_file *f)
{
	char path[LICENCE_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/%.*s", book->evidence->root, STR_ARG(f->file.path));
	return book->evidence->is_outside && access(buf_cstr(&b), R_OK) < 0;
}

static int licence_find(struct licence_book *book, const struct trace_file *f,
	struct str *out, struct err *e)
{
	*out = licence_of(&f->origin, f->file.path, book->evidence->licence);
	if (f->origin.package == NULL || licence_is_gone(book, f))
		return 0;
	if (licence_read_tag(book, f, out, e) < 0)
		return -1;
	if (out->n == 0 && licence_of_paragraph(book, f, out, e) < 0)
		return -1;
	if (out->n == 0)
		*out = licence_of(
			&f->origin, f->file.path, book->evidence->licence);
	return 0;
}

int file_licence(struct licence_book *b, const struct trace_file *f,
	struct str *out, struct err *e)
{
	const struct table_entry *t = table_find(&b->by_path, f->file.path);
	struct str *list;

	if (t != NULL) {
		*out = b->list[t->value];
		return 0;
	}
	if (licence_find(b, f, out, e) < 0)
		return -1;
	list = arena_grow(b->arena, b->list, b->n, &b->room, sizeof(*list));
	if (list == NULL ||
		table_add(&b->by_path, f->file.path, (uint32_t)b->n) < 0)
		return licence_no_memory(e);
	b->list = list;
	list[b->n++] = *out;
	return 0;
}

int file_licences(struct licence_book *b, const struct trace *t,
	const struct str **out, struct err *e)
{
	struct str *list =
		arena_alloc(b->arena, (t->n_objects + 1) * sizeof(*list));

	if (list == NULL)
		return licence_no_memory(e);
	for (size_t i = 0; i < t->n_objects; i++)
		if (file_licence(b, t->objects[i]->source, &list[i], e) < 0)
			return -1;
	*out = list;
	return 0;
}
