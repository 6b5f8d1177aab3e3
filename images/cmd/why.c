/*
 * why - `keelson why PROGRAM WHAT`: what is behind an address, a symbol or a
 * file of a program.
 *
 * Shipped programs are stripped, so symbols come from the file that strip
 * read, which the evidence names and whose digest must be the recorded one;
 * without it addresses and files still work.  WHAT is taken as an address when
 * it begins with 0x, else as a symbol, else as the end of a file's path.
 */
#include "sbom/write/why.h"
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/model/file_licence.h"

#include <stdio.h>
#include <unistd.h>

enum {
	WHY_TEXT_MAX = 16 << 20,
	WHY_PROGRAM_MAX = 256 << 20,
	WHY_PATH_BYTES = 4096,
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

static int why_answer(struct why_asked *q, struct err *e)
{
	uint64_t address;

	q->json = json_out(&q->text, 1);
	if (why_wants_json)
		json_list(&q->json, NULL);
	if (why_address(q->what, &address))
		why_answer_address(q, address);
	else
		why_answer_symbols(q);
	if (q->answers == 0)
		why_answer_file(q);
	if (q->answers == 0)
		return err_kind(e, ERR_ABSENT,
			"%.*s is no address, symbol, object or main source of "
			"this program",
			STR_ARG(q->what));
	if (why_wants_json) {
		json_list_end(&q->json);
		buf_byte(&q->text, '\n');
	}
	return fd_write(STDOUT_FILENO, q->text.p, q->text.n, e);
}

/* ---- symbols ---- */

/* The program before strip, if it is still there as it was. */
static int why_read_unstripped(
	const struct trace *t, struct buf *out, struct err *e)
{
	char path[WHY_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/%.*s", t->basis.evidence->root,
		STR_ARG(t->unstripped.path));
	if (access(buf_cstr(&b), R_OK) < 0) {
		fprintf(stderr, "keelson: %s is gone: no symbols\n", path);
		return 0;
	}
	if (file_read(path, out, e) < 0)
		return -1;
	sha256_hex(buf_view(out), hex);
	if (str_is(t->unstripped.sha256, hex))
		return 0;
	fprintf(stderr, "keelson: %s is another program now: no symbols\n",
		path);
	buf_reset(out);
	return 0;
}

static int why_ask(const struct traced *p, struct str what, struct err *e)
{
	AUTO_BUF struct buf unstripped = buf_growing(WHY_PROGRAM_MAX);
	struct why_asked q = {.what = what};
	struct licence_book book =
		licence_book(p->trace.basis.evidence, p->trace.basis.arena);
	struct symbols symbols = {0};
	struct str from = buf_view(&p->bytes);
	int rc;

	if (p->trace.unstripped.path.n > 0) {
		if (why_read_unstripped(&p->trace, &unstripped, e) < 0)
			return -1;
		from = buf_view(&unstripped);
	}
	if (from.n > 0 && symbols_open(from, &symbols, e) < 0)
		return -1;
	q.why = (struct why){.trace = &p->trace, .symbols = &symbols};
	if (file_licences(&book, &p->trace, &q.why.licences, e) < 0)
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
	int rc = tracing_open(why_root, &t, &e);

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
	.operands = "PROGRAM ADDRESS|SYMBOL|FILE",
	.summary = "Show what a byte, symbol or file of a program is there for",
	.text = "PROGRAM is a file built here. ADDRESS is 0x... as nm prints "
		"it; FILE is a main source, an object or a member of a "
		"library, by the end of its path.",
	.options = why_options,
	.min_operands = 2,
	.max_operands = 2,
	.run = why_run,
};
