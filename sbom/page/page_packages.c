/* page_packages - packages, and the patches that were applied to them. */
#include "sbom/page/page_bits.h"
#include "sbom/page/page_sections.h"

static void package_row(const struct page_package *x, struct buf *b)
{
	buf_text(b, "<tr>");
	html_element(b, "th scope=row", x->name);
	html_element(b, "td class=w", x->version);
	html_element(b, "td class=l", x->licence);
	html_element(b, "td class=w", x->role);
	bits_count_cell(b, x->bytes);
	bits_count_cell(b, x->patches);
	buf_text(b, "</tr>\n");
}

static void package_names_row(const struct page_package *x, struct buf *b)
{
	buf_text(b, "<tr>");
	html_element(b, "th scope=row", x->name);
	html_element(b, "td class=l", x->note);
	bits_code_cell(b, "l", x->purl);
	bits_code_cell(b, "l", x->cpe);
	buf_text(b, "</tr>\n");
}

/* Folded away: long texts that few look for. */
static void package_names(const struct page *p, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Package", "w"},
		{"How much of it", "l"},
		{"Package URL", "l"},
		{"CPE", "l"},
	};

	buf_text(b, "<details class=more><summary>How much of each is used, "
		    "and the names that scanners know it by</summary>\n");
	bits_table(b, STR("names"), STR("Packages by their other names"),
		columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < p->n_packages; i++)
		package_names_row(&p->packages[i], b);
	bits_table_end(b);
	buf_text(b, "</details>\n");
}

void page_packages(const struct page *p, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Package", "w"},
		{"Version", "w"},
		{"Licence", "l"},
		{"Part", "w"},
		{"Bytes", "n"},
		{"Patches", "n"},
	};

	if (p->n_packages == 0)
		return;
	bits_section(b, "packages", "Packages",
		"What the programs and files come from. The licence is that "
		"of the files that are inside, not of the whole package.");
	bits_table(b, STR("packages"), STR("Packages with version and licence"),
		columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < p->n_packages; i++)
		package_row(&p->packages[i], b);
	bits_table_end(b);
	package_names(p, b);
	buf_text(b, "</section>\n");
}

static void patch_row(const struct page_patch *x, struct buf *b)
{
	buf_text(b, "<tr>");
	html_element(b, "th scope=row", x->package);
	bits_code_cell(b, "l", x->name);
	html_element(b, "td class=w",
		x->is_ours ? STR("the project") : STR("Debian"));
	html_element(b, "td class=l", x->cves);
	bits_count_cell(b, x->files);
	bits_code_cell(b, "w", x->sha256);
	buf_text(b, "</tr>\n");
}

/* Those that change nothing that was compiled come folded away. */
static size_t patch_table(const struct page *p, bool are_used, struct buf *b)
{
	static const struct bits_column columns[] = {
		{"Package", "w"},
		{"Patch", "l"},
		{"From", "w"},
		{"Fixes", "l"},
		{"Compiled files", "n"},
		{"SHA-256", "w"},
	};
	size_t n = 0;

	bits_table(b, are_used ? STR("patches") : STR("unused"),
		are_used ? STR("Patches that change compiled files")
			 : STR("Patches that change no compiled file"),
		columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < p->n_patches; i++) {
		if ((p->patches[i].files > 0) != are_used)
			continue;
		patch_row(&p->patches[i], b);
		n++;
	}
	bits_table_end(b);
	return n;
}

void page_patches(const struct page *p, struct buf *b)
{
	size_t used = 0;

	for (size_t i = 0; i < p->n_patches; i++)
		used += p->patches[i].files > 0;
	if (p->n_patches == 0)
		return;
	bits_section(b, "patches", "Patches",
		"Changes to the upstream sources that were applied before "
		"they were compiled.");
	if (used > 0)
		patch_table(p, true, b);
	if (used < p->n_patches) {
		buf_text(b, "<details class=more><summary>");
		html_plural(b, p->n_patches - used, "more patch");
		b->n -= p->n_patches - used == 1 ? 0 : 1;
		buf_text(b, p->n_patches - used == 1 ? "" : "es");
		buf_text(b, " that change no file of these programs"
			    "</summary>\n");
		patch_table(p, false, b);
		buf_text(b, "</details>\n");
	}
	buf_text(b, "</section>\n");
}
