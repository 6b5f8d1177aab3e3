/* page_compare - one table a group; a group without changes says so. */
#include "sbom/page/page_compare.h"

#include "lib/base/arena.h"
#include "lib/base/whole.h"
#include "sbom/page/changes.h"
#include "sbom/page/page_bits.h"
#include "sbom/page/page_write.h"

#define COMPARE_ARENA_MAX ((size_t)1 << 30)

static const struct compare_group {
	const char *id, *title, *thing, *lead;
} compare_groups[CHANGES_GROUPS] = {
	[CHANGES_PACKAGES] = {"packages", "Packages", "Package",
		"By version; headers that were only read count, too."},
	[CHANGES_SIZES] = {"sizes", "Sizes", "Part",
		"Each program, and each package in it."},
	[CHANGES_VERDICTS] = {"cves", "Vulnerabilities", "CVE",
		"Verdicts that differ. One that is gone is of a CVE that no "
		"patch of the new sources names."},
	[CHANGES_PATCHES] = {"patches", "Patches", "Patch",
		"Patches that came or went."},
	[CHANGES_CHECKS] = {"hardening", "Hardening", "Check",
		"Checks of programs that end otherwise."},
	[CHANGES_LICENCES] = {"licences", "Licences", "Package",
		"Of what is inside of each package."},
	[CHANGES_FILES] = {"files", "Files", "Path",
		"The tree, by kind, mode, owner and content."},
};

static void compare_sign(struct buf *b, const struct change *c)
{
	if (!c->was_there)
		bits_badge(b, "good", "added");
	else if (!c->is_there)
		bits_badge(b, "bad", "removed");
	else
		bits_badge(b, "", "changed");
}

static void compare_difference(struct buf *b, const struct change *c)
{
	bool is_more = c->bytes_after >= c->bytes_before;

	buf_text(b, is_more ? "<td class=n>+" : "<td class=n>&minus;");
	html_count(b, is_more ? c->bytes_after - c->bytes_before
			      : c->bytes_before - c->bytes_after);
	buf_text(b, "</td>");
}

static void compare_row(
	enum changes_group group, const struct change *c, struct buf *b)
{
	buf_text(b, "<tr><td class=w>");
	compare_sign(b, c);
	buf_text(b, "</td>");
	html_element(b, "th scope=row", c->key);
	if (group == CHANGES_SIZES) {
		bits_count_cell(b, c->bytes_before);
		bits_count_cell(b, c->bytes_after);
		compare_difference(b, c);
	} else {
		html_element(b, "td class=l", c->before);
		html_element(b, "td class=l", c->after);
	}
	buf_text(b, "</tr>\n");
}

static void compare_group(
	enum changes_group group, const struct changes *x, struct buf *b)
{
	const struct compare_group *g = &compare_groups[group];
	bool has_bytes = group == CHANGES_SIZES;
	const char *class = has_bytes ? "n" : "l";
	char text[64];
	struct buf caption = buf_fixed(text, sizeof(text));
	const struct bits_column columns[] = {{"Change", "w"}, {g->thing, "w"},
		{"Before", class}, {"After", class}, {"Difference", "n"}};

	bits_section(b, g->id, g->title, g->lead);
	if (x->n == 0) {
		buf_text(b, "<p>No difference.</p>\n</section>\n");
		return;
	}
	buf_fmt(&caption, "%s before and after", g->title);
	bits_table(b, str_of(g->id), buf_view(&caption), columns,
		has_bytes ? 5 : 4);
	for (size_t i = 0; i < x->n; i++)
		compare_row(group, &x->list[i], b);
	bits_table_end(b);
	buf_text(b, "</section>\n");
}

static void compare_product(
	struct buf *b, const char *label, const struct page *p)
{
	buf_fmt(b, "<dt>%s</dt><dd>", label);
	html_text(b, p->reference.n > 0 ? p->reference : p->name);
	buf_byte(b, ' ');
	html_text(b, p->reference.n > 0 ? STR("") : p->version);
	buf_text(b, "<br>");
	buf_fmt(b, "<code>%s", p->is_image ? "sha256:" : "");
	html_text(b, p->sha256);
	buf_text(b, "</code></dd>\n");
}

static void compare_cards(const struct changes *all, struct buf *b)
{
	bits_section(b, "summary", "At a glance", NULL);
	buf_text(b, "<dl class=cards>\n");
	for (size_t i = 0; i < CHANGES_GROUPS; i++) {
		const struct changes *x = &all[i];

		buf_fmt(b, "<div><dt>%s</dt><dd>", compare_groups[i].title);
		html_count(b, x->n);
		buf_text(b, "</dd><dd>");
		if (x->n == 0)
			buf_text(b, "no difference");
		else
			buf_fmt(b, "%zu added, %zu removed, %zu changed",
				x->added, x->removed,
				x->n - x->added - x->removed);
		buf_text(b, "</dd></div>\n");
	}
	buf_text(b, "</dl></section>\n");
}

static void compare_write(const struct page *old, const struct page *new,
	const struct changes *all, struct buf *b)
{
	struct page_entry entries[CHANGES_GROUPS + 1] = {
		{"summary", "At a glance", 0, false}};
	char text[512];
	struct buf title = buf_fixed(text, sizeof(text));

	for (size_t i = 0; i < CHANGES_GROUPS; i++)
		entries[i + 1] = (struct page_entry){compare_groups[i].id,
			compare_groups[i].title, all[i].n, true};
	buf_fmt(&title, "%.*s: what changed - Keelson report",
		STR_ARG(new->name));
	page_begin(b, title.full ? new->name : buf_view(&title));
	buf_text(b, "<header class=top>\n");
	page_brand(b, "comparison");
	buf_text(b, "<h1>");
	html_text(b, new->name);
	buf_text(b, " <span>what changed</span></h1>\n<dl class=facts>\n");
	compare_product(b, "Before", old);
	compare_product(b, "After", new);
	buf_text(b, "</dl>\n</header>\n");
	page_contents(b, entries, CHANGES_GROUPS + 1);
	compare_cards(all, b);
	for (size_t i = 0; i < CHANGES_GROUPS; i++)
		compare_group((enum changes_group)i, &all[i], b);
	page_end(b);
}

int page_compare(const struct page *old, const struct page *new, struct buf *b,
	struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(COMPARE_ARENA_MAX);
	struct changes all[CHANGES_GROUPS];

	for (size_t i = 0; i < CHANGES_GROUPS; i++) {
		all[i] = (struct changes){.arena = &a};
		if (changes_find((enum changes_group)i, old, new, &all[i], e) <
			0)
			return -1;
	}
	compare_write(old, new, all, b);
	return whole_check(b, "the comparison", e);
}
