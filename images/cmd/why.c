/*
 * why - `keelson why PROGRAM WHAT`: what is behind an address, a symbol or a
 * file of a program, and which patches fix a CVE in it.
 *
 * Shipped programs are stripped, so symbols come from the file that strip
 * read, which the evidence names and whose digest must be the recorded one;
 * without it addresses and files still work.  WHAT is taken as an address when
 * it begins with 0x, as the id of a CVE when it has the form of one, else as a
 * symbol, else as the end of a file's path: of a source or object, else of a
 * header.
 */
#include "sbom/write/why.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/fix/fix.h"
#include "sbom/model/file_licence.h"
#include "sbom/write/why_fix.h"
#include "sbom/write/why_header.h"

#include <unistd.h>

enum {
	WHY_TEXT_MAX = 16 << 20,
	WHY_PROGRAM_MAX = 256 << 20,
};

static const char *why_root = ".";
static bool why_wants_json;

static const struct args_option why_options[] = {
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &why_wants_json,
		.help = "print JSON"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &why_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

/* The question, and the answer being written. */
struct why_asked {
	struct why why;
	struct str what;
	size_t answers;
	struct buf text;
	struct json_out json;
};

static void why_answer_address(struct why_asked *q, uint64_t address)
{
	if (!why_has_address(&q->why, address))
		return;
	q->answers++;
	if (why_wants_json)
		why_address_json(&q->why, address, &q->json);
	else
		why_address_text(&q->why, address, &q->text);
}

/* "0x1f": true. */
static bool why_address(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n < 3 || s.n > 18 || !str_has_prefix(s, STR("0x")))
		return false;
	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (unsigned)(c - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

/* Several static functions may have one name. */
static void why_answer_symbols(struct why_asked *q)
{
	struct symbol s;
	size_t i = 0;

	while (symbols_next(q->why.symbols, &i, &s))
		if (str_eq(s.name, q->what))
			why_answer_address(q, s.address);
}

static void why_answer_file(struct why_asked *q)
{
	const struct trace *t = q->why.trace;

	for (size_t i = 0; i < t->n_objects; i++) {
		if (!why_is_named(t->objects[i], q->what))
			continue;
		q->answers++;
		if (why_wants_json)
			why_object_json(&q->why, t->objects[i], &q->json);
		else
			why_object_text(&q->why, t->objects[i], &q->text);
	}
}

static void why_answer_header(struct why_asked *q)
{
	const struct trace *t = q->why.trace;

	for (size_t i = 0; i < t->n_files; i++) {
		if (!why_is_header(t->files[i], q->what))
			continue;
		q->answers++;
		if (why_wants_json)
			why_header_json(&q->why, t->files[i], &q->json);
		else
			why_header_text(&q->why, t->files[i], &q->text);
	}
}

static int why_answer_cve(struct why_asked *q, struct err *e)
{
	struct fix_texts texts = fix_texts(&q->why.trace->basis);
	struct fixes fixes;

	if (fix_find(&texts, q->what, &fixes, e) < 0)
		return -1;
	q->answers = fixes.n + fixes.n_mentions;
	if (q->answers == 0)
		return err_kind(e, ERR_ABSENT,
			"no patch that was applied and no changelog of the "
			"packages in the lock names %.*s: nothing is known "
			"about it here",
			STR_ARG(q->what));
	if (why_wants_json)
		why_fixes_json(&q->why, &fixes, &q->json);
	else
		why_fixes_text(&q->why, &fixes, &q->text);
	return 0;
}

static int why_answer_name(struct why_asked *q, struct err *e)
{
	uint64_t address;

	if (why_address(q->what, &address))
		why_answer_address(q, address);
	else
		why_answer_symbols(q);
	if (q->answers == 0)
		why_answer_file(q);
	if (q->answers == 0)
		why_answer_header(q);
	return q->answers > 0
		       ? 0
		       : err_kind(e, ERR_ABSENT,
				 "%.*s is no address, symbol, object, main "
				 "source or header of this program",
				 STR_ARG(q->what));
}

static int why_answer(struct why_asked *q, struct err *e)
{
	q->json = json_out(&q->text, 1);
	if (why_wants_json)
		json_list(&q->json, NULL);
	if ((fix_is_cve(q->what) ? why_answer_cve(q, e)
				 : why_answer_name(q, e)) < 0)
		return -1;
	if (why_wants_json) {
		json_list_end(&q->json);
		buf_byte(&q->text, '\n');
	}
	return fd_write(STDOUT_FILENO, q->text.p, q->text.n, e);
}

static int why_ask(const struct traced *p, struct str what, struct err *e)
{
	AUTO_BUF struct buf unstripped = buf_growing(WHY_PROGRAM_MAX);
	struct licence_book book =
		licence_book(p->trace.basis.evidence, p->trace.basis.arena);
	struct why_asked q = {.what = what};
	struct inlined_code inlined;
	struct symbols symbols = {0};
	int rc;

	if (traced_unstripped(p, &unstripped, e) < 0)
		return -1;
	if (unstripped.n > 0 &&
		symbols_open(buf_view(&unstripped), &symbols, e) < 0)
		return -1;
	q.why = (struct why){
		.trace = &p->trace, .symbols = &symbols, .inlined = &inlined};
	if (inlined_find(&p->trace, buf_view(&unstripped), &inlined, e) < 0 ||
		file_licences(&book, &p->trace, &q.why.licences, e) < 0)
		return -1;
	q.text = buf_growing(WHY_TEXT_MAX);
	rc = why_answer(&q, e);
	buf_free(&q.text);
	return rc;
}

static int why_run(size_t n, const char *const *operands)
{
	struct tracing t;
	struct traced p = {0};
	struct err e = {0};
	int rc = tracing_open_for(
		why_root, &(struct tracing_of){operands[0], NULL}, &t, &e);

	(void)n;
	if (rc == 0)
		rc = traced_open(&t, operands[0], &p, &e);
	if (rc == 0)
		rc = why_ask(&p, str_of(operands[1]), &e);
	traced_close(&p);
	tracing_close(&t);
	return rc < 0 ? command_failure(&e) : 0;
}

const struct args_command command_why = {
	.name = "why",
	.operands = "PROGRAM ADDRESS|SYMBOL|FILE|CVE",
	.summary = "Show what a byte, symbol or file of a program is there for",
	.text = "PROGRAM is a file built here. ADDRESS is 0x... as nm prints "
		"it; FILE is a main source, an object, a member of a "
		"library or a header, by the end of its path; CVE is "
		"CVE-YEAR-NUMBER: the patches that fix it, what they change, "
		"and whether that is in the program. An id that no patch and "
		"no changelog names is an error.",
	.options = why_options,
	.min_operands = 2,
	.max_operands = 2,
	.run = why_run,
};
