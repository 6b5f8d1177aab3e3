/*
 * difference - listings of both images are walked side by side; of a program
 * that differs, the sections are compared.
 */
#include "images/read/difference.h"

#include "images/read/extract.h"
#include "images/read/listing_layer.h"
#include "lib/arc/elf.h"
#include "lib/base/shown.h"

#include <string.h>

#define DIFFERENCE_FILE_BYTES ((size_t)64 << 20)
#define DIFFERENCE_SHOWN      20 /* files that differ, named */

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

static int say_program(struct difference *d, struct str path, struct err *e)
{
	AUTO_BUF struct buf x = buf_growing(DIFFERENCE_FILE_BYTES);
	AUTO_BUF struct buf y = buf_growing(DIFFERENCE_FILE_BYTES);
	struct elf a, b;

	if (extract_file(d->ours, path, &x, e) < 0 ||
		extract_file(d->theirs, path, &y, e) < 0)
		return -1;
	if (elf_open(buf_view(&x), &a, NULL) < 0 ||
		elf_open(buf_view(&y), &b, NULL) < 0)
		return 0;
	buf_text(d->said, ", sections:");
	if (say_sections(&a, &b, d->said) == 0)
		buf_text(d->said, " those of ours are equal");
	return 0;
}

/* ---- files ------------------------------------------------------------ */

/* a, b: ours and theirs, NULL where it is not. */
static int say_file(struct difference *d, struct str path,
	const struct listed *a, const struct listed *b, struct err *e)
{
	bool is_other = a && b && strcmp(a->sha256, b->sha256) != 0;

	if (++d->n > DIFFERENCE_SHOWN)
		return 0;
	buf_fmt(d->said, "    /%.*s: %s", STR_ARG(path),
		!a         ? "only there"
		: !b       ? "not there"
		: is_other ? "other content"
			   : "other mode, owner or kind");
	if (is_other && a->type == TAR_FILE && b->type == TAR_FILE &&
		say_program(d, path, e) < 0)
		return -1;
	buf_byte(d->said, '\n');
	return is_other && d->on_content ? d->on_content(d->context, a, b, e)
					 : 0;
}

static bool is_equal(const struct listed *a, const struct listed *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && !strcmp(a->sha256, b->sha256);
}

static int say_files(struct difference *d, const struct listing *x,
	const struct listing *y, struct err *e)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		const struct listed *a = i < x->n ? &x->items[i] : NULL;
		const struct listed *b = k < y->n ? &y->items[k] : NULL;
		int c = !a ? 1 : !b ? -1 : str_cmp(a->path, b->path);
		int done = 0;

		if (a && c < 0)
			done = say_file(d, a->path, a, NULL, e);
		else if (b && c > 0)
			done = say_file(d, b->path, NULL, b, e);
		else if (a && b && !is_equal(a, b))
			done = say_file(d, a->path, a, b, e);
		if (done < 0)
			return -1;
		i += c <= 0;
		k += c >= 0;
	}
	return 0;
}

int difference_say(struct difference *d, struct err *e)
{
	AUTO_LISTING struct listing x = {0};
	AUTO_LISTING struct listing y = {0};

	if (listing_layer(d->ours, d->arena, &x, e) < 0 ||
		listing_layer(d->theirs, d->arena, &y, e) < 0 ||
		say_files(d, &x, &y, e) < 0)
		return -1;
	if (d->n > DIFFERENCE_SHOWN)
		buf_fmt(d->said, "    and %zu files more\n",
			d->n - DIFFERENCE_SHOWN);
	if (d->n == 0)
		buf_text(d->said,
			"    the files are equal: configuration, annotations "
			"or compression differ\n");
	return 0;
}
