/*
 * page_origin - files of the image, where everything came from, who signed it,
 * and how the reader can check all that.
 */
#include "sbom/page/page_bits.h"
#include "sbom/page/page_sections.h"

static void file_row(const struct page_file *f, struct buf *b)
{
	buf_text(b, "<tr><td class=w><code>/");
	html_text(b, f->path);
	if (f->link.n > 0) {
		buf_text(b, " &rarr; ");
		html_text(b, f->link);
	}
	buf_text(b, "</code></td>");
	html_element(b, "td class=w", f->kind);
	buf_fmt(b, "<td class=w><code>%04o</code></td>", (unsigned)f->mode);
	buf_fmt(b, "<td class=w>%u:%u</td>", (unsigned)f->uid,
		(unsigned)f->gid);
	bits_count_cell(b, f->bytes);
	html_element(b, "td class=l", f->note);
	bits_code_cell(b, "w", f->sha256);
	buf_text(b, "</tr>\n");
}

static bool file_is_shown(const struct page_file *f, bool wants_directories)
{
	return str_is(f->kind, "directory") == wants_directories;
}

static void file_table(const struct page *p, bool wants_directories,
	size_t first, size_t end, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Path", "w"},
		{"Kind", "w"},
		{"Mode", "w"},
		{"Owner", "w"},
		{"Bytes", "n"},
		{"From", "l"},
		{"SHA-256", "w"},
	};
	size_t k = 0;

	bits_table(b,
		wants_directories ? STR("dirs")
		: first > 0       ? STR("files-more")
				  : STR("files"),
		wants_directories ? STR("Directories of the image")
				  : STR("Files of the image"),
		columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < p->n_files; i++) {
		if (!file_is_shown(&p->files[i], wants_directories))
			continue;
		if (k >= first && k < end)
			file_row(&p->files[i], b);
		k++;
	}
	bits_table_end(b);
}

void page_files(const struct page *p, struct buf *b)
{
	size_t files = 0, directories;

	for (size_t i = 0; i < p->n_files; i++)
		files += file_is_shown(&p->files[i], false);
	directories = p->n_files - files;
	if (p->n_files == 0)
		return;
	bits_section(
		b, "files", "Files", "The whole tree, as a container sees it.");
	if (files > 0)
		file_table(p, false, 0, PAGE_ROWS_SHOWN, b);
	if (files > PAGE_ROWS_SHOWN) {
		buf_text(b, "<details class=more><summary>");
		html_plural(b, files - PAGE_ROWS_SHOWN, "more file");
		buf_text(b, "</summary>\n");
		file_table(p, false, PAGE_ROWS_SHOWN, files, b);
		buf_text(b, "</details>\n");
	}
	if (directories > 0) {
		buf_text(b, "<details class=more><summary>");
		html_count(b, directories);
		buf_text(b, directories == 1 ? " directory" : " directories");
		buf_text(b, "</summary>\n");
		file_table(p, true, 0, directories, b);
		buf_text(b, "</details>\n");
	}
	buf_text(b, "</section>\n");
}

static void source_table(const struct page *p, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Package", "w"},
		{"Version", "w"},
		{"File", "l"},
		{"Release", "w"},
		{"Bytes", "n"},
		{"SHA-256", "w"},
	};

	if (p->n_sources == 0)
		return;
	bits_table(b, STR("sources"), STR("Source files, pinned by digest"),
		columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < p->n_sources; i++) {
		const struct page_source *s = &p->sources[i];

		buf_text(b, "<tr>");
		html_element(b, "th scope=row", s->package);
		html_element(b, "td class=w", s->version);
		bits_code_cell(b, "l", s->path);
		html_element(b, "td class=w", s->suite);
		bits_count_cell(b, s->bytes);
		bits_code_cell(b, "w", s->sha256);
		buf_text(b, "</tr>\n");
	}
	bits_table_end(b);
}

static void tool_table(const struct page *p, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Package", "w"}, {"Version", "w"}};

	if (p->n_tools == 0)
		return;
	buf_text(b, "<details class=more><summary>");
	html_plural(b, p->n_tools, "package");
	buf_text(b, " of the building machine took part</summary>\n");
	bits_table(b, STR("tools"), STR("Tools; none of them is shipped"),
		columns, 2);
	for (size_t i = 0; i < p->n_tools; i++) {
		buf_text(b, "<tr>");
		html_element(b, "th scope=row", p->tools[i].name);
		html_element(b, "td class=w", p->tools[i].version);
		buf_text(b, "</tr>\n");
	}
	bits_table_end(b);
	buf_text(b, "</details>\n");
}

static void origin_fact(struct buf *b, const char *label, struct str s)
{
	if (s.n == 0)
		return;
	buf_fmt(b, "<dt>%s</dt>", label);
	html_element(b, "dd", s);
	buf_byte(b, '\n');
}

void page_provenance(const struct page *p, struct buf *b)
{
	bits_section(b, "provenance", "Provenance",
		"What it was built from, and with. The same sources and tools "
		"give the same bytes.");
	if (p->source.n + p->revision.n + p->builder.n > 0) {
		buf_text(b, "<dl class=facts>\n");
		origin_fact(b, "Repository", p->source);
		origin_fact(b, "Revision", p->revision);
		origin_fact(b, "Builder", p->builder);
		buf_text(b, "</dl><br>\n");
	}
	source_table(p, b);
	tool_table(p, b);
	buf_text(b, "</section>\n");
}

void page_signatures(const struct page *p, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Signed", "l"}, {"Kept as", "w"}, {"By", "l"}};

	if (!p->is_image)
		return;
	bits_section(b, "signatures", "Signatures",
		p->n_signatures > 0
			? "Signatures and attestations beside the image."
			: "The image has no signature beside it.");
	if (p->n_signatures > 0) {
		bits_table(b, STR("signatures"), STR("Who vouches for what"),
			columns, 3);
		for (size_t i = 0; i < p->n_signatures; i++) {
			const struct page_signature *s = &p->signatures[i];

			buf_text(b, "<tr>");
			html_element(b, "td class=l", s->what);
			html_element(b, "td class=w", s->form);
			if (s->by.n > 0)
				html_element(b, "td class=l", s->by);
			else
				buf_text(b, "<td class=l>not checked: no key "
					    "was given</td>");
			buf_text(b, "</tr>\n");
		}
		bits_table_end(b);
	}
	buf_text(b, "</section>\n");
}

void page_commands(const struct page *p, struct buf *b)
{
	if (p->n_commands == 0)
		return;
	bits_section(b, "verify", "Check it yourself",
		"Nothing on this page has to be believed. Each command prints "
		"what the page says, or fails.");
	buf_text(b, "<ol class=steps>\n");
	for (size_t i = 0; i < p->n_commands; i++) {
		const struct page_command *c = &p->commands[i];

		buf_text(b, "<li>");
		html_element(b, "p", c->says);
		buf_text(b, "\n<pre tabindex=0><code class=run>");
		html_text(b, c->line);
		buf_text(b, "</code></pre>");
		if (c->prints.n > 0) {
			buf_text(b, "<p class=soft>prints ");
			html_element(b, "code", c->prints);
			buf_text(b, "</p>");
		}
		buf_text(b, "</li>\n");
	}
	buf_text(b, "</ol></section>\n");
}
