/* page_summary - the figures that a reader looks for first, as cards. */
#include "sbom/page/page_bits.h"
#include "sbom/page/page_sections.h"

static void card_open(struct buf *b, const char *label)
{
	buf_fmt(b, "<div><dt>%s</dt><dd>", label);
}

/* The line below the figure, then the end of the card. */
static void card_note(struct buf *b)
{
	buf_text(b, "</dd><dd>");
}

static void card_close(struct buf *b)
{
	buf_text(b, "</dd></div>\n");
}

static void card_size(const struct page *p, struct buf *b)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->n_files; i++)
		bytes += p->files[i].bytes;
	for (size_t i = 0; !p->is_image && i < p->n_programs; i++)
		bytes += p->programs[i].bytes;
	card_open(b, "Size");
	html_size(b, bytes);
	card_note(b);
	if (p->layer_bytes > 0) {
		html_size(b, p->layer_bytes);
		buf_text(b, " to download");
	} else {
		html_plural(b, bytes, "byte");
	}
	card_close(b);
}

static void card_contents(const struct page *p, struct buf *b)
{
	size_t files = 0;

	if (!p->is_image)
		return;
	for (size_t i = 0; i < p->n_files; i++)
		files += !str_is(p->files[i].kind, "directory");
	card_open(b, "Files");
	html_count(b, files);
	card_note(b);
	html_plural(b, p->n_programs, "program");
	buf_text(b, " among them");
	card_close(b);
}

static void card_packages(const struct page *p, struct buf *b)
{
	size_t inside = 0;

	for (size_t i = 0; i < p->n_packages; i++)
		inside += !str_is(p->packages[i].role, "headers only");
	card_open(b, "Packages inside");
	html_count(b, inside);
	card_note(b);
	html_count(b, p->n_packages - inside);
	buf_text(b, " more gave headers only");
	card_close(b);
}

static void card_patches(const struct page *p, struct buf *b)
{
	size_t ours = 0;

	for (size_t i = 0; i < p->n_patches; i++)
		ours += p->patches[i].is_ours;
	card_open(b, "Patches applied");
	html_count(b, p->n_patches);
	card_note(b);
	html_count(b, ours);
	buf_text(b, " of them by the project");
	card_close(b);
}

static void card_verdicts(const struct page *p, struct buf *b)
{
	size_t n[PAGE_STATUSES] = {0};

	for (size_t i = 0; i < p->n_verdicts; i++)
		n[p->verdicts[i].status]++;
	card_open(b, "CVEs that affect it");
	if (p->n_verdicts == 0 && p->unjudged.n > 0)
		buf_text(b, "not known");
	else
		html_count(b, n[PAGE_AFFECTED]);
	card_note(b);
	buf_fmt(b, "%zu fixed, %zu not affected", n[PAGE_FIXED],
		n[PAGE_NOT_AFFECTED]);
	if (n[PAGE_INVESTIGATED] > 0)
		buf_fmt(b, ", %zu under investigation", n[PAGE_INVESTIGATED]);
	card_close(b);
}

static void card_checks(const struct page *p, struct buf *b)
{
	size_t n = 0, passed = 0;

	for (size_t i = 0; i < p->n_programs; i++)
		for (size_t k = 0; k < p->programs[i].n_checks; k++) {
			const enum page_outcome outcome =
				p->programs[i].checks[k].outcome;

			n += outcome != PAGE_ABSENT;
			passed += outcome == PAGE_PASSED;
		}
	if (n == 0)
		return;
	card_open(b, "Hardening checks");
	buf_fmt(b, "%zu of %zu", passed, n);
	card_note(b);
	buf_text(b, passed == n ? "all passed" : "not all passed");
	card_close(b);
}

void page_summary(const struct page *p, struct buf *b)
{
	bits_section(b, "summary", "At a glance", NULL);
	buf_text(b, "<dl class=cards>\n");
	card_size(p, b);
	card_contents(p, b);
	card_packages(p, b);
	card_patches(p, b);
	card_verdicts(p, b);
	card_checks(p, b);
	buf_text(b, "</dl></section>\n");
}
