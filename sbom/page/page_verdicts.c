/*
 * page_verdicts - vulnerabilities by severity of the verdict; each opens to
 * the facts that prove it.
 */
#include "sbom/page/page_bits.h"
#include "sbom/page/page_sections.h"

static void verdict_one(const struct page_verdict *v, struct buf *b)
{
	buf_text(b, "<li><details><summary>");
	html_element(b, "b", v->cve);
	buf_text(b, "<span>");
	bits_status(b, v->status);
	buf_text(b, "</span>");
	buf_text(b, "<span class=soft>");
	html_text(b, v->package);
	buf_byte(b, ' ');
	html_text(b, v->version);
	if (v->reason.n > 0) {
		buf_text(b, ": ");
		html_text(b, v->reason);
	}
	buf_text(b, "</span></summary>\n<ul>\n");
	for (size_t i = 0; i < v->n_grounds; i++) {
		html_element(b, "li", v->grounds[i]);
		buf_byte(b, '\n');
	}
	buf_text(b, "</ul></details></li>\n");
}

void page_verdicts(const struct page *p, struct buf *b)
{
	bits_section(b, "cves", "Vulnerabilities",
		"What is known of each CVE that a patch of the sources names, "
		"proven from the patch, the compiler and the linker. Open a "
		"line for the proof.");
	if (p->n_verdicts > 0)
		buf_text(b, "<ul class=rows>\n");
	for (int status = PAGE_STATUSES - 1; status >= 0; status--)
		for (size_t i = 0; i < p->n_verdicts; i++)
			if ((int)p->verdicts[i].status == status)
				verdict_one(&p->verdicts[i], b);
	if (p->n_verdicts > 0)
		buf_text(b, "</ul>\n");
	if (p->unjudged.n > 0)
		html_element(b, "p", p->unjudged);
	else if (p->n_verdicts == 0)
		buf_text(b, "<p>No patch of the sources names a CVE.</p>\n");
	buf_text(b, "</section>\n");
}

static void check_one(const struct page_check *c, struct buf *b)
{
	static const struct {
		const char *class, *word;
	} outcomes[] = {
		[PAGE_PASSED] = {"good", "yes"},
		[PAGE_FAILED] = {"bad", "no"},
		[PAGE_ABSENT] = {"", "no, optional"},
		[PAGE_UNKNOWN] = {"", "not known"},
	};

	buf_text(b, "<li>");
	bits_badge(b, outcomes[c->outcome].class, outcomes[c->outcome].word);
	html_text(b, c->what);
	if (c->note.n > 0)
		html_element(b, "small", c->note);
	buf_text(b, "</li>\n");
}

void page_hardening(const struct page *p, struct buf *b)
{
	if (p->n_programs == 0)
		return;
	bits_section(b, "hardening", "Hardening",
		"Read from the files themselves, not from the flags that the "
		"compiler was given.");
	for (size_t i = 0; i < p->n_programs; i++) {
		const struct page_program *x = &p->programs[i];

		bits_fold_programs(b, i, p->n_programs);
		buf_text(b, "<h3>");
		html_element(b, "code", x->path);
		buf_text(b, "</h3>\n<ul class=checks>\n");
		for (size_t k = 0; k < x->n_checks; k++)
			check_one(&x->checks[k], b);
		buf_text(b, "</ul>\n");
	}
	bits_fold_programs(b, p->n_programs, p->n_programs);
	buf_text(b, "</section>\n");
}
