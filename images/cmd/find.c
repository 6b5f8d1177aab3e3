/*
 * find - `keelson find --git-id ID PROGRAM...`: is this version of a file in
 * my programs?
 *
 * The question is answered from what was linked: sources and headers of the
 * objects that the link took, the objects themselves, and what these were
 * generated from.  Programs that the build ran, such as a generator, are not
 * in the program that they helped to make.
 */
#include "images/cmd/commands.h"
#include "images/cmd/tracing.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json_out.h"
#include "sbom/evidence/mapped.h"
#include "sbom/graph/git_id.h"
#include "sbom/graph/graph_make.h"
#include "sbom/graph/graph_within.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIND_SHOWN = 8, FIND_TEXT_MAX = 64 << 20 };

static const char *find_root = ".";
static struct args_list find_ids;
static bool find_wants_json;

static const struct args_option find_options[] = {
	{.name = "git-id",
		.type = ARGS_LIST,
		.value = &find_ids,
		.meta = "ID",
		.help = "what `git hash-object FILE` prints, or `git ls-tree` "
			"of a commit; SHA-1 or SHA-256; may be repeated"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &find_wants_json,
		.help = "print JSON"},
	{.name = "root",
		.type = ARGS_TEXT,
		.value = &find_root,
		.meta = "DIR",
		.help = "root of the project that built the program, or the "
			"evidence of `keelson record`"},
	{0},
};

/* The files of one program that are in it, with their ids. */
struct find_program {
	const char *path;
	struct graph graph;
	const bool *is_within;
};

struct find_asked {
	struct buf text;
	struct json_out json;
	size_t answers;
};

static int find_match(const struct find_program *p, uint32_t file,
	enum git_hash hash, const char *id, struct err *e)
{
	char hex[GIT_ID_HEX + 1];
	struct str whole, bytes;

	if (graph_bytes(&p->graph, file, &whole, &bytes, e) < 0)
		return -1;
	git_id(hash, bytes, hex);
	mapped_close(whole);
	return strcmp(hex, id) == 0;
}

static void find_say(struct find_asked *q, const struct find_program *p,
	uint32_t file, const char *id)
{
	const struct graph *g = &p->graph;
	size_t n = 0;

	q->answers++;
	if (find_wants_json) {
		json_map(&q->json, NULL);
		json_text(&q->json, "id", id);
		json_text(&q->json, "program", p->path);
		json_str(&q->json, "file", g->files[file].name);
		json_list(&q->json, "into");
	} else {
		buf_fmt(&q->text, "%s: %.*s\n", p->path,
			STR_ARG(g->files[file].name));
	}
	for (size_t i = 0; i < g->n_files; i++) {
		if (!p->is_within[i] || !graph_reads(g, (uint32_t)i, file))
			continue;
		n++;
		if (find_wants_json)
			json_str(&q->json, NULL, g->files[i].name);
		else if (n <= FIND_SHOWN)
			buf_fmt(&q->text, "  into  %.*s\n",
				STR_ARG(g->files[i].name));
	}
	if (find_wants_json) {
		json_list_end(&q->json);
		json_map_end(&q->json);
	} else if (n > FIND_SHOWN) {
		buf_fmt(&q->text, "  into  %zu more\n", n - FIND_SHOWN);
	}
}

static int find_id(struct find_asked *q, const struct find_program *p,
	const char *id, struct err *e)
{
	enum git_hash hash;

	if (git_id_kind(str_of(id), &hash) < 0)
		return err_kind(e, ERR_USAGE,
			"--git-id %s: not 40 or 64 digits of lower-case hex",
			id);
	for (uint32_t i = 0; i < p->graph.n_files; i++) {
		int is_it = p->is_within[i] ? find_match(p, i, hash, id, e) : 0;

		if (is_it < 0)
			return -1;
		if (is_it > 0)
			find_say(q, p, i, id);
	}
	return 0;
}

static int find_program(struct tracing *t, struct find_asked *q,
	const char *path, struct err *e)
{
	struct graph_wish wish = {.path = path};
	struct find_program p = {.path = path};
	char hex[SHA256_HEX + 1];

	if (sha256_file(path, hex, NULL, e) < 0)
		return -1;
	wish.sha256 = str_of(hex);
	if (graph_make(&t->evidence, &wish, &t->arena, &p.graph, e) < 0)
		return -1;
	p.is_within = graph_within(&p.graph, e);
	if (p.is_within == NULL)
		return -1;
	for (size_t i = 0; i < find_ids.n; i++)
		if (find_id(q, &p, find_ids.item[i], e) < 0)
			return -1;
	return 0;
}

static int find_print(struct find_asked *q, struct err *e)
{
	if (find_wants_json) {
		json_list_end(&q->json);
		buf_byte(&q->text, '\n');
	} else if (q->answers == 0) {
		buf_text(&q->text, "in none of them\n");
	}
	if (q->text.full)
		return err_kind(e, ERR_LIMIT, "the answer is too long");
	return fd_write(STDOUT_FILENO, q->text.p, q->text.n, e);
}

static int find_all(struct tracing *t, struct find_asked *q, size_t n,
	const char *const *operands, struct err *e)
{
	if (find_wants_json)
		json_list(&q->json, NULL);
	for (size_t i = 0; i < n; i++)
		if (find_program(t, q, operands[i], e) < 0)
			return -1;
	return find_print(q, e);
}

static int find_run(size_t n, const char *const *operands)
{
	struct find_asked q = {.text = buf_growing(FIND_TEXT_MAX)};
	struct tracing t = {0};
	struct err e = {0};
	int rc = find_ids.n == 0
			 ? err_kind(&e, ERR_USAGE, "--git-id ID is missing")
			 : tracing_open_for(find_root,
				   &(struct tracing_of){operands[0], NULL}, &t,
				   &e);

	q.json = json_out(&q.text, 1);
	if (rc == 0)
		rc = find_all(&t, &q, n, operands, &e);
	buf_free(&q.text);
	tracing_close(&t);
	if (rc < 0)
		return command_failure(&e);
	return q.answers > 0 ? 0 : 1;
}

const struct args_command command_find = {
	.name = "find",
	.operands = "PROGRAM...",
	.summary = "Ask whether a version of a file is in a program",
	.text = "Prints each file with that id that is in a program, and what "
		"it went into. Ends with 1 when it is in none of them. A file "
		"that was changed by a patch has another id than upstream's.",
	.options = find_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = find_run,
};
