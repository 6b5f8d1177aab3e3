/*
 * page_programs - each program as a picture, and below it as a list: one line
 * a part, which opens to its files.  Parts that are too small to matter share
 * one line.
 */
#include "lib/base/whole.h"
#include "sbom/page/page_bits.h"
#include "sbom/page/page_map.h"
#include "sbom/page/page_sections.h"

/* Parts of less than this share of a program, in thousandths, share a line. */
enum { PART_SMALL = 4, PART_ID_BYTES = 32, PART_TEXT_MAX = 64 << 10 };

struct part_list {
	const struct page_tones *tones;
	const struct page_program *program;
	size_t index; /* of the program */
	struct buf *b;
};

static void part_bar(
	struct buf *b, const char *tone, uint64_t bytes, uint64_t whole)
{
	unsigned tenths = whole == 0 ? 0 : (unsigned)(bytes * 1000 / whole);

	buf_fmt(b,
		"<svg class=bar viewBox=\"0 0 1000 8\" "
		"preserveAspectRatio=none aria-hidden=true><rect class=%s "
		"width=%u height=8 /></svg>",
		tone, tenths > 0 ? tenths : 1);
}

/* What stands in the line of a part: colour, name, share. */
static void part_head(const struct part_list *l, const char *tone,
	uint64_t bytes, struct str name, struct str version)
{
	struct buf *b = l->b;

	buf_fmt(b,
		"<summary><svg viewBox=\"0 0 14 14\" aria-hidden=true>"
		"<rect class=%s width=14 height=14 /></svg><span>",
		tone);
	html_element(b, "b", name);
	if (version.n > 0) {
		buf_byte(b, ' ');
		html_element(b, "span class=soft", version);
	}
	buf_text(b, "</span>");
	part_bar(b, tone, bytes, l->program->bytes);
	buf_text(b, "<span class=n>");
	html_size(b, bytes);
	buf_text(b, "</span><span class=\"n soft\">");
	bits_percent(b, bytes, l->program->bytes);
	buf_text(b, "</span></summary>\n");
}

static void part_row(const struct page_leaf *f, uint64_t whole, struct buf *b)
{
	buf_text(b, "<tr>");
	bits_code_cell(b, "l", f->name);
	bits_count_cell(b, f->bytes);
	buf_text(b, "<td class=n>");
	bits_percent(b, f->bytes, whole);
	buf_text(b, "</td></tr>\n");
}

static void part_files(
	const struct part_list *l, const struct page_part *part, size_t index)
{
	static const struct bits_column columns[] = {
		{"File", "l"}, {"Bytes", "n"}, {"Of the program", "n"}};
	AUTO_BUF struct buf caption = buf_growing(PART_TEXT_MAX);
	char id[PART_ID_BYTES];
	struct buf id_buf = buf_fixed(id, sizeof(id));

	buf_fmt(&id_buf, "p%zu-%zu", l->index, index);
	buf_fmt(&caption, "%s%.*s in %.*s",
		part->is_overhead ? "" : "Files of ", STR_ARG(part->name),
		STR_ARG(l->program->path));
	whole_pass(&caption, l->b);
	bits_table(l->b, buf_view(&id_buf), buf_view(&caption), columns, 3);
	for (size_t i = 0; i < part->n_files; i++)
		part_row(&part->files[i], l->program->bytes, l->b);
	bits_table_end(l->b);
}

static void part_one(const struct part_list *l, size_t i)
{
	const struct page_part *part = &l->program->parts[i];

	buf_text(l->b, "<details class=part>");
	part_head(l, page_tone(l->tones, part), part->bytes, part->name,
		part->version);
	part_files(l, part, i);
	buf_text(l->b, "</details>\n");
}

/* From which part on they are too small; one alone is not folded away. */
static size_t part_first_small(const struct page_program *p)
{
	size_t i = p->n_parts;

	while (i > 1 && p->parts[i - 1].bytes < p->bytes * PART_SMALL / 1000)
		i--;
	return i + 1 >= p->n_parts ? p->n_parts : i;
}

static void part_all(const struct part_list *l)
{
	const struct page_program *p = l->program;
	size_t first = part_first_small(p);
	uint64_t bytes = 0;
	char text[64];
	struct buf name = buf_fixed(text, sizeof(text));

	buf_text(l->b, "<div>\n");
	for (size_t i = 0; i < first; i++)
		part_one(l, i);
	for (size_t i = first; i < p->n_parts; i++)
		bytes += p->parts[i].bytes;
	if (first < p->n_parts) {
		html_plural(&name, p->n_parts - first, "smaller package");
		buf_text(l->b, "<details class=part>");
		part_head(l, "t9", bytes, buf_view(&name), (struct str){0});
		for (size_t i = first; i < p->n_parts; i++)
			part_one(l, i);
		buf_text(l->b, "</details>\n");
	}
	buf_text(l->b, "</div>\n");
}

static void program_needs(const struct page_program *p, struct buf *b)
{
	if (p->n_needed == 0)
		return;
	buf_text(b, "<p>Needs these shared libraries to start:");
	for (size_t i = 0; i < p->n_needed; i++) {
		buf_text(b, i == 0 ? " " : ", ");
		html_element(b, "code", p->needed[i]);
	}
	buf_text(b, ".</p>\n");
}

static void program_facts(const struct page_program *p, struct buf *b)
{
	buf_text(b, "<h3>");
	html_element(b, "code", p->path);
	buf_text(b, "</h3>\n<p>");
	html_size(b, p->bytes);
	if (p->is_traced) {
		buf_text(b, " from ");
		html_plural(b, p->objects, "object");
		buf_text(b, ", made from ");
		html_plural(b, p->sources, "source file");
		buf_text(b, " with ");
		html_plural(b, p->headers, "header");
	} else {
		buf_text(b, "; nothing is known of how it was built");
	}
	if (p->zero_bytes > 0) {
		buf_text(b, "; besides, ");
		html_size(b, p->zero_bytes);
		buf_text(b, " of memory that starts as zeros");
	}
	buf_text(b, ".<br>SHA-256 ");
	html_element(b, "code", p->sha256);
	buf_text(b, "</p>\n");
}

int page_programs(const struct page *p, struct buf *b, struct err *e)
{
	struct page_tones tones;
	struct part_list l = {.tones = &tones, .b = b};

	if (p->n_programs == 0)
		return 0;
	page_tones_make(p, &tones);
	bits_section(b, "programs", "Programs",
		"Every byte of each file, by the package and the source file "
		"that it was compiled from. Open a line to see the files.");
	for (size_t i = 0; i < p->n_programs; i++) {
		bits_fold_programs(b, i, p->n_programs);
		l.program = &p->programs[i];
		l.index = i;
		program_facts(l.program, b);
		if (l.program->is_traced) {
			if (page_map(&tones, l.program, b, e) < 0)
				return -1;
			part_all(&l);
		}
		program_needs(l.program, b);
	}
	bits_fold_programs(b, p->n_programs, p->n_programs);
	buf_text(b, "</section>\n");
	return 0;
}
