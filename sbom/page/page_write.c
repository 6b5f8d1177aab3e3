/*
 * page_write - what is around the sections: head, title, table of contents.
 */
#include "sbom/page/page_write.h"

#include "lib/base/version.h"
#include "lib/base/whole.h"
#include "sbom/page/html.h"
#include "sbom/page/page_sections.h"
#include "sbom/page/page_style.h"

void page_begin(struct buf *b, struct str title)
{
	buf_text(b, "<!doctype html>\n<html lang=en>\n<head>\n"
		    "<meta charset=utf-8>\n"
		    "<meta http-equiv=Content-Security-Policy content=\""
		    "default-src 'none'; style-src ");
	page_style_hash(b);
	buf_text(b, "; base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=viewport content=\"width=device-width, "
		    "initial-scale=1\">\n"
		    "<meta name=color-scheme content=\"light dark\">\n"
		    "<meta name=referrer content=no-referrer>\n"
		    "<meta name=generator content=\"keelson " KEELSON_VERSION
		    "\">\n<title>");
	html_text(b, title);
	buf_text(b, "</title>\n<style>");
	page_style(b);
	buf_text(b, "</style>\n</head>\n<body>\n"
		    "<a class=skip href=\"#main\">Skip to the report</a>\n"
		    "<div class=frame>\n");
}

/* A keelson lies upon the keel and holds the floors: two beams and a hull. */
void page_brand(struct buf *b, const char *what)
{
	buf_fmt(b,
		"<p class=brand><svg viewBox=\"0 0 22 22\" aria-hidden=true>"
		"<path d=\"M1 4h20c0 8-4 13-10 15C5 17 1 12 1 4zm3 2c.6 4 2.6 "
		"7.4 6 9.6V6zm8 0v9.6c3.4-2.2 5.4-5.6 6-9.6z\"/>"
		"</svg>Keelson <span>%s</span></p>\n",
		what);
}

void page_contents(struct buf *b, const struct page_entry *list, size_t n)
{
	buf_text(b, "<nav aria-label=Contents><ol>\n");
	for (size_t i = 0; i < n; i++) {
		buf_fmt(b, "<li><a href=\"#%s\">%s", list[i].id, list[i].title);
		if (list[i].has_count) {
			buf_text(b, " <span>");
			html_count(b, list[i].count);
			buf_text(b, "</span>");
		}
		buf_text(b, "</a></li>\n");
	}
	buf_text(b, "</ol></nav>\n<main id=main tabindex=-1>\n");
}

void page_end(struct buf *b)
{
	buf_text(b,
		"</main>\n<footer class=foot>Made by keelson " KEELSON_VERSION
		" from the image itself and the recorded evidence of its "
		"build. This page fetches nothing and runs no script."
		"</footer>\n</div>\n</body>\n</html>\n");
}

static void page_fact(
	struct buf *b, const char *label, const char *tag, struct str s)
{
	if (s.n == 0)
		return;
	buf_fmt(b, "<dt>%s</dt><dd>", label);
	html_element(b, tag, s);
	buf_text(b, "</dd>\n");
}

static void page_top(const struct page *p, struct buf *b)
{
	buf_text(b, "<header class=top>\n");
	page_brand(b, p->is_image ? "image report" : "program report");
	buf_text(b, "<h1>");
	html_text(b, p->name);
	if (p->version.n > 0) {
		buf_byte(b, ' ');
		html_element(b, "span", p->version);
	}
	buf_text(b, "</h1>\n");
	if (p->about.n > 0)
		html_element(b, "p class=lead", p->about);
	buf_text(b, "<dl class=facts>\n");
	page_fact(b, "Name", "code", p->reference);
	buf_fmt(b, "<dt>%s</dt><dd><code>%s",
		p->is_image ? "Digest" : "SHA-256",
		p->is_image ? "sha256:" : "");
	html_text(b, p->sha256);
	buf_text(b, "</code></dd>\n");
	page_fact(b, "Platform", "span", p->platform);
	page_fact(b, "Runs", "code", p->entrypoint);
	page_fact(b, "As user", "span", p->user);
	page_fact(b, "Supplier", "span", p->supplier);
	page_fact(b, "Created", "span", p->created);
	page_fact(b, "Licences", "span", p->licence);
	buf_text(b, "</dl>\n</header>\n");
}

static void page_list_sections(const struct page *p, struct buf *b)
{
	const struct {
		struct page_entry entry;
		bool is_there;
	} all[] = {
		{{"summary", "At a glance", 0, false}, true},
		{{"programs", "Programs", p->n_programs, true},
			p->n_programs > 0},
		{{"packages", "Packages", p->n_packages, true},
			p->n_packages > 0},
		{{"patches", "Patches", p->n_patches, true}, p->n_patches > 0},
		{{"cves", "Vulnerabilities", p->n_verdicts, true}, true},
		{{"hardening", "Hardening", 0, false}, p->n_programs > 0},
		{{"provenance", "Provenance", p->n_sources, true}, true},
		{{"signatures", "Signatures", p->n_signatures, true},
			p->is_image},
		{{"files", "Files", p->n_files, true}, p->n_files > 0},
		{{"verify", "Check it yourself", 0, false}, p->n_commands > 0},
	};
	struct page_entry list[sizeof(all) / sizeof(*all)];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].is_there)
			list[n++] = all[i].entry;
	page_contents(b, list, n);
}

static void page_title(const struct page *p, struct buf *b)
{
	buf_str(b, p->name);
	if (p->version.n > 0)
		buf_fmt(b, " %.*s", STR_ARG(p->version));
	buf_text(b, " - Keelson report");
}

int page_write(const struct page *p, struct buf *b, struct err *e)
{
	char text[512];
	struct buf title = buf_fixed(text, sizeof(text));

	page_title(p, &title);
	page_begin(b, title.full ? p->name : buf_view(&title));
	page_top(p, b);
	page_list_sections(p, b);
	page_summary(p, b);
	if (page_programs(p, b, e) < 0)
		return -1;
	page_packages(p, b);
	page_patches(p, b);
	page_verdicts(p, b);
	page_hardening(p, b);
	page_provenance(p, b);
	page_signatures(p, b);
	page_files(p, b);
	page_commands(p, b);
	page_end(b);
	return whole_check(b, "the report", e);
}
