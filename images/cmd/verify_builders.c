/*
 * verify_builders - listings of both images are walked side by side; of a
 * program that differs, the sections are compared.
 */
#include "images/cmd/verify_builders.h"

#include "images/read/extract.h"
#include "images/read/listing_layer.h"
#include "lib/arc/elf.h"
#include "lib/base/shown.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BUILDERS_FILE_BYTES  ((size_t)64 << 20)
#define BUILDERS_NAMES_BYTES ((size_t)64 << 20)
#define BUILDERS_SHOWN       20 /* files that differ, named */
#define BUILDERS_PATH_BYTES  1024

struct pair {
	struct view *ours, *theirs;
	struct arena *arena;
	struct buf *said;
	size_t n; /* files that differ */
};

/* ---- sections --------------------------------------------------------- */

static bool find_section(
	const struct elf *elf, struct str name, struct elf_section *out)
{
	char text[64];

	return str_copy(name, text, sizeof(text)) == 0 &&
	       elf_find_section(elf, text, out);
}

static bool is_same_section(
	const struct elf_section *x, const struct elf_section *y)
{
	return y->size == x->size && y->address == x->address &&
	       str_eq(y->data, x->data);
}

/* Sections of `a` that `b` has otherwise, or not: how many. */
static size_t say_sections(
	const struct elf *a, const struct elf *b, struct buf *said)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_sections; i++) {
		struct elf_section x = elf_section(a, i), y;
		bool has = find_section(b, x.name, &y);

		if (!x.name.n || (has && is_same_section(&x, &y)))
			continue;
		buf_byte(said, ' ');
		shown_put(said, x.name);
		buf_text(said, has ? "" : " (not there)");
		n++;
	}
	return n;
}

static int say_program(struct pair *p, struct str path, struct err *e)
{
	AUTO_BUF struct buf x = buf_growing(BUILDERS_FILE_BYTES);
	AUTO_BUF struct buf y = buf_growing(BUILDERS_FILE_BYTES);
	struct elf a, b;

	if (extract_file(p->ours, path, &x, e) < 0 ||
		extract_file(p->theirs, path, &y, e) < 0)
		return -1;
	if (elf_open(buf_view(&x), &a, NULL) < 0 ||
		elf_open(buf_view(&y), &b, NULL) < 0)
		return 0;
	buf_text(p->said, ", sections:");
	if (say_sections(&a, &b, p->said) == 0)
		buf_text(p->said, " those of ours are equal");
	return 0;
}

/* ---- files ------------------------------------------------------------ */

/* a, b: ours and theirs, NULL where it is not. */
static int say_file(struct pair *p, struct str path, const struct listed *a,
	const struct listed *b, struct err *e)
{
	bool is_other = a && b && strcmp(a->sha256, b->sha256) != 0;

	if (++p->n > BUILDERS_SHOWN)
		return 0;
	buf_fmt(p->said, "    /%.*s: %s", STR_ARG(path),
		!a         ? "only there"
		: !b       ? "not there"
		: is_other ? "other content"
			   : "other mode, owner or kind");
	if (is_other && a->type == TAR_FILE && b->type == TAR_FILE &&
		say_program(p, path, e) < 0)
		return -1;
	buf_byte(p->said, '\n');
	return 0;
}

static bool is_equal(const struct listed *a, const struct listed *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && !strcmp(a->sha256, b->sha256);
}

static int say_files(struct pair *p, const struct listing *x,
	const struct listing *y, struct err *e)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		const struct listed *a = i < x->n ? &x->items[i] : NULL;
		const struct listed *b = k < y->n ? &y->items[k] : NULL;
		int c = !a ? 1 : !b ? -1 : str_cmp(a->path, b->path);
		int done = 0;

		if (a && c < 0)
			done = say_file(p, a->path, a, NULL, e);
		else if (b && c > 0)
			done = say_file(p, b->path, NULL, b, e);
		else if (a && b && !is_equal(a, b))
			done = say_file(p, a->path, a, b, e);
		if (done < 0)
			return -1;
		i += c <= 0;
		k += c >= 0;
	}
	return 0;
}

static int say_differences(struct pair *p, struct err *e)
{
	AUTO_LISTING struct listing x = {0};
	AUTO_LISTING struct listing y = {0};

	if (listing_layer(p->ours, p->arena, &x, e) < 0 ||
		listing_layer(p->theirs, p->arena, &y, e) < 0 ||
		say_files(p, &x, &y, e) < 0)
		return -1;
	if (p->n > BUILDERS_SHOWN)
		buf_fmt(p->said, "    and %zu files more\n",
			p->n - BUILDERS_SHOWN);
	if (p->n == 0)
		buf_text(p->said,
			"    the files are equal: configuration, annotations "
			"or compression differ\n");
	return 0;
}

/* ---- builders --------------------------------------------------------- */

static void say_who(const struct verify_keys *k, const struct verify_signers *s,
	const struct view *theirs, struct buf *said)
{
	const char *between = " ";

	buf_fmt(said, "  %s is another image, %s, signed by", theirs->path,
		view_digest(theirs->image));
	for (size_t i = 0; i < k->n; i++) {
		if (!s->has_signed[i])
			continue;
		buf_fmt(said, "%s%s", between, k->paths[i]);
		between = ", ";
	}
	buf_text(said, s->n_signed ? ":\n" : " none of the keys:\n");
}

static void add_signers(
	struct verify_signers *to, const struct verify_signers *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to->n_signed += from->has_signed[i] && !to->has_signed[i];
		to->has_signed[i] |= from->has_signed[i];
	}
	to->n_signatures += from->n_signatures;
}

static int builder_path(const char *with, const char *ours,
	char out[BUILDERS_PATH_BYTES], struct err *e)
{
	struct str name = str_of(ours);
	struct stat st;
	int n = snprintf(out, BUILDERS_PATH_BYTES, "%s/index.json", with);

	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	name = str_base_name(name);
	if (str_has_suffix(name, STR(".tar")))
		name.n -= strlen(".tar");
	if (n > 0 && n < BUILDERS_PATH_BYTES && stat(out, &st) < 0 &&
		stat(with, &st) == 0 && S_ISDIR(st.st_mode))
		n = snprintf(out, BUILDERS_PATH_BYTES, "%s/%.*s", with,
			STR_ARG(name));
	else
		n = snprintf(out, BUILDERS_PATH_BYTES, "%s", with);
	return n > 0 && n < BUILDERS_PATH_BYTES
		       ? 0
		       : err_kind(e, ERR_LIMIT, "%s: path too long", with);
}

static int ask_builder(const char *path, const struct verify_keys *k,
	struct pair *p, struct verify_signers *signers, struct err *e)
{
	AUTO_VIEW struct view theirs = {0};
	struct verify_signers s;

	if (view_open(path, &theirs, e) < 0 ||
		verify_signers_find(k, &theirs, &s, e) < 0)
		return -1;
	if (!strcmp(view_digest(theirs.image), view_digest(p->ours->image))) {
		add_signers(signers, &s, k->n);
		return 0;
	}
	say_who(k, &s, &theirs, p->said);
	return say_differences(&(struct pair){.ours = p->ours,
				       .theirs = &theirs,
				       .arena = p->arena,
				       .said = p->said},
		e);
}

int verify_builders(const struct verify_keys *k, struct view *v,
	struct verify_signers *signers, struct buf *said, struct err *e)
{
	for (size_t i = 0; i < k->with.n; i++) {
		AUTO_ARENA struct arena a = arena_make(BUILDERS_NAMES_BYTES);
		struct pair p = {.ours = v, .arena = &a, .said = said};
		char path[BUILDERS_PATH_BYTES];

		if (builder_path(k->with.item[i], v->path, path, e) < 0 ||
			ask_builder(path, k, &p, signers, e) < 0)
			return -1;
	}
	return 0;
}
