/*
 * page_map - parts first, then the files of each part in what its name leaves
 * of its box.  Everything is in tenths of the picture's units.
 */
#include "sbom/page/page_map.h"

#include "sbom/page/html.h"
#include "sbom/page/page_style.h"
#include "sbom/page/treemap.h"

#include <stdlib.h>

enum {
	MAP_HEAD = 190,        /* height of a part's name */
	MAP_EDGE = 20,         /* between a part and its files */
	MAP_NAMED_WIDTH = 480, /* parts of less have no name in the picture */
	MAP_NAMED_HEIGHT = 260,
	MAP_SEEN = 30000,       /* smallest area of a box of its own */
	MAP_HEAD_LETTER = 72,   /* widths of letters, about */
	MAP_LETTER = 64,        /* of a monospace face of 10.5 */
	MAP_LABEL_HEIGHT = 150, /* least height of a box with a label */
	MAP_FILES_MAX = 100000,
};

/* ---- colours ---- */

static uint64_t tones_bytes(const struct page *p, struct str name)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->n_programs; i++)
		for (size_t k = 0; k < p->programs[i].n_parts; k++)
			if (str_eq(p->programs[i].parts[k].name, name))
				bytes += p->programs[i].parts[k].bytes;
	return bytes;
}

static bool tones_has(const struct page_tones *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->names[i], name))
			return true;
	return false;
}

/* The package with the most bytes that has no colour yet; empty: none. */
static struct str tones_next(const struct page_tones *t)
{
	struct str best = {0};
	uint64_t most = 0;

	for (size_t i = 0; i < t->page->n_programs; i++) {
		const struct page_program *p = &t->page->programs[i];

		for (size_t k = 0; k < p->n_parts; k++) {
			struct str name = p->parts[k].name;
			uint64_t bytes = tones_bytes(t->page, name);

			if (!p->parts[k].is_overhead && bytes > most &&
				!tones_has(t, name)) {
				best = name;
				most = bytes;
			}
		}
	}
	return best;
}

void page_tones_make(const struct page *p, struct page_tones *out)
{
	*out = (struct page_tones){.page = p};
	while (out->n < PAGE_TONES) {
		struct str name = tones_next(out);

		if (name.n == 0)
			break;
		out->names[out->n++] = name;
	}
}

const char *page_tone(const struct page_tones *t, const struct page_part *part)
{
	static const char *const names[PAGE_TONES + 1] = {
		"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"};
	size_t i = 0;

	if (part->is_overhead)
		return "tx";
	while (i < t->n && !str_eq(t->names[i], part->name))
		i++;
	return names[i < t->n ? i : PAGE_TONES];
}

/* ---- drawing ---- */

struct map_drawing {
	const struct page_tones *tones;
	const struct page_program *program;
	struct buf *b;
	uint64_t *values; /* room for all parts or files */
	struct treemap_box *boxes;
};

static void map_number(struct buf *b, const char *name, uint32_t tenths)
{
	buf_fmt(b, " %s=%u", name, tenths / 10);
	if (tenths % 10 != 0)
		buf_fmt(b, ".%u", tenths % 10);
}

static void map_rect(struct buf *b, const char *class, struct treemap_box x)
{
	buf_text(b, "<rect");
	if (class != NULL)
		buf_fmt(b, " class=%s", class);
	map_number(b, "x", x.x);
	map_number(b, "y", x.y);
	map_number(b, "width", x.w);
	map_number(b, "height", x.h);
	buf_byte(b, '>');
}

/* The end of a name that a width has room for; nothing of what is not plain:
   its width is not known, and the list below the picture has it. */
static void map_label(
	struct buf *b, const char *class, struct treemap_box x, struct str name)
{
	uint32_t letter = class != NULL ? MAP_HEAD_LETTER : MAP_LETTER;
	size_t room = x.w < 100 ? 0 : (x.w - 80) / letter;

	if (room < 4 || x.h < MAP_LABEL_HEIGHT || !html_is_plain(name))
		return;
	buf_text(b, "<text");
	if (class != NULL)
		buf_fmt(b, " class=%s", class);
	map_number(b, "x", x.x + 40);
	map_number(b, "y", x.y + 125);
	buf_byte(b, '>');
	if (name.n > room) {
		html_text(b, str_sub(name, 0, room - 1));
		buf_text(b, "&#8230;");
	} else {
		html_text(b, name);
	}
	buf_text(b, "</text>");
}

static void map_leaf(struct map_drawing *d, struct treemap_box x,
	struct str name, uint64_t bytes)
{
	if (x.w == 0 || x.h == 0)
		return;
	map_rect(d->b, "r", x);
	buf_text(d->b, "<title>");
	html_text(d->b, name);
	buf_text(d->b, ", ");
	html_plural(d->b, bytes, "byte");
	buf_text(d->b, "</title></rect>");
	map_label(d->b, NULL, x, str_base_name(name));
}

/* How many files get a box of their own, the largest first. */
static size_t map_count_seen(
	const struct page_part *part, struct treemap_box in)
{
	uint64_t area = (uint64_t)in.w * in.h;
	size_t n = 0;

	while (n < part->n_files && part->bytes > 0 &&
		part->files[n].bytes * area / part->bytes >= MAP_SEEN)
		n++;
	return n + 1 == part->n_files ? part->n_files : n;
}

static int map_files(struct map_drawing *d, const struct page_part *part,
	struct treemap_box in, struct err *e)
{
	size_t seen = map_count_seen(part, in), n = seen;
	uint64_t rest = part->bytes;
	char text[64];
	struct buf name = buf_fixed(text, sizeof(text));

	for (size_t i = 0; i < seen; i++) {
		d->values[i] = part->files[i].bytes;
		rest -= part->files[i].bytes;
	}
	if (rest > 0)
		d->values[n++] = rest;
	if (treemap_divide(d->values, n, in, d->boxes) < 0)
		return err_kind(e, ERR_LIMIT, "a program above 64 GiB");
	for (size_t i = 0; i < seen; i++)
		map_leaf(d, d->boxes[i], part->files[i].name,
			part->files[i].bytes);
	if (rest == 0)
		return 0;
	html_plural(&name, part->n_files - seen, "smaller file");
	map_leaf(d, d->boxes[seen], buf_view(&name), rest);
	return 0;
}

/* What a part's name and edges leave of its box; nothing when it is small. */
static struct treemap_box map_inside(struct treemap_box x, bool is_named)
{
	uint32_t head = is_named ? MAP_HEAD : MAP_EDGE;

	if (x.w < 4 * MAP_EDGE || x.h < head + 4 * MAP_EDGE)
		return (struct treemap_box){0};
	return (struct treemap_box){x.x + MAP_EDGE, x.y + head,
		x.w - 2 * MAP_EDGE, x.h - head - MAP_EDGE};
}

static int map_part(struct map_drawing *d, const struct page_part *part,
	struct treemap_box x, struct err *e)
{
	bool is_named = x.w >= MAP_NAMED_WIDTH && x.h >= MAP_NAMED_HEIGHT;
	struct treemap_box inside = map_inside(x, is_named);

	if (x.w == 0 || x.h == 0)
		return 0;
	buf_fmt(d->b, "<g class=%s>", page_tone(d->tones, part));
	map_rect(d->b, NULL, x);
	buf_text(d->b, "<title>");
	html_text(d->b, part->name);
	buf_text(d->b, ", ");
	html_plural(d->b, part->bytes, "byte");
	buf_text(d->b, "</title></rect>");
	if (is_named)
		map_label(d->b, "h", x, part->name);
	if (inside.w > 0 && map_files(d, part, inside, e) < 0)
		return -1;
	buf_text(d->b, "</g>\n");
	return 0;
}

static int map_picture(struct map_drawing *d, const char *class,
	struct treemap_box in, struct err *e)
{
	const struct page_program *p = d->program;
	struct treemap_box *boxes = calloc(p->n_parts + 1, sizeof(*boxes));
	int rc = boxes == NULL ? err_kind(e, ERR_LIMIT, "no memory") : 0;

	for (size_t i = 0; rc == 0 && i < p->n_parts; i++)
		d->values[i] = p->parts[i].bytes;
	if (rc == 0 && treemap_divide(d->values, p->n_parts, in, boxes) < 0)
		rc = err_kind(e, ERR_LIMIT, "a program above 64 GiB");
	buf_fmt(d->b,
		"<svg class=\"map %s\" viewBox=\"0 0 %u %u\" role=img "
		"aria-label=\"",
		class, in.w / 10, in.h / 10);
	html_text(d->b, p->path);
	buf_text(d->b, ", divided by package and file: the list that "
		       "follows has the same numbers\">\n");
	for (size_t i = 0; rc == 0 && i < p->n_parts; i++)
		rc = map_part(d, &p->parts[i], boxes[i], e);
	buf_text(d->b, "</svg>\n");
	free(boxes);
	return rc;
}

int page_map(const struct page_tones *t, const struct page_program *p,
	struct buf *b, struct err *e)
{
	static const struct treemap_box wide = {0, 0, 10400, 5000};
	static const struct treemap_box tall = {0, 0, 3600, 4800};
	struct map_drawing d = {.tones = t, .program = p, .b = b};
	size_t most = p->n_parts;
	int rc = 0;

	for (size_t i = 0; i < p->n_parts; i++)
		if (p->parts[i].n_files > most)
			most = p->parts[i].n_files;
	if (most > MAP_FILES_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d files of a package",
			MAP_FILES_MAX);
	d.values = calloc(most + 1, sizeof(*d.values));
	d.boxes = calloc(most + 1, sizeof(*d.boxes));
	if (d.values == NULL || d.boxes == NULL)
		rc = err_kind(e, ERR_LIMIT, "no memory for the treemap");
	if (rc == 0)
		rc = map_picture(&d, "wide", wide, e);
	if (rc == 0)
		rc = map_picture(&d, "tall", tall, e);
	free(d.values);
	free(d.boxes);
	return rc;
}
