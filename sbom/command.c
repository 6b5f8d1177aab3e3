/*
 * command - `keelson sbom PROGRAM...`: what was linked into a program.
 *
 * How: lock and evidence are read once; each program is traced by its digest
 * and summed up.  What it refuses: a program that the evidence does not know.
 */
#include "sbom/sbom.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/report.h"

#include <stdio.h>
#include <unistd.h>

#define COMMAND_ARENA_MAX ((size_t)2 << 30)

enum {
	COMMAND_LOCK_MAX = 1 << 20,
	COMMAND_TEXT_MAX = 1 << 20,
	COMMAND_PATH_BYTES = 1024,
};

static const char *command_root = ".";
static bool command_wants_json;

const struct args_option sbom_options[] = {
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &command_wants_json,
		.help = "Print one JSON object for each program"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &command_root,
		.meta = "DIR",
		.help = "Directory of the project that built the programs"},
	{0},
};

/* What all programs are traced with. */
struct command {
	struct arena *arena;
	struct lock lock;
	struct evidence evidence;
};

static int command_open(struct command *c, struct buf *text, struct err *e)
{
	char path[COMMAND_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	buf_fmt(&b, "%s/static-build/sources.lock", command_root);
	if (file_read(buf_cstr(&b), text, e) < 0)
		return -1;
	if (lock_parse(buf_view(text), c->arena, &c->lock, e) < 0)
		return err_at(e, "%s", path);
	buf_reset(&b);
	buf_fmt(&b, "%s/build/evidence", command_root);
	return evidence_open(buf_cstr(&b), c->arena, &c->evidence, e);
}

static int command_show(struct command *c, const char *program, struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(COMMAND_TEXT_MAX);
	char hex[SHA256_HEX + 1];
	struct report report;
	struct trace trace;
	uint64_t size;

	if (sha256_file(program, hex, &size, e) < 0 ||
		trace_program(&c->evidence, &c->lock, command_root, str_of(hex),
			program, c->arena, &trace, e) < 0 ||
		report_make(&trace, &report, e) < 0)
		return -1;
	if (command_wants_json)
		report_json(&report, program, str_of(hex), &out);
	else
		report_table(&report, program, &out);
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

static int command_run(
	struct command *c, size_t n, const char *const *operands, struct err *e)
{
	AUTO_BUF struct buf lock = buf_growing(COMMAND_LOCK_MAX);

	if (command_open(c, &lock, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && !command_wants_json &&
			fd_write(STDOUT_FILENO, "\n", 1, e) < 0)
			return -1;
		if (command_show(c, operands[i], e) < 0)
			return -1;
	}
	return 0;
}

int sbom_main(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena a = arena_make(COMMAND_ARENA_MAX);
	struct command c = {.arena = &a};
	struct err e = {0};
	int rc = command_run(&c, n, operands, &e);

	evidence_close(&c.evidence);
	if (rc == 0)
		return 0;
	fprintf(stderr, "keelson: sbom: %s\n", e.text);
	return err_exit(&e);
}
