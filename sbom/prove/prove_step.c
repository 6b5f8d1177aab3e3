/*
 * prove_step - a tree is made of what the step's events name, their commands
 * are run one after another, and the file that comes out is compared.
 */
#include "sbom/prove/prove_step.h"
#include "sbom/prove/prove_path.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "sbom/evidence/mapped.h"
#include "sbom/prove/prove_event.h"
#include "sbom/prove/prove_run.h"
#include "sbom/prove/prove_tree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEP_SAID_BYTES = 2048 };

static int step_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for a step");
}

/* A compiler's file of arguments, which the recorder does not keep. */
static bool step_has_response(const struct node *event)
{
	const struct node *c = node_first(node_get(event, "argv"));

	if (prove_event_tool(event) != PROVE_TOOL_COMPILER &&
		prove_event_tool(event) != PROVE_TOOL_CLANG)
		return false;
	while (c != NULL && !str_has_prefix(node_text(c), STR("@")))
		c = c->next;
	return c != NULL;
}

bool prove_step_can(const struct graph *g, uint32_t step, struct arena *scratch,
	char why[PROVE_TEXT_BYTES])
{
	const struct graph_step *s = &g->steps[step];

	*why = '\0';
	arena_reset(scratch);
	if (s->kind == GRAPH_ARCHIVE) {
		snprintf(why, PROVE_TEXT_BYTES, "archive");
		return false;
	}
	for (size_t i = 0; i < s->n_events; i++) {
		const struct node *n;
		struct str tool;

		if (evidence_read(
			    g->evidence, s->events[i], scratch, &n, NULL) < 0)
			return false;
		tool = str_base_name(node_text(node_get(n, "tool")));
		if (prove_event_tool(n) == PROVE_TOOL_OTHER ||
			step_has_response(n)) {
			snprintf(why, PROVE_TEXT_BYTES, "%.*s%s", STR_ARG(tool),
				step_has_response(n) ? " with a file of "
						       "arguments"
						     : "");
			return false;
		}
	}
	return true;
}

/* ---- files ---- */

static int step_put_file(const struct prove_place *p,
	const struct prove_try *what, uint32_t file, struct err *e)
{
	const struct graph_file *f = &p->g->files[file];
	bool is_changed = what->change != PROVE_AS_IS && what->file == file;
	bool is_archive = str_has_suffix(f->file.path, STR(".a"));
	struct str name = is_archive ? STR("empty.a") : STR("empty"),
		   bytes = is_archive ? STR("!<arch>\n") : STR(""), whole = {0};
	const char *path = prove_event_path(p, f->file.path);
	char text[PROVE_PATH_BYTES];
	struct buf kept = buf_fixed(text, sizeof(text));
	int rc;

	if (is_changed && what->change == PROVE_AWAY)
		return 0;
	if (path == NULL)
		return step_no_memory(e);
	if (!is_changed) {
		name = f->file.sha256;
		if (graph_bytes(p->g, file, &whole, &bytes, e) < 0)
			return -1;
	}
	rc = prove_store_put(&p->tools->store, name, bytes, &kept, e);
	mapped_close(whole);
	return rc < 0 ? -1 : prove_tree_file(p->tree, text, path, e);
}

static bool step_reads_over(
	const struct prove_place *p, uint32_t step, const struct prove_link *l)
{
	const struct graph_step *s = &p->g->steps[step];

	for (size_t i = 0; i < s->inputs.n; i++) {
		const char *path = prove_event_path(
			p, p->g->files[s->inputs.list[i]].file.path);

		if (path != NULL && prove_link_leads_to(l, str_of(path)))
			return true;
	}
	return false;
}

static int step_put_files(const struct prove_place *p,
	const struct prove_try *what, struct err *e)
{
	const struct graph_step *s = &p->g->steps[what->step];

	for (size_t i = 0; i < s->inputs.n; i++)
		if (step_put_file(p, what, s->inputs.list[i], e) < 0)
			return -1;
	for (size_t i = 0; i < p->links->n; i++) {
		const struct prove_link *l = &p->links->list[i];

		if (step_reads_over(p, what->step, l) &&
			prove_tree_symlink(p->tree, l->target.p, l->path.p, e) <
				0)
			return -1;
	}
	return 0;
}

static int step_put_tool(const struct prove_place *p,
	const struct prove_event *ev, struct err *e)
{
	const struct prove_tool *tool;

	if (prove_tool_get(p->tools, ev->tool, ev->also, &tool, e) < 0)
		return -1;
	for (size_t i = 0; i < tool->n_parts; i++)
		if (prove_tree_file(p->tree, tool->parts[i].kept,
			    tool->parts[i].path, e) < 0)
			return -1;
	return 0;
}

/* Directories that the command expects: its own, and those of the files that
   its words name, which it may write. */
static int step_put_directories(const struct prove_place *p,
	const struct prove_event *ev, struct err *e)
{
	if (prove_tree_directory(p->tree, ev->cwd, e) < 0)
		return -1;
	for (size_t i = 1; ev->argv[i] != NULL; i++) {
		struct str word = str_of(ev->argv[i]);
		char path[PROVE_PATH_BYTES];
		struct buf b = buf_fixed(path, sizeof(path));

		word.n -= str_base_name(word).n;
		if (word.n < 2 || word.p[0] == '-')
			continue;
		if (word.p[0] != '/')
			buf_fmt(&b, "%s/", ev->cwd);
		buf_str(&b, word);
		if (strstr(buf_cstr(&b), "/../") != NULL)
			continue;
		/* what cannot be one is the tool's to complain about */
		if (!b.full)
			prove_tree_directory(p->tree, buf_cstr(&b), NULL);
	}
	return 0;
}

/* ---- running ---- */

/* What the tool said, on one line. */
static void step_explain(
	struct prove_result *r, enum prove_verdict verdict, struct buf *said)
{
	const char *text = buf_cstr(said);

	r->verdict = verdict;
	snprintf(r->text, sizeof(r->text), "%.*s", (int)strcspn(text, "\n"),
		text);
}

static int step_run_event(const struct prove_place *p,
	const struct prove_event *ev, const struct prove_try *what,
	struct prove_result *r, struct err *e)
{
	const struct prove_call call = {
		p->mode, p->tree, ev->cwd, ev->tool, ev->argv, ev->env};
	char text[STEP_SAID_BYTES];
	struct buf said = buf_fixed(text, sizeof(text));
	struct str extra;
	int rc;

	if (step_put_directories(p, ev, e) < 0 || step_put_tool(p, ev, e) < 0 ||
		prove_run(&call, &rc, &said, e) < 0)
		return -1;
	if (rc != 0) {
		if (said.n == 0)
			buf_fmt(&said, "%s ended with %d", ev->tool, rc);
		step_explain(r, PROVE_FAILED, &said);
		return 0;
	}
	if (what->change != PROVE_AS_IS)
		return 0;
	if (prove_event_unread(p, ev, &extra, e) < 0)
		return -1;
	if (extra.n > 0) {
		r->verdict = PROVE_EXTRA;
		snprintf(r->text, sizeof(r->text), "%.*s", STR_ARG(extra));
	}
	return 0;
}

/* The path of the output with these bytes, as the event says. */
static struct str step_output(const struct node *event, struct str sha256)
{
	const struct node *out = node_get(event, "output");

	if (out == NULL)
		out = node_first(node_get(event, "outputs"));
	while (out != NULL && !str_eq(evidence_made(out).sha256, sha256))
		out = out->next;
	return evidence_made(out).path;
}

/* The digest of a file in the tree, or "none". */
static void step_digest(
	const struct prove_place *p, const char *path, char hex[SHA256_HEX + 1])
{
	AUTO_FD int fd = -1;
	unsigned char sum[SHA256_BYTES];

	snprintf(hex, SHA256_HEX + 1, "none");
	if (prove_tree_open(p->tree, path, &fd, NULL) == 0 &&
		sha256_fd(fd, sum, NULL, NULL) == 0)
		str_hex(sum, sizeof(sum), hex);
}

static int step_compare(const struct prove_place *p, const struct node *event,
	uint32_t output, struct prove_result *r, struct err *e)
{
	struct str want = p->g->files[output].file.sha256;
	const char *path = prove_event_path(p, step_output(event, want));
	char hex[SHA256_HEX + 1];

	if (path == NULL)
		return step_no_memory(e);
	step_digest(p, path, hex);
	if (str_is(want, hex))
		return 0;
	r->verdict = PROVE_OTHER;
	snprintf(r->text, sizeof(r->text), "sha256 is %s, was %.*s", hex,
		STR_ARG(want));
	return 0;
}

static int step_event(const struct prove_place *p, uint32_t step, size_t i,
	struct prove_event *out, struct err *e)
{
	const struct node *n;

	if (evidence_read(p->g->evidence, p->g->steps[step].events[i],
		    p->scratch, &n, e) < 0)
		return -1;
	return prove_event_make(p, n, out, e);
}

static int step_run(const struct prove_place *p, const struct prove_try *what,
	struct prove_result *r, struct err *e)
{
	const struct graph_step *s = &p->g->steps[what->step];
	struct prove_event ev = {0};

	if (prove_tree_make(p->tree, e) < 0 || step_put_files(p, what, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n_events && r->verdict == PROVE_SAME; i++)
		if (step_event(p, what->step, i, &ev, e) < 0 ||
			step_run_event(p, &ev, what, r, e) < 0)
			return -1;
	return r->verdict == PROVE_SAME
		       ? step_compare(p, ev.node, s->output, r, e)
		       : 0;
}

int prove_step_run(const struct prove_place *p, const struct prove_try *what,
	struct prove_result *out, struct err *e)
{
	int rc;

	*out = (struct prove_result){.step = what->step};
	arena_reset(p->scratch);
	rc = step_run(p, what, out, e);
	if (rc < 0)
		err_at(e, "%.*s",
			STR_ARG(p->g->files[p->g->steps[what->step].output]
					.name));
	return prove_tree_remove(p->tree, rc < 0 ? NULL : e) < 0 ? -1 : rc;
}

int prove_step_tools(const struct prove_place *p, uint32_t step, struct err *e)
{
	struct prove_event ev;
	const struct prove_tool *tool;

	arena_reset(p->scratch);
	for (size_t i = 0; i < p->g->steps[step].n_events; i++)
		if (step_event(p, step, i, &ev, e) < 0 ||
			prove_tool_get(p->tools, ev.tool, ev.also, &tool, e) <
				0)
			return -1;
	return 0;
}
